"""Commands for authors: write, prove, test and compare policies."""
