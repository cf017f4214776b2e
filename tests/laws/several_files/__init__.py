"""What must hold of policies that are split over several files: libraries, and steps in files of their own."""
