"""Values of fields: reading, checking and writing them, and their positions on a grid."""
