"""Libraries: files of fields, numbers, facts and impossible combinations that several policies use."""
