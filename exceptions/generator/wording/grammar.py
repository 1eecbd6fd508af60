"""A small grammar for composed wording.

A form is a text in which `[a|b|c]` stands for one of its alternatives (an empty one makes a part optional), `{name}`
for a fact of the case, `<name>` for a rule of the lexicon, and `«…»` marks words that an explanation may quote.
All other characters, parentheses too, stand for themselves.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

_TOKEN = re.compile(r"[\[\]|]|\{[a-z_0-9]+\}|<[a-z_0-9]+>|[^\[\]|{}<]+")
_SPACES = re.compile(r"\s{2,}")
_LOOSE = re.compile(r"\s+(?=[,.;:!?)»](?![0-9]))|(?<=[(«])\s+")
_QUOTE = re.compile("«([^»]*)»")


class FormError(ValueError):
    """A form that cannot be read: brackets do not balance, or a rule is unknown."""


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of a fact."""

    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several sequences."""

    options: "tuple[Sequence, ...]"


Sequence = tuple[str | Slot | Choice, ...]


@dataclass(frozen=True, slots=True)
class Saying:
    """One composed text, and the words in it that an explanation may quote (empty: none were marked)."""

    text: str
    quote: str = ""


class Lexicon:
    """Rules by name, shared by the forms: each is a list of alternatives such as `a|b|c`."""

    def __init__(self, rules: Mapping[str, str]) -> None:
        self._rules = dict(rules)
        self._compiled: dict[str, Sequence] = {}

    def sequence(self, name: str) -> Sequence:
        """What a rule stands for.

        Raises:
            FormError: there is no such rule.
        """
        if name not in self._rules:
            raise FormError(f"there is no rule <{name}>")
        if name not in self._compiled:
            self._compiled[name] = self.compile(f"[{self._rules[name]}]")
        return self._compiled[name]

    def compile(self, form: str) -> Sequence:
        """The form as nested alternatives.

        Raises:
            FormError: brackets do not balance, a character has no place, or a rule is unknown.
        """
        tokens = _TOKEN.findall(form)
        if "".join(tokens) != form:
            raise FormError(f"a character out of place in {form!r}")
        sequence, end = self._read(tokens, 0)
        if end != len(tokens):
            raise FormError(f"a bracket is not opened in {form!r}")
        return sequence

    def _read(self, tokens: list[str], at: int) -> tuple[Sequence, int]:
        parts: list[str | Slot | Choice] = []
        while at < len(tokens) and tokens[at] not in "|]":
            token = tokens[at]
            at += 1
            match token[0]:
                case "[":
                    choice, at = self._choice(tokens, at)
                    parts.append(choice)
                case "{":
                    parts.append(Slot(token[1:-1]))
                case "<":
                    parts.extend(self.sequence(token[1:-1]))
                case _:
                    parts.append(token)
        return tuple(parts), at

    def _choice(self, tokens: list[str], at: int) -> tuple[Choice, int]:
        options = []
        while True:
            sequence, at = self._read(tokens, at)
            options.append(sequence)
            if at == len(tokens):
                raise FormError(f"a bracket is not closed in {''.join(tokens)!r}")
            at += 1
            if tokens[at - 1] == "]":
                return Choice(tuple(options)), at


class Phrases:
    """The ways to say one thing: forms, of which one is composed at a time."""

    def __init__(self, name: str, forms: tuple[str, ...], lexicon: Lexicon) -> None:
        self.name = name
        self.forms = forms
        self._compiled = [lexicon.compile(form) for form in forms]

    def say(self, random: Random, facts: Mapping[str, str]) -> str:
        """One of the ways with the facts in their places, quotable words still marked.

        Raises:
            KeyError: a fact that the form needs is not given.
        """
        return self._compose(int(random.random() * len(self._compiled)), random, facts)

    def outline(self, random: Random) -> tuple[str, str]:
        """A way without its facts, and its structure: which form it is, and the order of facts in it."""
        number = int(random.random() * len(self._compiled))
        recorded = _Recorded()
        text = self._compose(number, random, recorded)
        return saying_of(text).text, f"{number}:{','.join(recorded.names)}"

    def _compose(self, number: int, random: Random, facts: Mapping[str, str]) -> str:
        out: list[str] = []
        _expand(self._compiled[number], random, facts, out)
        return _LOOSE.sub("", _SPACES.sub(" ", "".join(out))).strip()


class _Recorded(Mapping[str, str]):
    """Facts without content that remember which of them were asked for."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __getitem__(self, name: str) -> str:
        self.names.append(name)
        return "#"

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def _expand(sequence: Sequence, random: Random, facts: Mapping[str, str], out: list[str]) -> None:
    for part in sequence:
        if type(part) is str:
            out.append(part)
        elif type(part) is Slot:
            out.append(facts[part.name])
        elif type(part) is Choice:
            _expand(part.options[int(random.random() * len(part.options))], random, facts, out)


def saying_of(marked: str) -> Saying:
    """A text and the first words marked in it."""
    if "«" not in marked:
        return Saying(marked)
    quote = _QUOTE.search(marked)
    return Saying(marked.replace("«", "").replace("»", ""), "" if quote is None else quote[1].strip(" .,;:-/"))
