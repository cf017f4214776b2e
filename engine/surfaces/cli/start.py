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
    except (MemoryError, SystemError):
        # Not even for the command line itself, or for what it would say. Python raises a `SystemError` where memory
        # runs out in the middle of an import.
        os.write(2, b"verdict: there is not enough memory for this\n")
        os._exit(2)
