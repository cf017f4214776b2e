"""Compiled deciders, SQL and tables, against `decide`."""
