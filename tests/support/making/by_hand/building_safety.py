"""What leaseholders pay for making a building safe, by arithmetic of `decimal` alone."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

_MILLION = Decimal(1_000_000)


def worked_out(record: Mapping[str, Any], dearer: Mapping[int, Decimal]) -> tuple[str, dict[str, str]]:
    """The verdict of a situation and its outputs.

    Args:
        record: All answers.
        dearer: How many times as dear homes have become, by the year from 1970 on in which they were bought.
    """
    if not record["over_11_metres"]:
        return "unlikely", {}
    if record["developer_pays"] == "agreed":
        return "developer", {}
    if record["owned_by_leaseholders"] or (record["more_than_3"] and not record["main_home"]):
        return "all", {}
    value = record["price"] * dearer[max(1970, record["bought_in"])]
    if value < (325_000 if record["london"] else 175_000):
        return "nothing", {}
    most = Decimal(15_000 if record["london"] else 10_000)
    if value > _MILLION:
        most = Decimal(50_000 if value <= 2 * _MILLION else 100_000)
    if record["shared"]:
        most = most * record["share"] / 100
    left = most - record["paid"]
    if left <= 0:
        return "nothing", {}
    return "rest", {"pounds": str(left.quantize(Decimal("0.01"), ROUND_HALF_UP) if record["shared"] else left)}
