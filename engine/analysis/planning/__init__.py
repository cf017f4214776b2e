"""Which questions to ask, in which order, for a verdict after as few as possible."""
