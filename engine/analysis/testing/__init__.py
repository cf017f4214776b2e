"""Do the cases of a policy hold, what do they cover, and which edits would they not notice?"""
