"""Repeated surfaces of a text agree with one another."""

from __future__ import annotations

import pytest

from nlpx.tasks.entity_linking.tagger.agreement import agree

TEXT = "Familial ataxia (FA) is rare. FA kills. Ataxia does not, ataxias do."


def place(surface: str, nth: int = 0) -> tuple[int, int]:
    at = -1
    for _ in range(nth + 1):
        at = TEXT.index(surface, at + 1)
    return at, at + len(surface)


def test_a_place_that_was_overlooked_gets_its_share() -> None:
    first, second, long = place("FA"), place("FA", 1), place("Familial ataxia")
    agreed = agree(TEXT, {first: 0.9, long: 0.6}, 0.5)
    assert agreed == pytest.approx({first: 0.7, second: 0.25, long: 0.55})


def test_plurals_are_the_same_and_other_surfaces_are_not() -> None:
    one, many, other = place("Ataxia"), place("ataxias"), place("kills")
    agreed = agree(TEXT, {one: 1.0, many: 0.0, other: 0.3}, 1.0)
    assert agreed == pytest.approx({one: 0.5, many: 0.5, other: 0.3})


def test_without_weight_nothing_changes_but_zeros() -> None:
    scored = {place("FA"): 0.9, (1, 3): 0.2}
    agreed = agree(TEXT, scored, 0.0)
    assert {key: value for key, value in agreed.items() if value} == scored
