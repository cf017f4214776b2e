"""Sets of situations told as examples and regions."""
