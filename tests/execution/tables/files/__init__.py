"""The tests of tables in files as somebody has them."""
