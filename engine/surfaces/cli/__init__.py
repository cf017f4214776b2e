"""The command line: one group, its options, its inputs and its outputs."""
