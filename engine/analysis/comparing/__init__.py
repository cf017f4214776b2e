"""Which situations get another verdict under another version of a policy?"""
