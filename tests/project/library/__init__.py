"""The tests of `from engine import …`: its names, values, errors and imports."""
