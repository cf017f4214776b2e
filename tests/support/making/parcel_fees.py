"""A policy whose fees are worked out from numbers of every kind, and a record of it."""

from __future__ import annotations

PARCEL = """
policy: parcel
title: What does the parcel cost?
as_of: sent
constants:
  rate: {means: what a kilogram costs, is: {start: 1.1, 2024-07-01: 1.25}}
situation:
  sent: {ask: When was it sent?, type: date, from: 2024-01-01, to: 2024-12-31}
  weight: {ask: How heavy is it?, type: number, from: 0, to: 20, step: 0.001}
  zone: {ask: Where to?, type: choice, choices: {near: Near, far: Far}}
  member: {ask: Are you a member?, type: yes_no}
  insured: {ask: For how much is it insured?, type: integer, from: 0, to: 500, or_none: It is not}
numbers:
  net: {means: the price by weight, product: [weight, rate]}
  more: {means: what comes on top, points: [{when: {zone: far}, add: 2.5, because: It is far.}]}
  charged: {means: what is charged, larger_of: [net, 4]}
  total: {means: what is paid, sum: {charged: 1, more: 1}}
  cover: {means: what the cover costs, sum: {insured: 0.01}}
  share: {means: what that is by weight, ratio: {of: cover, to: heavy}}
  heavy: {means: the weight or 3, larger_of: [weight, 3]}
  stamp:
    means: what the stamp costs
    table:
      - {rule: letter, when: {weight: {at_most: 3.2}}, then: 0.85, because: It goes as a letter.}
      - {rule: parcel, when: {weight: {more_than: 3.2}, zone: near}, then: 1.6, because: It goes as a parcel.}
      - {rule: far-parcel, when: {weight: {more_than: 3.2}, zone: far}, then: 2.7, because: Two of us carry it.}
verdicts:
  take: {title: We take it, output: {fee: {number: total, round: {to: 0.05, mode: half_up}}, currency: EUR}}
  free: {title: We take it for free, output: {fee: 0}}
rules:
  - {rule: guest, when: {member: no}, then: take, because: It costs what it weighs.}
  - rule: safe
    when: {member: yes, insured: {known: yes}}
    then: free
    output:
      cover: {number: cover}
      stamp: {number: stamp}
      share: {number: share, round: {to: 0.001, mode: half_even}}
    because: The cover is paid by all.
  - {rule: plain, when: {member: yes, insured: none}, then: free, because: Members do not pay.}
"""
GUEST = {"sent": "2024-07-01", "weight": 3.555, "zone": "far", "member": False, "insured": "none"}
