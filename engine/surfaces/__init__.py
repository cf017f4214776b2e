"""What people touch: the command line and the texts it prints."""
