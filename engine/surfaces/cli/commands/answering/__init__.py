"""Commands that answer: one situation, or a table of them."""
