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
    readings_of,
    siblings_of,
)
from exceptions.generator.readings import PLAIN_TERMS, Reading

__all__ = [
    "FAMILIES",
    "PLAIN_TERMS",
    "Family",
    "Reading",
    "TwinPair",
    "UnknownFamily",
    "family_of",
    "generate_cases",
    "generate_mixture",
    "generate_twins",
    "readings_of",
    "siblings_of",
]
