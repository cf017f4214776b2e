"""Policies compiled to Python functions that decide one record at a time."""
