"""Files that commands read and write: atomic outputs, pipes, devices, glob patterns and output formats."""
