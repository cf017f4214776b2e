"""Test cases: running them, their coverage, mutation analysis, and proposals for more."""
