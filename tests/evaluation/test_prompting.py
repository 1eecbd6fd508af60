"""What a player is told each turn, and what happens when that grows too long."""

import itertools

import pytest

from evaluation.play import Play
from evaluation.players.local_model import LocalModelPlayer
from evaluation.players.protocol import Conversation
from evaluation.prompting import PromptBudgetExceeded, PromptPolicy, PromptSettings, shared_opening, within_budget
from exceptions.catalogue import load_catalogue
from exceptions.environment import Case, parse_action, task_text

ANSWERS = [
    '{"action_type": "inspect_purchase_order"}',
    "let me think",
    '{"action_type": "inspect_goods_receipt_note"}',
    '{"action_type": "compare_quantity"}',
    '{"action_type": "compare_price"}',
]


@pytest.fixture(scope="module")
def case() -> Case:
    return load_catalogue()[0]


def after(case: Case, answers: list[str], **settings: object) -> Conversation:
    prompt = PromptSettings.from_settings(settings)
    return Play.begin(case, play_id="p", prompt=prompt, played=answers).conversation


def test_it_opens_with_the_task_and_the_invoice_summary(case: Case) -> None:
    system, first = after(case, []).messages

    assert (system.role, first.role) == ("system", "user")
    assert first.content.startswith(task_text())
    assert case.invoice.number in first.content


def test_a_demonstration_shows_the_form_of_an_answer_before_the_case(case: Case) -> None:
    system, *shown, first = after(case, [], demonstration=True).messages

    assert system.content.endswith(task_text())
    assert [message.role for message in shown] == ["user", "assistant"]
    assert parse_action(shown[1].content).action_type == "inspect_invoice_line_items"
    assert case.invoice.number in first.content
    assert task_text() not in first.content


@pytest.mark.parametrize("demonstration", [False, True])
def test_every_case_s_prompt_begins_with_what_is_computed_ahead(
    tiny_player: LocalModelPlayer, demonstration: bool
) -> None:
    ahead = tiny_player.chat.prompt(shared_opening(PromptSettings(demonstration=demonstration)))

    for case in load_catalogue()[:3]:
        prompt = tiny_player.chat.prompt(after(case, [], demonstration=demonstration).messages)
        shared = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(ahead, prompt, strict=False)))
        assert shared > 0.9 * len(ahead)


def test_each_turn_adds_the_answer_and_only_what_it_brought(case: Case) -> None:
    before = after(case, ANSWERS[:2]).messages
    messages = after(case, ANSWERS[:3]).messages

    assert messages[: len(before)] == before
    answer, brought = messages[len(before) :]
    assert (answer.role, answer.content) == ("assistant", ANSWERS[2])
    assert case.goods_receipts[0].number in brought.content
    assert task_text() not in brought.content


def test_a_prompt_is_a_token_for_token_prefix_of_the_next(case: Case, tiny_player: LocalModelPlayer) -> None:
    prompts = [tiny_player.chat.prompt(after(case, ANSWERS[:turns]).messages) for turns in range(len(ANSWERS) + 1)]

    for earlier, later in itertools.pairwise(prompts):
        assert later[: len(earlier)] == earlier
        assert len(later) > len(earlier)


def test_the_cumulative_rendering_repeats_the_findings_every_turn(case: Case) -> None:
    messages = after(case, ANSWERS, rendering="cumulative").messages

    for message in messages[3::2]:
        assert task_text() in message.content
        assert case.purchase_order.number in message.content


def test_within_the_budget_nothing_is_done(case: Case, tiny_player: LocalModelPlayer) -> None:
    conversation = after(case, ANSWERS)
    settings = PromptSettings(budget=tiny_player.prompt_tokens(conversation))

    assert within_budget(conversation, tiny_player, settings) == (conversation, {})


def test_fail_refuses_a_prompt_beyond_the_budget(case: Case, tiny_player: LocalModelPlayer) -> None:
    conversation = after(case, ANSWERS)
    tokens = tiny_player.prompt_tokens(conversation)

    with pytest.raises(PromptBudgetExceeded, match=f"has {tokens} tokens and the budget is {tokens - 1}"):
        within_budget(conversation, tiny_player, PromptSettings(budget=tokens - 1))


@pytest.mark.parametrize("demonstration", [False, True])
def test_drop_oldest_turns_leaves_out_whole_turns_and_no_more_than_it_must(
    case: Case, tiny_player: LocalModelPlayer, demonstration: bool
) -> None:
    conversation = after(case, ANSWERS, demonstration=demonstration)
    opened = 4 if demonstration else 2
    left = conversation.messages[:opened] + conversation.messages[opened + 4 :]
    two_dropped = Conversation("p", left, conversation.observation)
    budget = tiny_player.prompt_tokens(two_dropped)
    settings = PromptSettings(budget=budget, policy=PromptPolicy.DROP_OLDEST_TURNS, demonstration=demonstration)

    shown, record = within_budget(conversation, tiny_player, settings)

    assert shown.messages == two_dropped.messages
    assert record == {
        "policy": "drop_oldest_turns",
        "tokens": tiny_player.prompt_tokens(conversation),
        "budget": budget,
        "dropped_turns": 2,
    }
    assert len(conversation.messages) == opened + 2 * len(ANSWERS), "the conversation itself stays whole"


def test_drop_oldest_turns_never_drops_what_the_last_action_brought(case: Case, tiny_player: LocalModelPlayer) -> None:
    opening = tiny_player.prompt_tokens(after(case, []))
    settings = PromptSettings(budget=opening + 5, policy=PromptPolicy.DROP_OLDEST_TURNS)

    with pytest.raises(PromptBudgetExceeded):
        within_budget(after(case, ANSWERS), tiny_player, settings)


def test_cut_right_cuts_the_generation_prompt_too(case: Case, tiny_player: LocalModelPlayer) -> None:
    conversation = after(case, ANSWERS)
    tokens = tiny_player.prompt_tokens(conversation)
    settings = PromptSettings(budget=tokens - 40, policy=PromptPolicy.CUT_RIGHT)

    shown, record = within_budget(conversation, tiny_player, settings)

    assert (shown.messages, shown.cut_prompt_at) == (conversation.messages, tokens - 40)
    assert record == {"policy": "cut_right", "tokens": tokens, "budget": tokens - 40}


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(ValueError, match="shorten"):
        PromptSettings.from_settings({"prompt_policy": "shorten"})
