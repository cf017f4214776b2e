"""`python -m engine` is `verdict`."""

from engine.surfaces.cli.start import main

main()
