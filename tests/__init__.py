"""The specification: what everything promises, tested from outside."""
