"""One web page that asks and decides: its data and its logic."""
