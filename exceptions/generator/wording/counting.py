"""How many ways there are to say a cue. `python -m exceptions.generator.wording.counting` prints the table."""

import sys
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from random import Random

from exceptions.generator.wording import cues
from exceptions.generator.wording.cue import CUES
from exceptions.generator.wording.grammar import Phrases

#: Enough draws to see nearly all ways of a cue with some hundreds of them.
_DRAWS = 4000

for _module in iter_modules(cues.__path__):
    import_module(f"{cues.__name__}.{_module.name}")


@dataclass(frozen=True, slots=True)
class Count:
    """What was seen of a cue: forms written down, texts without their facts, and structures.

    A skeleton is a text with every fact replaced by one mark; a structure is a form with an order of facts.
    """

    name: str
    forms: int
    skeletons: int
    structures: int


def count_ways(phrases: Phrases, draws: int = _DRAWS) -> Count:
    """What a number of draws shows of a cue: a lower bound."""
    random = Random(1)
    seen = [phrases.outline(random) for _ in range(draws)]
    return Count(
        phrases.name,
        len(phrases.forms),
        len({skeleton for skeleton, _structure in seen}),
        len({structure for _skeleton, structure in seen}),
    )


def table() -> str:
    """All cues with their counts, a line each."""
    lines = [f"{'cue':42}{'forms':>6}{'ways':>7}{'structures':>12}"]
    for name in sorted(CUES):
        count = count_ways(CUES[name])
        lines.append(f"{name:42}{count.forms:6}{count.skeletons:7}{count.structures:12}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
