"""How the parts of a policy refer to each other: what is made of what, and which rule overrides which."""
