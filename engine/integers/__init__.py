"""Integer feasibility and counting: boxes, strips and lattice points. Knows nothing of policies."""
