"""The files that commands read and write: atomic outputs, pipes, devices, patterns, git revisions."""
