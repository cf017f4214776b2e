"""Commands that show a policy: in words, as a table, a picture or a web page."""
