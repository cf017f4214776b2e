"""Wrong files, and what is printed of them."""
