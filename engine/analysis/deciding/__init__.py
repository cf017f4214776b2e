"""Which verdict does one record get, why, why not another, and what is still open?"""
