"""Constrained decoding: every answer is a valid action, whatever the model would rather say."""

import random
import re
import sys

import pytest
import torch

from evaluation.play import Play, play_batch
from evaluation.players.action_grammar import (
    MAX_EXPLANATION,
    ActionGrammar,
    AnswerState,
    action_pattern,
    allowed_ids,
    longest_answer,
    longest_on,
    worksheet_answer_pattern,
)
from evaluation.players.local_model import LocalModelPlayer
from evaluation.players.protocol import PlayerError
from evaluation.players.scripts import script_player
from evaluation.prompting import PromptSettings
from evaluation.worksheet import Looks, worksheet
from exceptions.catalogue import load_catalogue
from exceptions.environment import ActionType, parse_action
from tests.evaluation.model_episodes import TinyPlayer, play_turns

CASES = load_catalogue()
CONSTRAINED = PromptSettings(budget=4000, constrained=True)


@pytest.fixture
def grammar(tiny_player: LocalModelPlayer) -> ActionGrammar:
    return ActionGrammar(tiny_player.chat.tokenizer, vocabulary=421, end=tiny_player.chat.turn_end)


def any_answer(state: AnswerState, chance: random.Random, opening: list[int]) -> tuple[list[int], int]:
    """An answer that begins as `opening` and goes on as chance will; how many of its ids were forced."""
    ids = state.forced()
    forced = len(ids)
    while not ids or ids[-1] != 2:
        allowed = allowed_ids([state], 421, torch.device("cpu"))
        assert allowed is not None
        choice = opening.pop(0) if opening else chance.choice(allowed[0].nonzero()[:, 0].tolist())
        state.take(choice)
        following = state.forced() if choice != 2 else []
        forced += len(following)
        ids += [choice, *following]
    return ids, forced


@pytest.mark.parametrize("submits", [False, True])
def test_whatever_is_drawn_becomes_a_valid_action(
    grammar: ActionGrammar, tiny_player: LocalModelPlayer, submits: bool
) -> None:
    seen = set()
    for seed in range(60):
        opening = tiny_player.chat.tokenizer("submit", add_special_tokens=False)["input_ids"][:1] if submits else []
        ids, forced = any_answer(grammar.begin(), random.Random(seed), list(opening))

        text = tiny_player.chat.text(ids)
        action = parse_action(text)

        assert re.fullmatch(action_pattern(), text)
        assert len(ids) <= longest_answer() + 1
        assert forced > 5
        seen.add(action.action_type)
    assert (ActionType.SUBMIT_FINAL_RESOLUTION in seen) is submits or not submits


def test_the_longest_answer_is_within_the_grammar() -> None:
    longest = (
        '{"action_type": "submit_final_resolution", "final_decision": "escalate_for_supervisor_review", '
        '"exception_type": "total_amount_mismatch", "evidence_references": ['
        + ", ".join(['"check_for_duplicate_invoice"'] * 10)
        + f'], "explanation": "{"x" * MAX_EXPLANATION}", "confidence": 0.95}}'
    )

    assert re.fullmatch(action_pattern(), longest)
    assert len(longest) == longest_answer()
    assert not re.fullmatch(action_pattern(), longest.replace("xx", "xxx", 1))


@pytest.mark.parametrize("name", ["expert", "three-way-match", "keyword", "random"])
def test_what_a_model_is_trained_to_say_is_within_the_grammar(name: str) -> None:
    player = script_player(name)
    plays = [Play.begin(case, play_id=case.id) for case in CASES]

    play_batch(plays, player)

    for play in plays:
        for step in play.steps:
            assert not step.record.valid or re.fullmatch(action_pattern(), step.completion.text), step.completion.text


@pytest.mark.parametrize("temperature", [0.0, 1.5])
def test_a_model_that_never_wrote_json_plays_without_one_invalid_step(tiny: TinyPlayer, temperature: float) -> None:
    # Far too few tokens for any action, were the answer cut there.
    player = tiny(max_new_tokens=4, temperature=temperature)
    plays = [Play.begin(case, play_id=case.id, prompt=CONSTRAINED, seed=3) for case in CASES[:6]]

    play_batch(plays, player)

    for play in plays:
        assert play.env.state.done
        assert play.error == ""
        assert all(step.record.valid for step in play.steps)
        assert {step.completion.stop for step in play.steps} == {"turn_end"}


def test_constrained_and_free_conversations_are_answered_in_one_batch(tiny: TinyPlayer) -> None:
    def first(*settings: PromptSettings) -> list[tuple[int, ...]]:
        plays = [Play.begin(CASES[0], play_id=str(at), prompt=one) for at, one in enumerate(settings)]
        player = tiny(max_new_tokens=8)
        return [tuple(one.token_ids) for one in player.complete([play.conversation for play in plays])]

    free = PromptSettings(budget=4000)

    assert first(free, CONSTRAINED, free) == [*first(free), *first(CONSTRAINED), *first(free)]


def test_forced_tokens_are_counted_and_carry_no_log_probability(tiny: TinyPlayer) -> None:
    player = tiny(max_new_tokens=8)
    play = Play.begin(CASES[0], play_id="p", prompt=CONSTRAINED)
    [step] = play_turns(play, player, turns=1)
    answer = step.completion

    state = ActionGrammar(player.chat.tokenizer, vocabulary=421, end=player.chat.turn_end).begin()
    expected = [True] * len(state.forced())
    while len(expected) < len(answer.token_ids):
        state.take(answer.token_ids[len(expected)])
        expected += [False] + [True] * len(state.forced())

    assert [logprob == 0 for logprob in answer.logprobs] == expected
    assert answer.forced_tokens == sum(expected)
    assert answer.completion_tokens == len(expected)


def test_an_episode_s_settings_ask_for_it() -> None:
    asked = Play.begin(CASES[0], play_id="p", prompt=PromptSettings.from_settings({"constrained": True}))

    assert asked.conversation.constrained
    assert not Play.begin(CASES[0], play_id="p", prompt=PromptSettings.from_settings({})).conversation.constrained


def test_on_a_worksheet_what_the_looks_showed_is_written_and_forced(tiny: TinyPlayer) -> None:
    player = tiny(max_new_tokens=4)
    player.worksheet = True
    plays = [Play.begin(case, play_id=case.id, prompt=PromptSettings(budget=8000), seed=3) for case in CASES[:4]]
    play_batch(plays, player)
    submitted = 0
    for case, play in zip(CASES, plays, strict=False):
        for step in play.steps:
            assert step.record.valid
            if ActionType.SUBMIT_FINAL_RESOLUTION not in step.completion.text:
                continue
            before = Play.begin(case, play_id="p", played=[one.completion.text for one in play.steps[:-1]])
            pieces = worksheet(Looks.of(before.conversation.observation))
            assert re.fullmatch(worksheet_answer_pattern(pieces), step.completion.text)
            assert len(step.completion.token_ids) <= longest_on(pieces) + 1
            assert step.completion.forced_tokens > sum(len(one) for one in pieces if isinstance(one, str)) / 20
            submitted += 1
    assert submitted


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_drawn_on_a_worksheet_becomes_a_valid_action(
    grammar: ActionGrammar, tiny_player: LocalModelPlayer, seed: int
) -> None:
    comments = ("Größe geprüft, 寸法は注文どおり", *CASES[seed].history.comments)
    history = CASES[seed].history.model_copy(update={"comments": comments})
    pieces = worksheet(Looks.all_at(CASES[seed].model_copy(update={"history": history})))
    opening = tiny_player.chat.tokenizer("submit", add_special_tokens=False)["input_ids"][:1]
    ids, forced = any_answer(grammar.begin_on(pieces), random.Random(seed), list(opening))
    text = tiny_player.chat.text(ids)
    assert parse_action(text).action_type is ActionType.SUBMIT_FINAL_RESOLUTION
    assert re.fullmatch(worksheet_answer_pattern(pieces), text)
    assert len(ids) <= longest_on(pieces) + 1
    assert forced > 50


def test_a_prompt_without_room_for_the_longest_answer_fails_alone(tiny: TinyPlayer) -> None:
    player = tiny(max_new_tokens=8)
    player.model.config.max_position_embeddings = 1000
    small = LocalModelPlayer("small", player.model, player.chat.tokenizer)
    play = Play.begin(CASES[0], play_id="p", prompt=CONSTRAINED)

    play_batch([play], small)

    assert "no room for an answer" in play.error


def test_without_llguidance_it_says_what_to_install(tiny: TinyPlayer, monkeypatch: pytest.MonkeyPatch) -> None:
    # None is how Python itself marks a module that cannot be imported.
    monkeypatch.setitem(sys.modules, "llguidance", None)
    monkeypatch.setitem(sys.modules, "llguidance.hf", None)

    with pytest.raises(PlayerError, match=re.escape("pip install 'invoiceguard[models]'")):
        tiny().complete([Play.begin(CASES[0], play_id="p", prompt=CONSTRAINED).conversation])
