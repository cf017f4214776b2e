"""What all readers of files share: taking nodes apart strictly, and noting what is wrong without stopping."""
