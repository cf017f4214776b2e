"""Which questions are asked: in which order, and under which answers to others."""
