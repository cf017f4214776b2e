"""Infrastructure shared by the file readers: strict node accessors, problem collection, and operands."""
