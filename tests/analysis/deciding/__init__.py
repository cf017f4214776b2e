"""One record: its reasons, counterfactuals, and the rules that may still decide."""
