"""Episodes and a player, turn by turn."""

import subprocess
import sys
from collections.abc import Sequence

import pytest

from evaluation.play import Play, PlayedStep, play_batch
from evaluation.players.local_model import LocalModelPlayer
from evaluation.players.protocol import Completion, Conversation, PlayerError
from evaluation.players.scripts import script_player
from evaluation.prompting import PromptPolicy, PromptSettings
from exceptions.catalogue import load_catalogue
from exceptions.environment import Case, StopReason
from tests.evaluation.model_episodes import TinyPlayer, play_turns

CASES = load_catalogue()[:3]
LONG = PromptSettings(budget=4000)


class Parrot:
    """Says the same each turn, and fails when it has said it `until` times."""

    name = "parrot"
    reads_ground_truth = False

    def __init__(self, text: str, until: int = 1000) -> None:
        self.text = text
        self.until = until
        self.released: list[str] = []

    def complete(self, conversations: Sequence[Conversation]) -> list[Completion]:
        if self.until == 0:
            raise PlayerError("The parrot is hoarse; give it a day.")
        self.until -= 1
        return [Completion(self.text) for _ in conversations]

    def prompt_tokens(self, conversation: Conversation) -> int:
        return 0

    def release(self, conversation_ids: Sequence[str]) -> None:
        self.released += conversation_ids


def begin(cases: Sequence[Case] = CASES, **options: object) -> list[Play]:
    return [Play.begin(case, play_id=case.id, **options) for case in cases]  # type: ignore[arg-type]  # as `begin` takes them


def test_every_step_is_told_before_the_episode_s_next_turn() -> None:
    told: list[tuple[str, int, int]] = []

    def on_step(play: Play, step: PlayedStep) -> None:
        told.append((play.conversation.id, step.record.number, len(play.env.state.steps)))

    plays = begin()
    play_batch(plays, script_player("three-way-match"), on_step=on_step)

    for play in plays:
        assert play.env.state.stop_reason == StopReason.SUBMITTED
        steps = range(1, len(play.env.state.steps) + 1)
        assert [(number, taken) for name, number, taken in told if name == play.conversation.id] == [
            (number, number) for number in steps
        ]


def test_only_a_player_that_reads_the_ground_truth_is_given_it() -> None:
    blind, seeing = begin(CASES[:1])[0], begin(CASES[:1])[0]

    play_batch([blind], script_player("three-way-match"))
    play_batch([seeing], script_player("expert"))

    assert blind.conversation.ground_truth is None
    assert seeing.conversation.ground_truth == CASES[0].ground_truth


def test_a_player_that_fails_ends_the_episode_and_keeps_what_it_played() -> None:
    player = Parrot('{"action_type": "compare_price"}', until=2)
    plays = begin()

    play_batch(plays, player)

    for play in plays:
        assert play.env.state.stop_reason == StopReason.PLAYER_ERROR
        assert play.error == "The parrot is hoarse; give it a day."
        assert len(play.env.state.steps) == 2


def test_it_stops_between_two_turns_when_it_is_told_to() -> None:
    player = Parrot('{"action_type": "compare_price"}')
    [play] = begin(CASES[:1])

    play_batch([play], player, should_stop=lambda: len(play.env.state.steps) == 3)

    assert not play.env.state.done
    assert len(play.env.state.steps) == 3


def test_the_player_forgets_the_episodes_even_when_storing_a_step_fails() -> None:
    def on_step(_play: Play, _step: PlayedStep) -> None:
        raise ConnectionError("the database is gone")

    player = Parrot("?")
    with pytest.raises(ConnectionError):
        play_batch(begin(), player, on_step=on_step)

    assert player.released == [case.id for case in CASES]


def test_a_resumed_episode_goes_on_with_the_same_conversation() -> None:
    [whole] = begin(CASES[:1], prompt=LONG)
    play_batch([whole], script_player("keyword"))

    [first] = begin(CASES[:1], prompt=LONG)
    play_batch([first], script_player("keyword"), should_stop=lambda: len(first.env.state.steps) == 4)
    [second] = begin(CASES[:1], prompt=LONG, played=[step.raw or "" for step in first.env.state.steps])
    play_batch([second], script_player("keyword"))

    assert second.env.state.to_dict() == whole.env.state.to_dict()
    assert second.conversation.messages == whole.conversation.messages


def test_a_batch_plays_as_each_episode_would_alone(tiny: TinyPlayer) -> None:
    together = begin(prompt=LONG)
    play_batch(together, tiny(max_new_tokens=6), should_stop=lambda: len(together[0].env.state.steps) == 3)

    for case, play in zip(CASES, together, strict=True):
        [alone] = begin([case], prompt=LONG)
        play_turns(alone, tiny(max_new_tokens=6), turns=3)
        assert [step.raw for step in alone.env.state.steps] == [step.raw for step in play.env.state.steps]


def test_what_a_model_sampled_stays_in_the_conversation_as_ids(tiny: TinyPlayer) -> None:
    [play] = begin(CASES[:1], prompt=LONG)
    steps = play_turns(play, tiny(max_new_tokens=6), turns=2)

    answers = [message for message in play.conversation.messages if message.role == "assistant"]
    assert [answer.token_ids for answer in answers] == [step.completion.token_ids for step in steps]
    assert steps[1].completion.computed_tokens < steps[1].completion.prompt_tokens / 4


def test_nul_characters_do_not_reach_the_step() -> None:
    [play] = begin(CASES[:1])
    play_batch([play], Parrot("a\x00b"), should_stop=lambda: len(play.env.state.steps) == 1)

    assert play.env.state.steps[0].raw == "a␀b"


def test_a_prompt_beyond_the_budget_ends_the_episode_and_says_so(tiny_player: LocalModelPlayer) -> None:
    [play] = begin(CASES[:1], prompt=PromptSettings(budget=100))

    play_batch([play], tiny_player)

    assert play.env.state.stop_reason == StopReason.PROMPT_BUDGET_EXCEEDED
    assert "the budget is 100" in play.error
    assert play.env.state.steps == []


@pytest.mark.parametrize("policy", [PromptPolicy.CUT_RIGHT, PromptPolicy.DROP_OLDEST_TURNS])
def test_each_step_that_the_budget_hit_carries_a_record_of_it(tiny: TinyPlayer, policy: PromptPolicy) -> None:
    player = tiny(max_new_tokens=6)
    played = [f'{{"action_type": "{name}"}}' for name in ("inspect_purchase_order", "inspect_goods_receipt_note")]
    [play] = begin(CASES[:1], played=played)
    roomy = player.prompt_tokens(play.conversation)
    play.prompt = PromptSettings(budget=roomy, policy=policy)

    steps = play_turns(play, player, turns=2)

    assert steps[0].prompt_budget == {}
    assert steps[1].prompt_budget["policy"] == policy
    assert steps[1].completion.prompt_tokens <= roomy < steps[1].prompt_budget["tokens"]


def test_a_trainer_or_a_benchmark_plays_without_django() -> None:
    code = "import sys, evaluation.play, evaluation.players.local_model; sys.exit('django' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
