"""The space of all possible situations: axes, cells and areas."""
