"""Episodes and one player, turn by turn: all episodes of a batch advance together, and ended ones leave it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from evaluation.players.protocol import Completion, Conversation, Player, PlayerError
from evaluation.prompting import PromptBudgetExceeded, PromptSettings, opening, turn, within_budget
from exceptions.environment import Case, Environment, StepRecord, StopReason
from exceptions.services.episodes import StepCost


@dataclass(slots=True)
class Play:
    """One episode in play. `error` says why the player or the budget ended it, if one did.

    `steps` are those that were played here, without the ones it began with.
    """

    env: Environment
    conversation: Conversation
    prompt: PromptSettings
    error: str = ""
    steps: "list[PlayedStep]" = field(default_factory=list)

    @classmethod
    def begin(
        cls,
        case: Case,
        *,
        play_id: str,
        rewards: str = "grounded-1",
        prompt: PromptSettings | None = None,
        seed: int = 0,
        played: Iterable[str] = (),
    ) -> "Play":
        """An episode at its start, or after the answers it was given already: the conversation is as it was then."""
        settings = prompt or PromptSettings()
        env = Environment(case, rewards)
        observation = env.reset()
        messages = opening(observation, settings)
        for answer in played:
            observation = env.step(answer)
            messages += turn(answer, observation, settings.rendering)
        return cls(env, Conversation(play_id, messages, observation, seed=seed), settings)


@dataclass(frozen=True, slots=True)
class PlayedStep:
    """A step with what it cost, and what the prompt budget did to its prompt."""

    record: StepRecord
    completion: Completion
    prompt_budget: dict[str, Any] = field(default_factory=dict)

    @property
    def cost(self) -> StepCost:
        """What is stored with the step."""
        answer = self.completion
        return StepCost(
            prompt_tokens=answer.prompt_tokens,
            computed_tokens=answer.computed_tokens,
            completion_tokens=answer.completion_tokens,
            latency=answer.latency,
            prompt_budget=self.prompt_budget,
            token_ids=answer.token_ids or None,
            logprobs=answer.logprobs or None,
            answer_stop=answer.stop if answer.token_ids else "",
            price=answer.price,
        )


OnStep = Callable[[Play, PlayedStep], None]
OnEnd = Callable[[Play], None]


def _no_step(play: Play, step: PlayedStep) -> None:
    """Nobody listens."""


def _no_end(play: Play) -> None:
    """Nobody listens."""


def play_batch(
    plays: Sequence[Play],
    player: Player,
    *,
    on_step: OnStep = _no_step,
    on_end: OnEnd = _no_end,
    should_stop: Callable[[], bool] = lambda: False,
) -> None:
    """Play until every episode has ended, or `should_stop` says so between two turns (then some stay open).

    `on_step` is called after each step, before the episode's next turn; `on_end` once for every episode that ends, as
    soon as it has. A player that fails ends the batch's open episodes with stop reason `player_error`; what they have
    played stays.
    """
    for play in plays:
        if player.reads_ground_truth:
            play.conversation.ground_truth = play.env.case.ground_truth
    going = [play for play in plays if not play.env.state.done]
    try:
        while going and not should_stop():
            _turn(going, player, on_step)
            ended = [play for play in going if play.env.state.done]
            player.release([play.conversation.id for play in ended])
            for play in ended:
                on_end(play)
            going = [play for play in going if not play.env.state.done]
    finally:
        player.release([play.conversation.id for play in going])


def _turn(plays: Sequence[Play], player: Player, on_step: OnStep) -> None:
    """One turn of every episode, or its end."""
    asked = [(play, *prompt) for play in plays if (prompt := _prompt(play, player)) is not None]
    try:
        completions = player.complete([conversation for _play, conversation, _budget in asked]) if asked else []
    except PlayerError as error:
        for play, _conversation, _budget in asked:
            _end(play, StopReason.PLAYER_ERROR, str(error))
        return
    for (play, _conversation, budget), completion in zip(asked, completions, strict=True):
        _take(play, completion, budget, on_step)


def _prompt(play: Play, player: Player) -> tuple[Conversation, dict[str, Any]] | None:
    """What the player is given this turn; None when its budget has ended the episode."""
    try:
        return within_budget(play.conversation, player, play.prompt)
    except PromptBudgetExceeded as error:
        _end(play, StopReason.PROMPT_BUDGET_EXCEEDED, str(error))
        return None


def _take(play: Play, completion: Completion, budget: dict[str, Any], on_step: OnStep) -> None:
    if completion.failure:
        _end(play, StopReason.PLAYER_ERROR, completion.failure)
        return
    # Postgres cannot hold NUL, and a byte-level model can sample it: it is shown as the picture of itself.
    text = completion.text.replace("\x00", "␀")
    play.conversation.observation = play.env.step(text)
    play.conversation.messages += turn(completion, play.conversation.observation, play.prompt.rendering)
    step = PlayedStep(play.env.state.steps[-1], completion, budget)
    play.steps.append(step)
    on_step(play, step)


def _end(play: Play, reason: StopReason, error: str) -> None:
    play.conversation.observation = play.env.end(reason)
    play.error = error
