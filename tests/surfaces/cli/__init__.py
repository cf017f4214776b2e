"""What all commands share: files, streams, signals and formats."""
