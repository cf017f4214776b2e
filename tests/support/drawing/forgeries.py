"""How would somebody forge a certificate who knows what one means?

Unlike the alterations of `alterations.py`, each forgery here still has the shape of a certificate: it says something
else. Most of them are wrong; some say the same in another way. Whether one is right is told by `certificate_trial.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import date, timedelta
from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple

from hypothesis import strategies as st

from engine import certify, load
from engine.language.model.field_kinds import NOT_ASKED
from engine.meaning.logic import MOST_WRITTEN_OUT
from tests.support.drawing.fields import Draw
from tests.support.drawing.thresholds import with_steps_written_out
from tests.support.judging.certificate_trial import ends
from tests.support.judging.oracle import CONFLICT, GAP
from tests.support.judging.spaces import NONE, exact, kind

Data = dict[str, Any]
_WAY = ("node", "verdict", "outcome")
_COUNTS = ("situations", "gaps", "conflicts", "impossible")


class Forged(NamedTuple):
    """What was done, and what came of it; the checksum is still the old one."""

    what: str
    data: Data


def forgeries(policy: Data, right: Data) -> Iterator[Forged]:
    """Every forgery of a certificate; its counts are those that it had (see `recounted`)."""
    yield from _claims(right)
    yield from _trees(policy, right)


@st.composite
def some_forged(
    draw: Draw, drawn: st.SearchStrategy[Data], most_written_out: int = MOST_WRITTEN_OUT
) -> tuple[Data, list[Forged]]:
    """A policy and some forgeries of its certificate, each with counts as they were and as its tree gives them.

    Steps are written out in the certificate of a policy of at most so many rules.
    """
    data = draw(drawn)
    with with_steps_written_out(most_written_out):
        right = certify(load(data)).to_dict()
    offered = list(forgeries(data, right))
    # A small certificate can be forged in fewer ways than six.
    many = min(6, len({each.what for each in offered}))
    chosen = draw(st.lists(st.sampled_from(offered), min_size=many, max_size=many, unique_by=lambda each: each.what))
    counted = [(each.what, recounted(data, each.data)) for each in chosen]
    return data, [*chosen, *(Forged(f"{what}, counted again", each) for what, each in counted if each is not None)]


# What is said of the whole.


def _claims(right: Data) -> Iterator[Forged]:
    def said(what: str, **entries: Any) -> Forged:
        return Forged(what, {**deepcopy(right), **entries})

    yield said("not sound, or sound", sound=not right["sound"])
    for name, holds in right["guarantees"].items():
        yield said(f"the guarantee {name}", guarantees={**right["guarantees"], name: not holds})
        yield said("no guarantee is broken", sound=True, guarantees=dict.fromkeys(right["guarantees"], True))
    if right["situations"] is None:
        yield said("situations of an open end are counted", situations=1)
        return
    for name in _COUNTS:
        for many in (right[name] + 1, right[name] - 1, None):
            if many is None or many >= 0:
                yield said(f"{name} is {many}", **{name: many})
    verdicts = right["verdicts"]
    for name, many in verdicts.items():
        yield said(f"one more {name}", verdicts={**verdicts, name: many + 1}, situations=right["situations"] + 1)
        for other, less in verdicts.items():
            if other != name and less:
                yield said(f"{other} as {name}", verdicts={**verdicts, name: many + 1, other: less - 1})
    if right["gaps"]:
        name = next(iter(verdicts))
        yield said("gaps as a verdict", gaps=0, verdicts={**verdicts, name: verdicts[name] + right["gaps"]})


# The tree.


def _trees(policy: Data, right: Data) -> Iterator[Forged]:
    nodes = right["tree"]["nodes"]
    for number, node in enumerate(nodes):
        for place in range(len(node["branches"])):
            yield from _branch(right, number, place)
            for other in range(place):
                yield from _two_branches(policy, right, number, other, place)
        for asked in _questions(policy):
            if any(node.get(key) != asked.get(key) for key in ("field", "option", "minus", "number")):
                kept = {**asked, "branches": node["branches"]}
                yield _with(right, f"node {number} asks {asked}", lambda tree, at=number, new=kept: tree.put(at, new))
        yield _with(right, f"a twin of node {number}", lambda tree, at=number: tree.twin(at))
        yield _with(right, f"node {number} reversed", lambda tree, at=number: tree.nodes[at]["branches"].reverse())
    for one in right["verdicts"]:
        yield Forged(f"{one} for all", {**deepcopy(right), "tree": {"root": {"verdict": one}, "nodes": []}})
    yield from _exchanged(right)


class _Tree:
    """A certificate's tree that is being forged."""

    def __init__(self, data: Data) -> None:
        self.data = data
        self.nodes: list[Data] = data["tree"]["nodes"]

    def put(self, number: int, node: Data) -> None:
        self.nodes[number] = node

    def twin(self, number: int) -> None:
        """A second node like this one, which nothing leads to, at the end of the list."""
        self.nodes.append(deepcopy(self.nodes[number]))

    def tidied(self) -> None:
        """Leaves out the nodes that no way leads to any more."""
        wanted = set()
        waiting = [self.data["tree"]["root"].get("node")]
        while waiting:
            number = waiting.pop()
            if number is not None and number not in wanted:
                wanted.add(number)
                waiting += [branch.get("node") for branch in self.nodes[number]["branches"]]
        place = {number: at for at, number in enumerate(sorted(wanted))}
        kept = [self.nodes[number] for number in sorted(wanted)]
        for way in [self.data["tree"]["root"], *(branch for node in kept for branch in node["branches"])]:
            if "node" in way:
                way["node"] = place[way["node"]]
        self.nodes[:] = kept


def _with(right: Data, what: str, change: Any, *, tidy: bool = False) -> Forged:
    data = deepcopy(right)
    tree = _Tree(data)
    change(tree)
    if tidy:
        tree.tidied()
    return Forged(what, data)


def _branch(right: Data, number: int, place: int) -> Iterator[Forged]:
    """One branch leads to anything else, loses some of its values, or is left out."""
    branch = right["tree"]["nodes"][number]["branches"][place]
    ways: list[Data] = [{"node": other} for other in range(number)]
    ways += [{"verdict": name} for name in right["verdicts"]]
    ways += [{"outcome": name} for name in ("gap", "conflict", "impossible", "empty")]
    for way in ways:
        if not way.items() <= branch.items():

            def lead(tree: _Tree, way: Data = way) -> None:
                found = tree.nodes[number]["branches"][place]
                for key in _WAY:
                    found.pop(key, None)
                found.update(way)

            yield _with(right, f"branch {place} of node {number} leads to {way}", lead, tidy=True)

    def skip(tree: _Tree) -> None:
        way = {key: branch[key] for key in _WAY if key in branch}
        everywhere = [tree.data["tree"]["root"], *(each for node in tree.nodes for each in node["branches"])]
        for each in everywhere:
            if each.get("node") == number:
                del each["node"]
                each.update(way)

    yield _with(right, f"node {number} is skipped for its branch {place}", skip, tidy=True)
    yield _with(
        right,
        f"branch {place} of node {number} is left out",
        lambda tree: tree.nodes[number]["branches"].pop(place),
        tidy=True,
    )
    for at in range(len(branch.get("values", ()))):
        if len(branch["values"]) > 1 or "others" in branch:
            yield _with(
                right,
                f"value {at} of branch {place} of node {number} is left out",
                lambda tree, at=at: _without(tree.nodes[number]["branches"][place], at),
            )
    for at, span in enumerate(branch.get("ranges", ())):
        for word, end in span.items():
            for moved in (_beside(end, 1), _beside(end, -1)):
                yield _with(
                    right,
                    f"`{word}` of range {at} of branch {place} of node {number} is {moved}",
                    lambda tree, at=at, word=word, moved=moved: tree.nodes[number]["branches"][place]["ranges"][
                        at
                    ].update({word: moved}),
                )
            yield _with(
                right,
                f"`{word}` of range {at} of branch {place} of node {number} is left out",
                lambda tree, at=at, word=word: tree.nodes[number]["branches"][place]["ranges"][at].pop(word),
            )


def _without(branch: Data, at: int) -> None:
    del branch["values"][at]
    if not branch["values"]:
        del branch["values"]


def _beside(end: Any, by: int) -> Any:
    """The next end, of a day, a whole number, or another."""
    if isinstance(end, str):
        try:
            return (date.fromisoformat(end) + timedelta(days=by)).isoformat()
        except (ValueError, OverflowError):
            return end
    return end + by


def _two_branches(policy: Data, right: Data, number: int, one: int, other: int) -> Iterator[Forged]:
    """Two branches exchange where they lead; a value, or the border between them, moves from one to the other."""

    def exchange(tree: _Tree) -> None:
        first, second = (tree.nodes[number]["branches"][at] for at in (one, other))
        ways = [{key: each.pop(key) for key in _WAY if key in each} for each in (first, second)]
        first.update(ways[1])
        second.update(ways[0])

    yield _with(right, f"branches {one} and {other} of node {number} are exchanged", exchange)
    node = right["tree"]["nodes"][number]
    spec = policy["situation"].get(node.get("field"), {})
    for source, target in ((one, other), (other, one)):
        from_, to = node["branches"][source], node["branches"][target]
        if "ranges" not in from_:
            for value in from_.get("values", ()):
                yield _with(
                    right,
                    f"{value} of node {number} moves to branch {target}",
                    partial(_move, spec, number, source, target, value),
                    tidy=True,
                )
        else:
            for at, span in enumerate(from_["ranges"]):
                for into, next_ in enumerate(to.get("ranges", ())):
                    moved = _border(span, next_)
                    if moved is not None:

                        def shift(
                            tree: _Tree, s: Any = (source, at), t: Any = (target, into), new: Any = moved
                        ) -> None:
                            for (branch, place), span in zip((s, t), new, strict=True):
                                tree.nodes[number]["branches"][branch]["ranges"][place] = span

                        yield _with(right, f"the border of branches {source} and {target} of node {number}", shift)


def _move(spec: Data, number: int, from_: int, to: int, value: Any, tree: _Tree) -> None:
    """A listed value of a node goes to another branch, which lists its values in the order of the policy."""
    source, target = (tree.nodes[number]["branches"][at] for at in (from_, to))
    source["values"].remove(value)
    if not source["values"]:
        # A branch of no value at all would have no shape: the other one takes its place.
        del source["values"]
        if "others" not in source:
            source["values"] = [value]
    is_flag = isinstance(value, bool) or kind(spec) == "yes_no"
    order: list[Any] = [False, True] if is_flag else list(spec.get("choices") or spec.get("known", ()))
    order += [NONE, NOT_ASKED]
    target["values"] = sorted([*target.get("values", ()), value], key=order.index)


def _border(span: Data, beyond: Data) -> tuple[Data, Data] | None:
    """Two ranges of which the second begins where the first ends, with the border one step on; None of others."""
    if {NONE, NOT_ASKED}.intersection([*span.values(), *beyond.values()]):
        # What says that there is no value lies beside all answers that are one.
        return None
    if "to" in span and "from" in beyond:
        end, start = span["to"], beyond["from"]
        if _beside(end, 1) == start and end != beyond.get("to") and _beside(start, 0) == start:
            moved = _beside(start, 1)
            if "to" not in beyond or _key(moved) <= _key(beyond["to"]):
                return {**span, "to": start}, {**beyond, "from": moved}
    # A continuous number: the border itself belongs to the other side.
    for ours, theirs, new_ours, new_theirs in (("to", "above", "below", "from"), ("below", "from", "to", "above")):
        if ours in span and theirs in beyond and span[ours] == beyond[theirs]:
            first = {new_ours if key == ours else key: value for key, value in span.items()}
            second = {new_theirs if key == theirs else key: value for key, value in beyond.items()}
            return first, second
    return None


def _key(end: Any) -> Fraction:
    return exact(date.fromisoformat(end) if isinstance(end, str) and "-" in end[1:] else end)


def _questions(policy: Data) -> Iterator[Data]:
    """All that a node could ask."""
    for name, spec in policy["situation"].items():
        if kind(spec) == "any_of":
            yield from ({"field": name, "option": option} for option in spec["choices"])
        else:
            yield {"field": name}
    yield from ({"number": name} for name in policy.get("numbers", ()))
    lines = [name for name, spec in policy["situation"].items() if kind(spec) in ("integer", "date")]
    yield from ({"field": one, "minus": other} for one in lines for other in lines if one != other)
    yield from (
        {"sum": {one: 1, other: times}} for one in lines for other in lines for times in (-1, 2) if one != other
    )


def _exchanged(right: Data) -> Iterator[Forged]:
    """Two verdicts exchanged, wherever they stand."""
    names = list(right["verdicts"])
    for at, one in enumerate(names):
        for other in names[:at]:
            data = deepcopy(right)
            other_of = {one: other, other: one}
            for way in [data["tree"]["root"], *(each for node in data["tree"]["nodes"] for each in node["branches"])]:
                if way.get("verdict") in other_of:
                    way["verdict"] = other_of[way["verdict"]]
            data["verdicts"] = {name: data["verdicts"][other_of.get(name, name)] for name in names}
            yield Forged(f"{one} and {other} are exchanged", data)


def recounted(policy: Data, data: Data) -> Data | None:
    """The certificate with counts that its own tree gives, and sound where that says so; None where it gives none."""
    counts = None if data["situations"] is None else ends(policy, data)
    if counts is None:
        return None
    verdicts = {name: counts[name] for name in data["verdicts"]}
    gaps, conflicts = counts[GAP], counts[CONFLICT]
    return {
        **data,
        "verdicts": verdicts,
        "gaps": gaps,
        "conflicts": conflicts,
        "impossible": counts["(impossible)"],
        "situations": sum(verdicts.values()) + gaps + conflicts,
        "sound": not gaps and not conflicts and all(data["guarantees"].values()),
    }
