"""An API player against a real OpenAI-compatible server, `transformers serve`, with SmolLM2."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from evaluation.play import Play, PlayedStep, play_batch
from evaluation.players.api_model import ApiModelPlayer
from evaluation.players.configs import ApiModelConfig
from evaluation.players.local_model import LocalModelPlayer
from evaluation.prompting import PromptSettings
from exceptions.catalogue import load_catalogue
from tests.evaluation.players.serving import serving, serving_python

pytestmark = pytest.mark.timeout(240)
SHOWN_HOW: Final = PromptSettings(demonstration=True)


@pytest.fixture(scope="module")
def model_folder(request: pytest.FixtureRequest) -> Path:
    from evaluation.players.base_models import converted_gguf, gguf_file

    gguf = gguf_file("SmolLM2-135M-Instruct")
    assert gguf is not None
    assert request.config.cache is not None
    return converted_gguf(gguf, request.config.cache.mkdir("models"))


@pytest.fixture(scope="module")
def endpoint(request: pytest.FixtureRequest, model_folder: Path, var_dir: Path) -> Iterator[str]:
    assert request.config.cache is not None
    with serving(serving_python(request.config.cache), model_folder, var_dir / "serving.log") as url:
        yield url


@pytest.fixture
def player(endpoint: str, model_folder: Path) -> Iterator[ApiModelPlayer]:
    config = ApiModelConfig(
        base_url=endpoint,
        model=str(model_folder),
        max_tokens=24,
        price_per_million_input="0.10",
        price_per_million_output="0.20",
    )
    player = ApiModelPlayer("SmolLM2 by API", config)
    yield player
    player.release([])


def begun(count: int) -> list[Play]:
    return [
        Play.begin(case, play_id=str(number), prompt=SHOWN_HOW) for number, case in enumerate(load_catalogue()[:count])
    ]


def test_it_answers_what_the_same_model_answers_here(player: ApiModelPlayer, smollm2: LocalModelPlayer) -> None:
    conversations = [play.conversation for play in begun(3)]
    there = player.complete(conversations)
    for conversation, answer in zip(conversations, there, strict=True):
        [here] = smollm2.complete([conversation])
        assert answer.failure == ""
        assert here.text.startswith(answer.text.rstrip())
        assert answer.prompt_tokens == here.prompt_tokens == smollm2.prompt_tokens(conversation)
        assert 0 < answer.completion_tokens <= 24
        assert answer.price == player.config.price(answer.prompt_tokens, answer.completion_tokens)


def test_it_plays_turn_by_turn(player: ApiModelPlayer) -> None:
    steps: list[PlayedStep] = []
    plays = begun(2)
    play_batch(plays, player, on_step=lambda _play, step: steps.append(step), should_stop=lambda: len(steps) >= 4)
    assert [play.error for play in plays] == ["", ""]
    assert len(steps) == 4
    assert all(step.cost.prompt_tokens and step.cost.completion_tokens and step.cost.price for step in steps)


def test_a_model_that_is_not_there_fails_with_the_servers_words(endpoint: str) -> None:
    player = ApiModelPlayer("Nobody", ApiModelConfig(base_url=endpoint, model="no-such-model"))
    [answer] = player.complete([begun(1)[0].conversation])
    player.release([])
    assert "it answered 400: Server is pinned to" in answer.failure
    assert answer.text == ""
