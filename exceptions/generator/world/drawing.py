"""Cheap draws: `Random.choice` and `Random.randint` cost several times as much."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

_Thing = TypeVar("_Thing")


def pick(random: Random, things: Sequence[_Thing]) -> _Thing:
    """One of the things, each as likely."""
    return things[int(random.random() * len(things))]


def chance(random: Random, probability: float) -> bool:
    """True as often as the probability says."""
    return random.random() < probability


def between(random: Random, lowest: int, highest: int) -> int:
    """A whole number from lowest to highest, both included."""
    return lowest + int(random.random() * (highest - lowest + 1))


def words(text: str) -> tuple[str, ...]:
    """The words of a text, as things to pick from."""
    return tuple(text.split())
