"""User interfaces: the command line, printed reports, web pages and the pytest plugin."""
