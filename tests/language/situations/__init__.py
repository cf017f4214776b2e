"""The tests of reading records."""
