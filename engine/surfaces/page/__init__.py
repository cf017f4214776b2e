"""Self-contained web pages that ask the questions of a policy and decide in the browser."""
