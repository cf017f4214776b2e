"""Sets of situations in the terms of the author: examples and regions."""
