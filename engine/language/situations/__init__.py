"""Situations from outside: records, cases files, and the columns of a table that somebody has."""
