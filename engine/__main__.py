"""`python -m engine` is `verdict`."""

from engine.surfaces.command import main

main()
