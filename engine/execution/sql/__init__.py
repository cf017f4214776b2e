"""A policy as SQL, for the tables of a database."""
