"""Reading: what is accepted, what is refused, in which words."""
