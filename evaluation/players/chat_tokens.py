"""A conversation as token ids, piece by piece.

Each piece (what the chat template puts before an answer) is tokenized once; the ids that a model sampled stand between
the pieces as they were sampled. So a turn's prompt is a token-for-token prefix of the next one, whatever the template
would do to earlier turns if it rendered them again (Qwen3's drops their thoughts).

Control tokens come from the template alone: a supplier's text that spells one is tokenized as text.
"""

import functools
import inspect
from collections.abc import Iterator, Sequence
from typing import Any

from transformers import PreTrainedTokenizerBase

from evaluation.players.protocol import Message, PlayerError

_PIECES_KEPT = 4096


class ChatTokens:
    """Renders conversations for one tokenizer. Thinking is disabled where the template knows how."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, *, stop_ids: Sequence[int] = ()) -> None:
        """`stop_ids`: further ids at which the model ends a turn, beside the tokenizer's own end token.

        Raises:
            PlayerError: the tokenizer has no chat template, or no token that ends a turn.
        """
        if not tokenizer.chat_template:
            raise PlayerError(
                f"The tokenizer of “{tokenizer.name_or_path}” has no chat template; use an instruction-tuned model."
            )
        if "sanitize_control_tokens" not in inspect.signature(tokenizer.apply_chat_template).parameters:
            raise PlayerError(
                "This version of transformers cannot tell a template's control tokens from a supplier's text; "
                "install 5.23 or later."
            )
        self.tokenizer = tokenizer
        own_end = tokenizer.eos_token_id
        self.stop_ids = frozenset(stop_ids) | (frozenset() if own_end is None else {int(own_end)})
        exchange = self._render((Message("user", "-"), Message("assistant", "-")), ask=False)
        ends = [token for token in exchange if token in self.stop_ids]
        if not ends:
            raise PlayerError(
                f"The chat template of “{tokenizer.name_or_path}” ends an assistant's turn with none of the "
                "model's end tokens; set eos_token in its tokenizer_config.json."
            )
        self.turn_end: int = ends[-1]
        self._ends_in_exchange = exchange.count(self.turn_end)
        self._piece = functools.lru_cache(maxsize=_PIECES_KEPT)(self._tokenize_piece)

    def prompt(self, messages: Sequence[Message]) -> list[int]:
        """The ids that the next answer is conditioned on, generation prompt last."""
        return [id_ for ids, _message in self.pieces(messages) for id_ in ids]

    def pieces(self, messages: Sequence[Message]) -> Iterator[tuple[Sequence[int], Message | None]]:
        """The prompt in pieces: each answer with its message, and before and after it what it stands between (None)."""
        new: list[Message] = []
        first = True
        for message in messages:
            if message.role == "assistant":
                yield self._piece(tuple(new), first), None
                yield self._answer(message), message
                new, first = [], False
            else:
                new.append(message)
        yield self._piece(tuple(new), first), None

    def text(self, ids: Sequence[int]) -> str:
        """What was answered, without special tokens."""
        return str(self.tokenizer.decode(list(ids), skip_special_tokens=True, clean_up_tokenization_spaces=False))

    def _answer(self, message: Message) -> list[int]:
        ids = list(message.token_ids) or list(
            self.tokenizer(message.content, add_special_tokens=False, split_special_tokens=True)["input_ids"]
        )
        return ids if ids and ids[-1] == self.turn_end else [*ids, self.turn_end]

    def _tokenize_piece(self, new: tuple[Message, ...], first: bool) -> tuple[int, ...]:
        if first:
            return tuple(self._render(new, ask=True))
        exchange = (Message("user", "-"), Message("assistant", "-"))
        ids = self._render((*exchange, *new), ask=True)
        ends = [position for position, token in enumerate(ids) if token == self.turn_end]
        return tuple(ids[ends[self._ends_in_exchange - 1] + 1 :])

    def _render(self, messages: Sequence[Message], *, ask: bool) -> list[int]:
        rendered: Any = self.tokenizer.apply_chat_template(
            [{"role": message.role, "content": message.content} for message in messages],
            add_generation_prompt=ask,
            tokenize=True,
            return_dict=False,
            sanitize_control_tokens=True,
            enable_thinking=False,
        )
        return [int(token) for token in rendered]
