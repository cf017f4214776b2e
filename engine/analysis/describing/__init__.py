"""Sets of situations in the author's terms: examples and regions."""
