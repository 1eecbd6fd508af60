"""Labelled invoice exceptions without end, for training. Pure: needs neither Django, nor a database, nor torch."""

from exceptions.generator.families.family import Family
from exceptions.generator.families.registry import FAMILIES
from exceptions.generator.generate import (
    TwinPair,
    UnknownFamily,
    family_of,
    generate_cases,
    generate_mixture,
    generate_twins,
    siblings_of,
)

__all__ = [
    "FAMILIES",
    "Family",
    "TwinPair",
    "UnknownFamily",
    "family_of",
    "generate_cases",
    "generate_mixture",
    "generate_twins",
    "siblings_of",
]
