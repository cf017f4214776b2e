"""The policies that are steps of another one: their files opened and read, each before the policy that names it."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TypeAlias

from engine.frozen import NamedTuple
from engine.language.documents.nodes import Document, Mapping, Node, Scalar
from engine.language.documents.text import shorten
from engine.language.documents.yaml_text import read_yaml
from engine.language.model.policy import Policy
from engine.language.model.relations.circles import cycle_text
from engine.language.parsing.openers import STEP_POLICY, Opener, join_path, opener_within
from engine.language.parsing.reading import Reading, Unshapely, require_map, require_scalar
from engine.language.sections.outline import is_library
from engine.problems import Place, PolicyError, Problem

# The same pattern is in the schema.
_FILE = re.compile(r"[^\r\n]*[^\s/]\.(ya?ml|json)")
# Every step has parts of its own, although many may be of one file.
MOST_FILES = 100
MOST_DEEP = 30
# Reads a policy from its document, with the files that lead to it, each with the place that names it.
PolicyReader: TypeAlias = Callable[[Document, Opener, "Chain"], Policy]


class Chain(NamedTuple):
    """The files that lead to a policy or library: paths from the top policy's folder, and where each is named.

    `open_top` opens files in the top policy's folder. `opened` has an entry for each policy that was read for it; all
    chains of it share the list.
    """

    open_top: Opener
    opened: list[str]
    paths: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()

    def path_of(self, path: str) -> str:
        """Return a path from the folder of the last file as one from the top policy's folder."""
        return posixpath.normpath(posixpath.join(self._folder, path))

    @property
    def _folder(self) -> str:
        return posixpath.dirname(self.paths[-1]) if self.paths else ""

    @property
    def open_beside(self) -> Opener:
        """The opener of files in the folder of the last file."""
        return opener_within(self._folder, self.open_top)

    def to(self, path: str, place: Place) -> Chain:
        """Return the chain that goes on to a file, whose path is from the top policy's folder."""
        return self._replace(paths=(*self.paths, path), places=(*self.places, place))


class StepPolicy(NamedTuple):
    """A step that is a policy in a file of its own; the policy is None if it cannot be read, which is reported.

    `is_repeated` says whether the same file is another step beside it.
    """

    name: str
    key: Scalar
    mapping: Mapping
    policy: Policy | None
    is_repeated: bool = False

    def words(self, said: str) -> str:
        """Return what a part of the step is, with the name of the step where another step has such a part, too."""
        return f"{said} ({self.name})" if self.is_repeated else said


class StepPolicies(NamedTuple):
    """The steps of a file that are policies, by name, what is wrong in their files, and the files that were read."""

    found: dict[str, StepPolicy]
    problems: tuple[Problem, ...]
    files: tuple[str, ...]


def read_step_policies(
    root: Mapping, reading: Reading, open_beside: Opener, chain: Chain, read: PolicyReader
) -> StepPolicies:
    """Read the policies that are steps of a policy, and those that are steps of them.

    Args:
        root: The nodes of the policy.
        reading: Collects its problems.
        open_beside: Opens the files.
        chain: The files that lead to the policy.
        read: Reads one of the policies.
    """
    found: dict[str, StepPolicy] = {}
    problems: dict[Problem, None] = {}
    files: dict[str, None] = {}
    for name, key, mapping in _named(root):
        policy = None
        try:
            policy = _read_one(reading, mapping, open_beside, chain, read)
        except PolicyError as error:
            problems |= dict.fromkeys(error.problems)
        except Unshapely:
            reading.suspects.add(("steps", name))
        if policy is None:
            reading.lacks_names = reading.incomplete = True
        else:
            files |= dict.fromkeys(_files_of(policy))
        found[name] = StepPolicy(name, key, mapping, policy)
    named = Counter(step.policy.place.file for step in found.values() if step.policy)
    for name, step in found.items():
        found[name] = step._replace(is_repeated=step.policy is not None and named[step.policy.place.file] > 1)
    return StepPolicies(found, tuple(problems), tuple(files))


def _files_of(policy: Policy) -> Iterator[str]:
    yield policy.place.file
    yield from (rule.place.file for rule in policy.rules)
    yield from (rule.place.file for step in policy.steps for rule in step.rules)
    yield from policy.memo.libraries


def _named(root: Mapping) -> Iterator[tuple[str, Scalar, Mapping]]:
    steps = root.get("steps")
    for name, (key, node) in (steps.entries if isinstance(steps, Mapping) else {}).items():
        if isinstance(node, Mapping) and "policy" in node.entries:
            yield name, key, node


def _read_one(
    reading: Reading, mapping: Mapping, open_beside: Opener, chain: Chain, read: PolicyReader
) -> Policy | None:
    """Read one policy; None if it cannot be opened, which is recorded.

    Raises `PolicyError` for what is wrong in its file, and `Unshapely`.
    """
    require_map(mapping, ("policy", "with"))
    written = require_scalar(mapping.get("policy"))
    if not _FILE.fullmatch(written.text):
        raise Unshapely
    opened = reading.read_value(
        written.place, lambda: open_beside(join_path("", written.text, STEP_POLICY), STEP_POLICY)
    )
    if opened is None:
        return None
    top = chain.path_of(opened.path)
    if top in chain.paths:
        at = chain.paths.index(top)
        circle = [*chain.paths[at:]]
        message = f"these files lead to each other in a circle: {cycle_text(circle)}"
        if len(circle) == 1:
            message = f"the policy `{shorten(top)}` is a step of itself"
        help_ = "write the rules of one of these steps in place of its file, or take it out"
        reading.refuse("policy-cycle", message, (written.place, *chain.places[at + 1 :]), help_)
        return None
    chain.opened.append(top)
    if len(chain.opened) > MOST_FILES or len(chain.paths) >= MOST_DEEP:
        message = f"more than {MOST_FILES} steps are policies of their own, or these lie more than {MOST_DEEP} deep"
        reading.refuse("policy-cycle", message, written.place, "decide with fewer files")
        return None
    document = read_yaml(opened.data, opened.file)
    if _is_other(document.root):
        message = f"`{shorten(written.text)}` is not a policy"
        help_ = "name a file that begins with `policy: NAME`; a library is named in `uses:`"
        reading.refuse("wrong-file", message, (written.place, Place(opened.file, 1, 1)), help_)
        return None
    within = chain.to(top, written.place)
    policy = read(document, within.open_beside, within)
    stem = posixpath.splitext(posixpath.basename(written.text))[0]
    if policy.name != stem:
        message = f"the policy `{policy.name}` is in a file called `{shorten(posixpath.basename(written.text))}`"
        help_ = f"rename the file to `{policy.name}.yaml`, or write `policy: {shorten(stem)}` in it"
        raise PolicyError.of("file-name", message, policy.place, help_)
    return policy


def _is_other(root: Node | None) -> bool:
    """Whether a file is a library, or holds cases; what else may be wrong with it is reported as of a policy."""
    return is_library(root) or (isinstance(root, Mapping) and "cases" in root.entries and "rules" not in root.entries)
