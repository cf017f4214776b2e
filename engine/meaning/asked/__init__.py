"""Which questions are asked, as the answers to others say."""
