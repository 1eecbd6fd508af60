"""An episode as one sequence of token ids: what was sampled is what is trained on.

Made of the pieces that the rollout itself was made of: each turn's prompt, with its answer, is a prefix of the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from evaluation.play import Play
from evaluation.players.chat_tokens import ChatTokens
from evaluation.players.protocol import Message


class NoTranscript(ValueError):
    """The episode is no single sequence; says why."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """The ids of a conversation from its first token to the end of its last answer, each with what is known of it.

    `answers` are the (start, end) of each turn's answer, the token that ends the turn included: where the loss of
    supervised training falls, whoever answered. `sampled` says which ids the model drew in that turn and `logprobs`
    (0 elsewhere) with what log-probability: where the loss of reinforcement falls. Ids that a grammar forced, and the
    end of an answer that was cut, lie in an answer without having been sampled.
    """

    ids: tuple[int, ...]
    logprobs: tuple[float, ...]
    sampled: tuple[bool, ...]
    answers: tuple[tuple[int, int], ...]

    @property
    def answered(self) -> tuple[bool, ...]:
        """For each id, whether it belongs to an answer."""
        mask = [False] * len(self.ids)
        for start, end in self.answers:
            mask[start:end] = [True] * (end - start)
        return tuple(mask)


def transcript_of(chat: ChatTokens, play: Play) -> Transcript:
    """The transcript of an episode in play, just ended, or rebuilt by `Play.resumed`.

    Args:
        chat: of the tokenizer that the ids were sampled with; any tokenizer's for answers that are text.

    Raises:
        NoTranscript: nothing was answered, or the prompt budget shortened a prompt.
    """
    if play.shortened:
        raise NoTranscript(
            "the prompt budget shortened a prompt of this episode: its turns saw different conversations"
        )
    return conversation_transcript(chat, play.conversation.messages)


def conversation_transcript(chat: ChatTokens, messages: Sequence[Message]) -> Transcript:
    """The transcript of the messages up to the last answer.

    Raises:
        NoTranscript: nothing was answered.
    """
    ids: list[int] = []
    logprobs: list[float] = []
    answers: list[tuple[int, int]] = []
    for piece, answer in chat.pieces(messages):
        if answer is not None:
            answers.append((len(ids), len(ids) + len(piece)))
        drawn = answer.logprobs if answer is not None else ()
        ids += piece
        logprobs += [*drawn, *(0.0 for _ in range(len(piece) - len(drawn)))]
    if not answers:
        raise NoTranscript("nothing was answered in this episode")
    end = answers[-1][1]
    return Transcript(
        tuple(ids[:end]), tuple(logprobs[:end]), tuple(logprob != 0 for logprob in logprobs[:end]), tuple(answers)
    )
