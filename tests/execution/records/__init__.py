"""Compiled deciders of one record, against `decide`."""
