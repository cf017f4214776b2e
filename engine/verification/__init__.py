"""Is a certificate right? A second reading of a proof, which shares nothing with those who found it."""
