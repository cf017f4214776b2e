"""Cases: what they reach, what they notice, and which are proposed."""
