"""Planning of interviews: which questions to ask, and in which order, to need as few as possible."""
