"""Where the loss falls: answers only, end of turn included, weighed as the recipe says."""

import json
import re
from pathlib import Path

import pytest
from transformers import AutoTokenizer

from evaluation.players.chat_tokens import ChatTokens
from exceptions.generator import readings_of
from training.examples import example_of, examples_of
from training.material import training_traces
from training.reasoning import conclusion_of, texts_in
from training.recipes import SFT_RECIPES, SftRecipe
from training.traces import Trace


@pytest.fixture
def chat(tiny_folder: Path) -> ChatTokens:
    return ChatTokens(AutoTokenizer.from_pretrained(tiny_folder))


def _texts(chat: ChatTokens, ids: tuple[int, ...], chosen: list[bool]) -> str:
    return chat.tokenizer.decode([one for one, keep in zip(ids, chosen, strict=True) if keep])


def test_the_loss_falls_on_answers_and_their_end_and_on_nothing_else(
    chat: ChatTokens, traces: list[Trace], recipe: SftRecipe
) -> None:
    [example] = examples_of(chat, traces[:1], recipe)
    trained = _texts(chat, example.ids, [weight > 0 for weight in example.weights])
    assert trained == "".join(f"{answer}<|im_end|>" for answer in traces[0].answers)


def test_the_submit_weighs_more_and_decision_and_type_most(
    chat: ChatTokens, traces: list[Trace], recipe: SftRecipe
) -> None:
    weighed = recipe.model_copy(update={"submit_weight": 5.0, "decision_weight": 3.0, "other_weight": 1.0})
    [example] = examples_of(chat, traces[:1], weighed)
    assert set(example.weights) == {0.0, 1.0, 5.0, 15.0}
    assert _texts(chat, example.ids, list(example.submit)) == f"{traces[0].answers[-1]}<|im_end|>"
    truth = traces[0].case.ground_truth
    assert truth is not None
    decided = _texts(chat, example.ids, [weight == 15.0 for weight in example.weights])
    # Tokens do not end where words do: a neighbouring quote may stick to them.
    assert decided.replace('"', "") == f"{truth.decision}{truth.exception_type}"


_VERDICTS = re.compile(r"\b(?:(?:Supplier|Total) [^:]+|[A-Z]{3}, [A-Z]{3}): (same|differ|reached|just under|under)\.")


def _reasoned(drills_per_case: int = 0, sheets_per_case: int = 0) -> SftRecipe:
    size = {"case_count": 12, "drills_per_case": drills_per_case, "sheets_per_case": sheets_per_case}
    weights = {"gist_weight": 5.0, "finding_weight": 2.0, "decision_weight": 3.0}
    only_submits = {"other_share": 0.0, "submit_weight": 1.0}
    return SFT_RECIPES["generated"].model_copy(update=size | weights | only_submits)


def test_the_conclusion_weighs_more_than_what_the_papers_show(chat: ChatTokens) -> None:
    recipe = _reasoned()
    traces = training_traces(recipe)
    for trace, example in zip(traces, examples_of(chat, traces, recipe), strict=True):
        truth = trace.case.ground_truth
        assert truth is not None
        said = _texts(chat, example.ids, [weight == 2.0 for weight in example.weights])
        conclusion = conclusion_of(truth.key_findings[0])
        assert conclusion.rstrip(".") in said
        assert len(said) < len(conclusion) + 4, "but for what sticks to its tokens"


def test_what_figures_and_texts_come_to_has_a_weight_of_its_own(chat: ChatTokens) -> None:
    recipe = _reasoned()
    traces = training_traces(recipe)
    for trace, example in zip(traces, examples_of(chat, traces, recipe), strict=True):
        weighed = _texts(chat, example.ids, [weight == 5.0 for weight in example.weights])
        gists = "".join(reading.gist for reading in readings_of(trace.case)).replace(" ", "")
        (supplier, currency, limit), told = _VERDICTS.findall(trace.answers[-1]), re.sub("[^a-z]", "", weighed)
        assert told == f"{supplier}{currency}{gists}{limit}".replace(" ", "")


def test_where_there_is_a_worksheet_what_stands_there_is_not_trained(chat: ChatTokens) -> None:
    recipe = _reasoned()
    assert recipe.worksheet
    traces = training_traces(recipe)
    for trace, example in zip(traces, examples_of(chat, traces, recipe), strict=True):
        trained = _texts(chat, example.ids, [weight > 0 for weight in example.weights])
        assert "submit_final_resolution" in trained
        assert all(given not in trained for given in ("Supplier ", "Quantity ", "Listed"))
        assert all(reading.text not in trained for reading in readings_of(trace.case) if len(reading.text) > 30)
        submit = trace.answers[-1]
        assert trained.endswith(submit[submit.index('", "exception_type"') :] + "<|im_end|>")
    free = examples_of(chat, traces, recipe.model_copy(update={"worksheet": False}))
    assert all(list(map(bool, one.weights)) == list(one.submit) for one in free)


def test_of_a_drill_what_follows_from_what_is_given_is_trained_and_it_ends_with_the_decision(chat: ChatTokens) -> None:
    recipe = _reasoned(drills_per_case=5)
    traces = training_traces(recipe)
    drills = [pair for pair in zip(traces, examples_of(chat, traces, recipe), strict=True) if pair[0].drill]
    assert len(drills) == 60
    for trace, example in drills:
        truth = trace.case.ground_truth
        assert truth is not None
        conclusion = conclusion_of(truth.key_findings[0])
        trained = _texts(chat, example.ids, [weight > 0 for weight in example.weights])
        answer = f'"exception_type": "{truth.exception_type}", "final_decision": "{truth.decision}'
        assert trained.rstrip('"').endswith(f'{conclusion}", {answer}')
        blanks = "".join((*_VERDICTS.findall(trace.answers[-1]), *(one["gist"] for one in texts_in(trace.answers[-1]))))
        assert trained.startswith(_VERDICTS.findall(trace.answers[-1])[0])
        assert len(trained) < len(blanks) + len(conclusion) + len(answer) + 90, "what comes before is given"
        assert chat.tokenizer.decode(example.ids).rstrip('"').endswith(truth.decision)


def test_of_a_sheet_what_texts_and_pairs_come_to_is_trained_and_it_ends_with_the_last(chat: ChatTokens) -> None:
    recipe = _reasoned(sheets_per_case=1)
    traces = training_traces(recipe)
    sheets = [pair for pair in zip(traces, examples_of(chat, traces, recipe), strict=True) if pair[0].drill]
    assert len(sheets) == 12
    for trace, example in sheets:
        explanation = json.loads(trace.answers[-1])["explanation"]
        texts = list(texts_in(explanation))
        trained = _texts(chat, example.ids, [weight > 0 for weight in example.weights])
        meant = "".join(explanation[text.start("gist") : text.end()] for text in texts)
        verdicts = "".join(_VERDICTS.findall(explanation))
        # Tokens do not end where words do.
        assert re.sub(r"[^A-Za-z0-9]", "", trained) == re.sub(r"[^A-Za-z0-9]", "", verdicts + meant)
        weighed = _texts(chat, example.ids, [weight == 5.0 for weight in example.weights])
        gists = "".join(text["gist"] for text in texts)
        assert re.sub("[^a-z]", "", weighed) == re.sub("[^a-z]", "", verdicts + gists)
        assert not any(example.decision)


def test_only_submits_are_trained_where_other_turns_weigh_nothing(
    chat: ChatTokens, traces: list[Trace], recipe: SftRecipe
) -> None:
    [example] = examples_of(chat, traces[:1], recipe.model_copy(update={"other_weight": 0.0}))
    assert [weight > 0 for weight in example.weights] == list(example.submit)


def test_a_share_of_the_other_turns_is_drawn_the_same_each_time(
    chat: ChatTokens, traces: list[Trace], recipe: SftRecipe
) -> None:
    some = recipe.model_copy(update={"other_share": 0.5})
    once, again = examples_of(chat, traces, some), examples_of(chat, traces, some)
    assert once == again
    turns = [one.weights[start] > 0 for one in once for start in _other_turns(chat, one.ids, one.submit)]
    assert 0.2 < sum(turns) / len(turns) < 0.8
    assert examples_of(chat, traces, some.model_copy(update={"seed": 9})) != once


def _other_turns(chat: ChatTokens, ids: tuple[int, ...], submit: tuple[bool, ...]) -> list[int]:
    """Where the answers before the submit end."""
    ends = [at for at, one in enumerate(ids) if one == chat.turn_end and not submit[at]]
    # The system's and the first user message end first, then answer and user take turns.
    return ends[2::2]


def test_a_trace_is_the_transcript_that_its_episode_would_have(
    chat: ChatTokens, traces: list[Trace], recipe: SftRecipe
) -> None:
    import random

    from evaluation.play import Play
    from evaluation.transcripts import transcript_of

    play = Play.begin(traces[0].case, play_id="played", played=traces[0].answers)
    assert example_of(chat, traces[0], recipe, drawn=random.Random(0)).ids == transcript_of(chat, play).ids
