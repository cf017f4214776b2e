"""Where does a process `verdict` begin? With what a signal does to it, before there is anything else to be stopped."""

from __future__ import annotations

import os

from engine.surfaces.cli.stopping import heed_signals

heed_signals()


def main() -> None:
    """Runs the command line."""
    try:
        from engine.surfaces.cli.command import main as run

        run()
    except MemoryError:
        # Not even for the command line itself, or for what it would say.
        os.write(2, b"verdict: there is not enough memory for this\n")
        os._exit(2)
