"""How benchmarks measure, and what they compare with."""
