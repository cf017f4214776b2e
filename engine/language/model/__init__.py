"""The frozen `Policy`: its values, conditions, canonical form, and phrasing in the author's words."""
