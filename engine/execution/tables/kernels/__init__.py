"""The verdicts of whole blocks of rows at once."""
