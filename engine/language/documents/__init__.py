"""Documents as trees of located nodes: readers for YAML, JSON and Python data, and name suggestions."""
