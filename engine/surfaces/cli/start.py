"""The entry point of the process `verdict`: installs signal handlers before anything else is imported."""

from __future__ import annotations

import os

from engine.surfaces.cli.stopping import install_signal_handlers

install_signal_handlers()


def main() -> None:
    """Import and run the command line."""
    try:
        from engine.surfaces.cli.command import main as run

        run()
    except (MemoryError, SystemError):
        # Memory ran out while importing or while reporting a failure. Python raises `SystemError` if memory runs out in
        # the middle of an import.
        os.write(2, b"verdict: there is not enough memory for this\n")
        os._exit(2)
