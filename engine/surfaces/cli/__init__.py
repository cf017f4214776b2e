"""The command line `verdict`: its commands, options, inputs and outputs."""
