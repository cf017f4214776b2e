"""The tests of libraries: where their files may lie, and what a policy takes over."""
