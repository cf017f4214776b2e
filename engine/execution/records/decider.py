"""The compiled decider: the same decisions as `decide`, for millions of records one at a time.

A complete record of plain data takes the fast path, which checks every answer. An unusual record is read as `decide`
reads it. For missing answers, both branches are followed. What this leaves open is passed to `decide`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.analysis.deciding.decision import Decision
from engine.analysis.proving.errors import require_sound
from engine.execution.records.decisions import compile_decisions
from engine.execution.records.verdicts import Verdicts
from engine.frozen import known_to_pydantic
from engine.language.model.policy import Policy, require_policy


def decider(policy: Policy) -> Decider:
    """Compile a policy for deciding many records, one at a time.

    Args:
        policy: The policy, from `load`.

    Returns:
        A callable that decides a record as `decide` does, many times faster.

    Raises:
        UnsoundError: The policy is not proved sound.
        TypeError: `policy` is not a policy.

    Example:
        >>> from engine import decider, load
        >>> decider(load("other-interviews")).verdict({"offer": "hint"})
        'keep'
    """
    require_policy(policy, "decider")
    return Decider(policy)


@known_to_pydantic
class Decider:
    """A compiled policy: call it with a record, complete or partial, for the same `Decision` that `decide` returns.

    It raises `RecordError` as `decide` does. It can be shared between threads; a pickled one is compiled anew.

    Attributes:
        policy: The policy.
        verdict: Function from a record to the name of its verdict; None if it is undecided.
        verdict_json: The same for a record as JSON, in bytes or text. Needs the extra `json`.

    Args:
        policy: The policy, from `load`.

    Raises:
        UnsoundError: The policy is not proved sound.

    Example:
        >>> from engine import decide, decider, load
        >>> policy = load("other-interviews")
        >>> compiled = decider(policy)
        >>> compiled({"offer": "hint"}) == decide(policy, {"offer": "hint"})
        True
        >>> compiled.verdict_json(b'{"offer": "hint"}')
        'keep'
    """

    policy: Policy
    verdict: Callable[[Mapping[str, Any]], str | None]
    verdict_json: Callable[[bytes | str], str | None]
    _decided: Callable[[Mapping[str, Any]], Decision]

    def __init__(self, policy: Policy) -> None:
        require_sound(policy)
        self.policy = policy
        self._verdicts = Verdicts(policy)
        self.verdict = self._verdicts.compile()

    def __call__(self, record: Mapping[str, Any]) -> Decision:
        return self._decided(record)

    def __getattr__(self, name: str) -> Any:
        """Compile the function on first use."""
        # No lock, since a fork could copy it while held. Two threads may both compile, with the same result.
        made = {
            "_decided": lambda: compile_decisions(self.policy),
            "verdict_json": self._verdicts.compile_json_function,
        }
        if name not in made:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        found = self.__dict__[name] = made[name]()
        return found

    def __reduce__(self) -> tuple[Any, ...]:
        return decider, (self.policy,)

    def __repr__(self) -> str:
        return f"decider({self.policy.name})"
