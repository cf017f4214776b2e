"""What each command prints, on which stream, and with which exit code."""
