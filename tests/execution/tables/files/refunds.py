"""A policy of refunds, and what `verdict batch` says of a table for it."""

from __future__ import annotations

from textwrap import dedent

import polars as pl

from tests.support.running import run

REFUND = dedent("""\
    policy: refund
    title: Is it refunded?
    situation:
      price: {ask: "What did it cost?", type: number, from: 0, to: 10000, step: 0.01}
      kind: {ask: "What is it?", choices: {shoes: Shoes, clothes: Clothes, food: Food}}
      bought: {ask: "When was it bought?", type: date, from: 2020-01-01, to: 2030-12-31}
      returned: {ask: "When did it come back?", type: date, from: 2020-01-01, to: 2030-12-31}
      opened: {ask: "Was it opened?", type: yes_no, if_unsure: yes}
    numbers:
      days: {means: days until it came back, sum: {returned: 1, bought: -1}}
    verdicts: {refund: {title: Refund}, voucher: {title: Voucher}, refuse: {title: No refund}}
    decision: first
    rules:
      - {rule: no-food, when: {kind: food}, then: refuse, because: Food is not taken back.}
      - {rule: late, when: {days: {more_than: 30}}, then: refuse, because: Too late.}
      - {rule: opened, when: {opened: yes, price: {more_than: 50}}, then: voucher, because: It was opened.}
      - {rule: rest, otherwise: yes, then: refund, because: It is in time.}
    """)


def decided(name: str, *words: str) -> list[str]:
    """The verdicts that `verdict batch` gives to the rows of a file, without a word."""
    result = run("batch", "refund.yaml", name, "-o", "out.csv", "-q", *words)
    assert (result.out, result.err) == ("", "")
    return pl.read_csv("out.csv", infer_schema=False)["verdict"].to_list()
