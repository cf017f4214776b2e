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
    from engine.surfaces.cli.standard_streams import prepare_streams, silence

    prepare_streams()
    import click

    from engine.problems import OneverdictError, printable
    from engine.surfaces.cli.group import verdict
    from engine.surfaces.cli.output import EXIT_UNREADABLE, fail, tell, tell_problems

    try:
        # Without its standalone mode click hands back the exit code where some of its versions raise it.
        sys.exit(verdict.main(prog_name="verdict", standalone_mode=False) or 0)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except OneverdictError as error:
        tell_problems(error.problems)
    except BrokenPipeError:
        silence(sys.stdout)
        sys.exit(0)
    except OSError as error:
        # Help and the version are printed by click: of everything else there is a name.
        if error.filename is None:
            silence(sys.stdout)
        named = error.filename or "the result cannot be written to standard output"
        fail(f"{named}: {(error.strerror or str(error)).lower()}")
    except click.ClickException as error:
        from io import StringIO

        if isinstance(error, click.NoSuchOption) and error.possibilities:
            from engine.language.documents.negation import opposed

            near = [each for each in error.possibilities if not opposed(error.option_name, each)]
            error = click.NoSuchOption(error.option_name, error.message, near, error.ctx)
        told = StringIO()
        error.show(told)
        usage, before, message = told.getvalue().rstrip("\n").partition("Error: ")
        tell(f"{usage}{before}{printable(message)}")
    except ImportError as error:
        # One that is broken, of another machine, or for which there is no memory; what is missing is told by its name.
        fail(f"a package that this needs cannot be loaded: {' '.join(str(error).split())}")
    except MemoryError:
        fail("there is not enough memory for this")
    except RecursionError:
        fail("this is nested too deep to be worked out")
    except (click.Abort, KeyboardInterrupt):
        fail("stopped")
        sys.exit(130)
    sys.exit(EXIT_UNREADABLE)
