"""The tests of reading sections: tables of rules."""
