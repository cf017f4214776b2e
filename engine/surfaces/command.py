"""How does a process run the command `verdict`? Soon begun and soon ended, and no traceback for what a user can do."""

from __future__ import annotations

import atexit
import gc
import sys

# Most commands are done before there is garbage worth a search, above all while everything is loaded, which therefore
# waits for `main`; and what is left at the end goes with the process.
gc.set_threshold(100_000)
atexit.register(gc.freeze)


def main() -> None:
    """Runs the command line; what a user can do wrong ends in a message and an exit code."""
    import click

    from engine.surfaces.group import verdict
    from engine.surfaces.output import EXIT_UNREADABLE, fail

    try:
        # Without its standalone mode click hands back the exit code where some of its versions raise it.
        sys.exit(verdict.main(prog_name="verdict", standalone_mode=False) or 0)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except OSError as error:
        fail(f"{error.filename or 'a file'}: {(error.strerror or str(error)).lower()}")
        sys.exit(EXIT_UNREADABLE)
    except click.ClickException as error:
        error.show()
        sys.exit(EXIT_UNREADABLE)
    except (click.Abort, KeyboardInterrupt):
        fail("stopped")
        sys.exit(130)
