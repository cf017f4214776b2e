"""Which questions are asked, and which answers nobody asks for."""
