"""One record at a time: a policy compiled into a function."""
