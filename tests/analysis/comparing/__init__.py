"""Two versions of a policy."""
