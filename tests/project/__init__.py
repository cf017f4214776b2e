"""The library, the shipped policies, the documents and the rooms."""
