"""Constrained decoding: the answers that a model can give are the actions of the environment, and nothing else.

One regular expression, made from the environment's vocabulary, for the JSON object that the task describes. Every
answer in it is valid, and ends: the only free text, the explanation, is bounded. llguidance turns it into the set of
tokens that may come next, and into tokens that must.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from transformers import PreTrainedTokenizerBase

from evaluation.players.protocol import PlayerError
from evaluation.worksheet import LONGEST_NUMBER, Piece, json_text, worksheet_pattern
from exceptions.environment import INVESTIGATIONS, Action, ActionType, Decision, ExceptionType

#: Of an explanation, in characters: two or three sentences.
MAX_EXPLANATION = 240
#: Of evidence references: every investigation once.
MAX_REFERENCES = len(INVESTIGATIONS)


def _any_of(names: Iterable[str]) -> str:
    return f"({'|'.join(names)})"


_LOOK = _any_of(INVESTIGATIONS)
_DECISION = f'"final_decision": "{_any_of(Decision)}"'
_TYPE = f'"exception_type": "{_any_of(ExceptionType)}"'
_REFERENCES = rf'"evidence_references": \[("{_LOOK}"(, "{_LOOK}"){{0,{MAX_REFERENCES - 1}}})?\]'
#: Of a conclusion, in characters.
_LONGEST_CONCLUSION = 40
#: What follows from a worksheet, in one sentence.
_CONCLUSION = rf'[^".\\\x00-\x1f]{{1,{_LONGEST_CONCLUSION}}}\.'
#: Of a sign, in UTF-8.
_MOST_BYTES = 4
#: In bytes: four words, and the number of an order.
_LONGEST_BLANK = 52 + len(", of ") + LONGEST_NUMBER * _MOST_BYTES


def action_pattern() -> str:
    """The regular expression of all answers. Fields in the order of the task; explanations in printable ASCII."""
    submit = ", ".join(
        (
            _DECISION,
            _TYPE,
            _REFERENCES,
            rf'"explanation": "[!#-\[\]-~][ !#-\[\]-~]{{0,{MAX_EXPLANATION - 1}}}"',
        )
    )
    confidence = r'(, "confidence": (0(\.[0-9]{1,2})?|1(\.0)?))?'
    return (
        r'\{"action_type": "('
        f'{_LOOK}"'
        f'|{ActionType.PROPOSE_EXCEPTION_TYPE}", {_TYPE}'
        f'|{ActionType.SUBMIT_FINAL_RESOLUTION}", {submit}{confidence}'
        r")\}"
    )


def worksheet_answer_pattern(pieces: Iterable[Piece]) -> str:
    """The regular expression of answers on a worksheet: a look, or a submit whose explanation is the worksheet with its
    blanks filled in, then a conclusion. What is decided comes after what it is read off.
    """
    submit = ", ".join((rf'"explanation": "{worksheet_pattern(pieces)}{_CONCLUSION}"', _TYPE, _DECISION, _REFERENCES))
    return rf'\{{"action_type": "({_LOOK}"|{ActionType.SUBMIT_FINAL_RESOLUTION}", {submit})\}}'


def longest_on(pieces: Iterable[Piece]) -> int:
    """The most bytes that an answer on a worksheet can have: a token of a sign outside ASCII may be a part of it."""
    given = sum(len(json_text(piece).encode()) if isinstance(piece, str) else _LONGEST_BLANK for piece in pieces)
    return longest_answer() + given + _LONGEST_CONCLUSION * _MOST_BYTES


def longest_answer() -> int:
    """The most characters that an answer can have; so it has at most as many tokens, and one more that ends it."""
    longest = Action(
        action_type=ActionType.SUBMIT_FINAL_RESOLUTION,
        final_decision=max(Decision, key=len),
        exception_type=max(ExceptionType, key=len),
        evidence_references=(max(INVESTIGATIONS, key=len),) * MAX_REFERENCES,
        explanation="-" * MAX_EXPLANATION,
        confidence=0.99,
    )
    return len(json.dumps(longest.to_dict()))


class ActionGrammar:
    """The grammar for one tokenizer; `begin` gives each answer a state of its own."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, *, vocabulary: int, end: int) -> None:
        """`vocabulary`: how many scores the model gives; `end`: the id that ends a turn.

        Raises:
            PlayerError: llguidance is not installed, or cannot read this tokenizer.
        """
        try:
            import llguidance.hf
        except ImportError as error:
            raise PlayerError(
                "Constrained decoding needs llguidance; install the extra: pip install 'invoiceguard[models]'."
            ) from error
        try:
            ids = llguidance.hf.from_tokenizer(tokenizer, n_vocab=vocabulary, eos_token=end)  # type: ignore[arg-type]  # it checks by itself
        except ValueError as error:
            raise PlayerError(f"Constrained decoding cannot read this model's tokenizer: {error}") from error
        self.end = end
        self._matcher: Callable[[str], Any] = lambda pattern: llguidance.LLMatcher(
            ids, llguidance.LLMatcher.grammar_from_regex(pattern)
        )
        self._start = self._matcher(action_pattern())

    def begin(self) -> "AnswerState":
        """The state before an answer's first token."""
        return AnswerState(self._start.deep_copy(), self.end)

    def begin_on(self, pieces: Iterable[Piece]) -> "AnswerState":
        """The same, of an answer on a worksheet."""
        return AnswerState(self._matcher(worksheet_answer_pattern(pieces)), self.end)


class AnswerState:
    """How far an answer has come."""

    def __init__(self, matcher: Any, end: int) -> None:
        self._matcher = matcher
        self._end = end

    def forced(self) -> list[int]:
        """The ids that must come next, if no others can; they are taken. The last one may end the turn."""
        tokens: list[int] = self._matcher.compute_ff_tokens()
        self._matcher.consume_tokens(tokens)
        if self._matcher.is_stopped() and (not tokens or tokens[-1] != self._end):
            tokens.append(self._end)
        return tokens

    def take(self, token: int) -> None:
        """Go on after a sampled id."""
        if not self._matcher.consume_token(token):
            raise PlayerError(f"Token {token} was drawn and the grammar does not allow it: {self._matcher.get_error()}")

    def allowed(self) -> bytes:
        """One bit for each id of the vocabulary, least significant first."""
        mask: bytes = self._matcher.compute_bitmask()
        return mask


def allowed_ids(states: Sequence[AnswerState | None], vocabulary: int, device: torch.device) -> torch.Tensor | None:
    """What the answers' grammars allow next: bool, (answers, vocabulary). None: no answer has a grammar."""
    masks = [state.allowed() if state else b"" for state in states]
    width = max(map(len, masks))
    if width == 0:
        return None
    packed = bytearray(b"".join(mask or b"\xff" * width for mask in masks))
    octets = torch.frombuffer(packed, dtype=torch.uint8).view(len(masks), width, 1).to(device)
    bits = octets >> torch.arange(8, dtype=torch.uint8, device=device) & 1
    return bits.view(len(masks), -1)[:, :vocabulary].bool()
