"""The meaning of a policy: its definition, and exact decision procedures over all of its situations."""
