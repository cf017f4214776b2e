"""Rows for databases, and the databases that judge queries."""
