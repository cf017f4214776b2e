"""How does a value name the very policy that it comes from, before anybody asks?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, overload

from engine.language.model.policy import Policy


class LateSha256:
    """The field `sha256` of a value that is made with a policy, or with its hash where that is known already.

    It is worked out when it is first asked for: a verdict that is only read takes less time than the hash.
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


# How such a field is annotated: as what it is read as, for those who ask at run time.
if TYPE_CHECKING:
    Sha256: TypeAlias = LateSha256
else:
    Sha256 = str
