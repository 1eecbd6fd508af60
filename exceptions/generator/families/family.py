"""What a family of cases is."""

from collections.abc import Callable
from dataclasses import dataclass

from exceptions.environment import Decision, ExceptionType
from exceptions.generator.draft import Draft

#: Turns a trade that goes well into a case of the family; with True into its twin, where one fact is otherwise.
Build = Callable[[Draft, bool], None]


@dataclass(frozen=True, slots=True)
class Family:
    """One mechanism with its answer. `trap`: it has a twin. `words` say it in one phrase.

    `build` makes a case of a draft. `lines`: the numbers of lines to draw from; any when empty.
    """

    name: str
    words: str
    decision: Decision
    exception_type: ExceptionType
    trap: bool
    build: Build
    difficulty: str = "hard"
    lines: tuple[int, ...] = ()
