"""Where does a process `verdict` begin? With what a signal does to it, before there is anything else to be stopped."""

from __future__ import annotations

from engine.surfaces.stopping import heed_signals

heed_signals()


def main() -> None:
    """Runs the command line."""
    from engine.surfaces.command import main as run

    run()
