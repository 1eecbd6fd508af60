"""The cues: what is said in words, each with all its ways to be said."""

from exceptions.generator.wording.grammar import Phrases
from exceptions.generator.wording.lexicon import LEXICON

#: All cues by name, for counting and for the documentation.
CUES: dict[str, Phrases] = {}


def cue(name: str, *forms: str) -> Phrases:
    """A cue of that name.

    Raises:
        ValueError: the name is taken.
    """
    if name in CUES:
        raise ValueError(f"there are two cues named {name}")
    CUES[name] = phrases = Phrases(name, forms, LEXICON)
    return phrases


def wording(name: str, *forms: str) -> Phrases:
    """Phrases that no case turns on: terms, thanks."""
    return Phrases(name, forms, LEXICON)
