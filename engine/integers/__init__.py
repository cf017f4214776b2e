"""Integer feasibility, and counting of lattice points, for boxes cut by strips; independent of policies."""
