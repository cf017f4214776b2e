"""A descriptor for a policy's SHA-256 that is computed on first access."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, overload

from engine.language.model.policy import Policy


class LateSha256:
    """The field `sha256` of a value, set to a policy or to a known hash.

    The hash is computed when it is first read: it takes longer than reading a verdict.
    """

    def __set__(self, value: object, given: Policy | str) -> None:
        value.__dict__["sha256"] = given

    @overload
    def __get__(self, value: None, _: Any = None) -> LateSha256: ...
    @overload
    def __get__(self, value: object, _: Any = None) -> str: ...
    def __get__(self, value: object | None, _: Any = None) -> LateSha256 | str:
        if value is None:
            return self
        known: Policy | str = value.__dict__["sha256"]
        if isinstance(known, Policy):
            known = value.__dict__["sha256"] = known.sha256
        return known


# The annotation of such a field: at run time, the type of what it is read as.
if TYPE_CHECKING:
    Sha256: TypeAlias = LateSha256
else:
    Sha256 = str
