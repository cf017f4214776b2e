"""`python -m engine` is `verdict`."""

from engine.surfaces.start import main

main()
