"""Translation of constructs from other rule languages into this one, with the author's own names and values."""
