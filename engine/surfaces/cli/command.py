"""The main function of the command line: runs a command and turns every expected failure into a message and exit code.

For a fast start and a fast exit, the garbage collector is nearly switched off.
"""

from __future__ import annotations

import atexit
import gc
import sys

# Most commands finish before a collection pays off, and loading modules makes no garbage, so collections are rare, and
# the last one at exit is skipped. Modules are imported in `main`, after this.
gc.set_threshold(100_000)
atexit.register(gc.freeze)


def main() -> None:
    """Run the command line and exit.

    Failures that a user can cause end with a message and an exit code, not with a traceback.
    """
    from engine.surfaces.cli.standard_streams import prepare_streams, silence

    prepare_streams()
    import click

    from engine.problems import OneverdictError, printable
    from engine.surfaces.cli.group import verdict
    from engine.surfaces.cli.output import EXIT_UNREADABLE, fail, tell, tell_problems

    try:
        # Without standalone mode, some versions of click return the exit code and others raise it.
        sys.exit(verdict.main(prog_name="verdict", standalone_mode=False) or 0)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except OneverdictError as error:
        tell_problems(error.problems)
    except BrokenPipeError:
        silence(sys.stdout)
        sys.exit(0)
    except OSError as error:
        # Only click's own output, the help and the version, fails without a file name.
        if error.filename is None:
            silence(sys.stdout)
        named = error.filename or "the result cannot be written to standard output"
        fail(f"{named}: {(error.strerror or str(error)).lower()}")
    except click.ClickException as error:
        from io import StringIO

        if isinstance(error, click.NoSuchOption) and error.possibilities:
            from engine.language.documents.negation import is_opposite

            near = [each for each in error.possibilities if not is_opposite(error.option_name, each)]
            error = click.NoSuchOption(error.option_name, error.message, near, error.ctx)
        shown_error = StringIO()
        error.show(shown_error)
        usage, before, message = shown_error.getvalue().rstrip("\n").partition("Error: ")
        tell(f"{usage}{before}{printable(message)}")
    except ImportError as error:
        # A broken package, one built for another machine, or too little memory to load one. Packages that are merely
        # missing are reported earlier, by `extras.need`.
        fail(f"a package that this needs cannot be loaded: {' '.join(str(error).split())}")
    except MemoryError:
        fail("there is not enough memory for this")
    except RecursionError:
        fail("this is nested too deeply")
    except (click.Abort, KeyboardInterrupt):
        fail("stopped")
        sys.exit(130)
    sys.exit(EXIT_UNREADABLE)
