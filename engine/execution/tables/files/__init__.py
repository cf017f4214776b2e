"""Deciding files of records of any size."""
