"""Questions about a policy, each answered exactly: is it proved, what does it decide, do its cases hold."""
