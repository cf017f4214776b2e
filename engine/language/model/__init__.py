"""The frozen `Policy`, its values, its canonical form and its words."""
