"""What a proof counts beside its findings: the situations that each rule decides, and that get each verdict."""
