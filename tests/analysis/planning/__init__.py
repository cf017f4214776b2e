"""Which questions are asked, and in which order."""
