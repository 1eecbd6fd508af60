"""Rollouts: every case played so many times by a local model, all at once, with token-exact transcripts.

What a trainer calls. Evaluation runs and lanes store episodes and use `evaluation.play.play_batch` directly; the engine
below it (`evaluation/players/`) is the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evaluation.play import Play, play_batch
from evaluation.players.local_model import LocalModelPlayer
from evaluation.prompting import PromptPolicy, PromptSettings
from evaluation.transcripts import Transcript, transcript_of
from exceptions.environment import Case


@dataclass(frozen=True, slots=True)
class Rollout:
    """One episode with its transcript; None when nothing was answered (the first prompt was beyond the budget)."""

    play: Play
    sample: int
    transcript: Transcript | None

    @property
    def case(self) -> Case:
        return self.play.env.case


def rollout(
    player: LocalModelPlayer,
    cases: Sequence[Case],
    *,
    samples: int = 1,
    rewards: str = "grounded-1",
    prompt: PromptSettings | None = None,
    seed: int = 0,
    max_tokens_in_flight: int | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> list[Rollout]:
    """Play each case `samples` times, to the end. Samples of a case stand beside each other and share its prompt.

    Sample k is drawn by the seed `seed + k`; greedy samples are all the same. Rollouts that `should_stop` left open
    are not returned.

    Raises:
        ValueError: the prompt policy may shorten prompts, and then there would be no transcript.
    """
    settings = prompt or PromptSettings()
    if settings.policy != PromptPolicy.FAIL:
        raise ValueError(f"a rollout needs whole conversations; the prompt policy is {settings.policy}")
    begun = [
        (sample, Play.begin(case, play_id=f"{case.id}/{sample}", rewards=rewards, prompt=settings, seed=seed + sample))
        for case in cases
        for sample in range(samples)
    ]
    play_batch(
        [play for _sample, play in begun],
        player,
        should_stop=should_stop,
        max_tokens_in_flight=max_tokens_in_flight,
    )
    return [
        Rollout(play, sample, transcript_of(player.chat, play) if play.steps else None)
        for sample, play in begun
        if play.env.state.done
    ]
