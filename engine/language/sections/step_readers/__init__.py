"""Readers for `steps`: decisions of their own within a policy."""
