"""Loading policies from git revisions, named `REV:path` as for `git show`.

The path is relative to the top of the checkout, or to the current folder if it begins with `./` or `../`. An empty REV
means the index (what is staged). Nothing is fetched and nothing is written.
"""

from __future__ import annotations

import os
import posixpath
import re
import shutil
import subprocess

from engine.bundled import shipped_policies
from engine.frozen import NamedTuple
from engine.language.documents.name_suggestions import did_you_mean, did_you_mean_file
from engine.language.documents.text import MOST_BYTES, shorten
from engine.language.model.policy import Policy
from engine.language.model.values.misfits import Misfit
from engine.language.parsing.openers import Companion, Opened, stay_below
from engine.language.sections.policy_sources import load_text
from engine.problems import Place, PolicyError, printable

# A revision ends at the first colon outside braces, as in `HEAD^{/fix: doors}:rules/doors.yaml`.
_AT_REVISION = re.compile(r"((?:[^:{]|\{[^}]*\})*):(.+)", re.DOTALL)
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_QUIET = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "LC_ALL": "C",
}


class AtRevision(NamedTuple):
    """A path at a git revision."""

    revision: str
    path: str

    @property
    def name(self) -> str:
        """The name in git's notation, `REV:path`."""
        return f"{self.revision}:{self.path}"


def parse_revision(word: str) -> AtRevision | None:
    """Parse `REV:path`; None if the word is not of that form.

    A Windows drive letter, an existing file of exactly this name and the name of a shipped policy take precedence.
    """
    found = _AT_REVISION.fullmatch(word)
    if found is None or _DRIVE.match(word) or os.path.isfile(word) or word in shipped_policies():
        return None
    return AtRevision(*found.groups())


def load_at_revision(named: AtRevision) -> Policy:
    """Load a policy, and its rule table and libraries if it has any, as they were at a revision.

    Raises `PolicyError` if git, the revision or a file is missing, or the policy cannot be read.
    """

    def open_beside(path: str, companion: Companion) -> Opened:
        folder, shown = posixpath.dirname(named.path), shorten(path)
        beside = AtRevision(named.revision, posixpath.join(folder, *stay_below(path, companion)))
        try:
            return Opened(beside.name, _read(beside), path)
        except PolicyError as error:
            problem = error.problems[0]
            if problem.code != "no-such-file":
                raise Misfit(problem.code, problem.message, problem.help) from None
            message = f"there is no file `{shown}` beside the policy {_when(named.revision)}"
            help_ = "commit it beside the policy" if named.revision else "stage it as well, with `git add`"
            raise Misfit(problem.code, message, help_) from None

    return load_text(_read(named), named.name, open_beside)


def top_path(named: AtRevision) -> str:
    """The path relative to the top of the checkout."""
    if not named.path.startswith(("./", "../")):
        return named.path
    below = _git("rev-parse", "--show-prefix")[1].decode("utf-8", "surrogateescape").strip("\n")
    return posixpath.normpath(posixpath.join(below, named.path))


def _read(named: AtRevision) -> bytes:
    """Read a file at a revision.

    At most one byte more than the size limit is read, so that the caller can detect files that are too large.
    """
    _check_revision(named)
    code, kind, _ = _git("cat-file", "-t", named.name)
    if code:
        message = f"there is no such file {_when(named.revision)}"
        raise PolicyError.of("no-such-file", message, Place(named.name), _near(named))
    if kind.strip() != b"blob":
        message = f"it is not a file {_when(named.revision)}"
        raise PolicyError.of("unreadable-file", message, Place(named.name), "name the policy itself")
    with subprocess.Popen(
        ["git", "show", named.name], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, **_QUIET}
    ) as git:
        assert git.stdout is not None
        return git.stdout.read(MOST_BYTES + 1)


def _when(revision: str) -> str:
    """Describe a revision for a message."""
    return f"at `{shorten(revision)}`" if revision else "among what is staged"


def _check_revision(named: AtRevision) -> None:
    """Raise `PolicyError` with the reason if git is missing, this is no checkout, or git does not know the revision."""
    place, shown = Place(named.name), shorten(named.revision)
    if shutil.which("git") is None:
        help_ = "install git, or name two files"
        raise PolicyError.of("no-such-revision", "`git` is not installed", place, help_)
    code, _, reason = _git("rev-parse", "--git-dir")
    if code:
        help_ = "go to a folder of the checkout, or name two files"
        raise PolicyError.of("no-such-revision", f"git cannot work here: {reason}", place, help_)
    # Git would take a name that begins with a dash as an option.
    if named.revision.startswith("-") or (
        named.revision and _git("rev-parse", "--verify", "--quiet", f"{named.revision}^{{tree}}")[0]
    ):
        names = _git("for-each-ref", "--format=%(refname:short)")[1].decode("utf-8", "replace").split("\n")
        help_ = did_you_mean(named.revision, ["HEAD", *map(printable, filter(None, names))])
        raise PolicyError.of("no-such-revision", f"git knows no revision `{shown}` here", place, help_)


def _near(named: AtRevision) -> str:
    """A suggestion for a missing path: the same path below the current folder, or a policy file of a similar name."""
    listing = ["ls-files", "--full-name", "-z", ":/"]
    if named.revision:
        listing = ["ls-tree", "-r", "--full-tree", "--name-only", "-z", named.revision]
    files = _git(*listing)[1].decode("utf-8", "replace").split("\0")
    if top_path(AtRevision(named.revision, f"./{named.path}")) in files:
        return f"from the folder you stand in it is `{named.revision}:./{named.path}`"
    near = did_you_mean_file(top_path(named), (printable(each) for each in files if each.endswith((".yaml", ".yml"))))
    return near.replace("did you mean `", f"did you mean `{named.revision}:")


def _git(*words: str) -> tuple[int, bytes, str]:
    """Run git and return its exit code, its output and the first line of its error output."""
    done = subprocess.run(["git", *words], capture_output=True, check=False, env={**os.environ, **_QUIET})
    complaint = done.stderr.decode("utf-8", "replace").partition("\n")[0]
    return done.returncode, done.stdout, shorten(complaint.removeprefix("fatal: "), 200)
