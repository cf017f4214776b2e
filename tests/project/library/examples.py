"""The policies that the tests of the library share."""

from __future__ import annotations

from pathlib import Path

import engine
from engine.bundled import shipped_policies

ROOT = Path(engine.__file__).parent.parent
NAMES = list(shipped_policies())
PARCELS = """\
policy: parcels
title: How does it go?
situation:
  weight: {ask: How heavy?, type: number, from: 0, to: 100, step: 0.1, unit: kg}
  length: {ask: How long?, type: number}
  floors: {ask: How high?, type: integer, from: 0, to: 40}
  day: {ask: When?, type: date, from: 2026-01-01, to: 2026-12-31}
  extras: {ask: What else?, type: any_of, choices: {insured: Insurance, tracked: Tracking}}
  sender.country: {ask: Where from?, type: text, known: [FR, DE]}
verdicts: {van: {title: Send a van}, bike: {title: Send a bike}}
rules:
  - {rule: heavy, when: {weight: {more_than: 0.3}}, then: van, because: It is heavy.}
  - {rule: light, when: {weight: {at_most: 0.3}}, then: bike, because: It is light.}
"""
# The gap is at a weight of 0.3 and no other.
HOLE = PARCELS.replace("at_most: 0.3", "less_than: 0.3")
