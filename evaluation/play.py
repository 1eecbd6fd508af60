"""Episodes and one player, turn by turn: all episodes of a batch advance together, and ended ones leave it.

Needs no Django, unless an episode comes from the database or goes there.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evaluation.players.action_texts import action_text
from evaluation.players.protocol import Completion, Conversation, HoldsTokens, Player, PlayerError
from evaluation.prompting import PromptBudgetExceeded, PromptSettings, opening, turn, within_budget
from exceptions.environment import Case, Environment, StepRecord, StopReason, read_action

if TYPE_CHECKING:
    from exceptions.models import Episode, Step
    from exceptions.services.episode_rows import StepCost

#: Room that is kept for an answer beside the prompt budget.
_ANSWER_TOKENS = 256


@dataclass(slots=True)
class Play:
    """One episode in play. `error` says why the player or the budget ended it, if one did.

    `steps` are those that were played here, without the ones it began with. `shortened`: the prompt budget shortened a
    prompt, so that the turns were not shown one and the same conversation.
    """

    env: Environment
    conversation: Conversation
    prompt: PromptSettings
    error: str = ""
    steps: "list[PlayedStep]" = field(default_factory=list)
    shortened: bool = False

    @classmethod
    def begin(
        cls,
        case: Case,
        *,
        play_id: str,
        rewards: str = "grounded-1",
        prompt: PromptSettings | None = None,
        seed: int = 0,
        played: Iterable[str | Completion] = (),
    ) -> "Play":
        """An episode at its start, or after the answers it was given already: the conversation is as it was then."""
        settings = prompt or PromptSettings()
        env = Environment(case, rewards)
        observation = env.reset()
        messages = opening(observation, settings)
        for answer in played:
            observation = env.step(answer if isinstance(answer, str) else answer.text)
            messages += turn(answer, observation, settings.rendering)
        conversation = Conversation(play_id, messages, observation, seed=seed, constrained=settings.constrained)
        return cls(env, conversation, settings)

    @classmethod
    def resumed(cls, episode: "Episode") -> "Play":
        """A stored episode after the steps that it has: what a model sampled stands in it token for token."""
        steps = list(episode.steps.all())
        play = cls.begin(
            episode.case_version.answered,
            play_id=str(episode.pk),
            rewards=episode.rewards,
            prompt=PromptSettings.from_settings(episode.settings),
            seed=int(episode.settings.get("seed", 0)),
            played=[_stored_answer(step) for step in steps],
        )
        play.shortened = any(step.prompt_budget for step in steps)
        return play

    @property
    def most_tokens(self) -> int:
        """How many tokens the player may have to keep for it."""
        return self.prompt.budget + _ANSWER_TOKENS


@dataclass(frozen=True, slots=True)
class PlayedStep:
    """A step with what it cost, and what the prompt budget did to its prompt."""

    record: StepRecord
    completion: Completion
    prompt_budget: dict[str, Any] = field(default_factory=dict)

    @property
    def cost(self) -> "StepCost":
        """What is stored with the step."""
        from exceptions.services.episode_rows import StepCost

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
    max_tokens_in_flight: int | None = None,
) -> None:
    """Play until every episode has ended, or `should_stop` says so between two turns (then some stay open).

    As many episodes are in flight as `max_tokens_in_flight` has room for by their prompt budgets (None: what the player
    says, or all); others enter when some leave.

    `on_step` is called after each step, before the episode's next turn; `on_end` once for every episode that ends, as
    soon as it has. A player that fails ends the batch's open episodes with stop reason `player_error`; what they have
    played stays.
    """
    for play in plays:
        if player.reads_ground_truth:
            play.conversation.ground_truth = play.env.case.ground_truth
    waiting = deque(play for play in plays if not play.env.state.done)
    going: list[Play] = []
    if max_tokens_in_flight is None and isinstance(player, HoldsTokens):
        max_tokens_in_flight = player.max_tokens_in_flight
    try:
        while (going or waiting) and not should_stop():
            while waiting and _has_room(max_tokens_in_flight, going, waiting[0]):
                going.append(waiting.popleft())
            _turn(going, player, on_step)
            ended = [play for play in going if play.env.state.done]
            player.release([play.conversation.id for play in ended])
            for play in ended:
                on_end(play)
            going = [play for play in going if not play.env.state.done]
    finally:
        player.release([play.conversation.id for play in going])


def _has_room(tokens: int | None, going: Sequence[Play], further: Play) -> bool:
    return not going or tokens is None or sum(play.most_tokens for play in (*going, further)) <= tokens


def _stored_answer(step: "Step") -> Completion:
    """What was answered at a step; the action as a player would write it, where an action was sent."""
    text = action_text(read_action(step.action)) if step.raw_output is None else step.raw_output
    return Completion(text, token_ids=step.token_ids or (), logprobs=step.logprobs or ())


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
    play.shortened = play.shortened or bool(budget)
    step = PlayedStep(play.env.state.steps[-1], completion, budget)
    play.steps.append(step)
    on_step(play, step)


def _end(play: Play, reason: StopReason, error: str) -> None:
    play.conversation.observation = play.env.end(reason)
    play.error = error
