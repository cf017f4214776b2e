"""Files of records, however large, into files of decided records."""
