"""The tests of what is suggested for words of other languages."""
