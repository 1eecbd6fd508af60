"""What was published held against our runs: the words follow from the figures."""

import pytest

from exceptions.catalogue import load_catalogue
from exceptions.generator import generate_cases
from exceptions.models import CaseVersion, Player
from tests.training.study.replayed import played_run
from tests.training.views.made_runs import ended_run, evaluate
from training.models import TrainingRun
from training.selectors.study.measured import study_of
from training.views.study_words import Sentence, cold_sentence, sentences

pytestmark = pytest.mark.django_db


def said(about: str) -> list[Sentence]:
    found = sentences(study_of(Player.objects.filter(slug="smollm2-135m-instruct").first()))
    return [one for one in found if one.claim.startswith(about)]


def test_without_runs_nothing_was_tried() -> None:
    assert {one.verdict for one in sentences(study_of(None))} == {"untried"}
    [one] = said("Training on submit turns alone")
    assert one.words == (
        "Published: 0.155 → 0.650, n = 4. Nothing here has been measured of full-trace and of submit-only yet."
    )


def test_four_cases_cannot_tell_whatever_they_say(base: Player) -> None:
    ended_run("full-trace", shares=(0.0, 0.0))
    ended_run("submit-only", shares=(0.0, 1.0))
    [one] = said("Training on submit turns alone")
    assert one.tag == "cannot be told"
    assert "This cannot be told from n = 4: 6 cases are the fewest that could tell." in one.words
    assert "4 catalogue cases (holdout, which also selects)" in one.words
    assert [run.recipe for run in one.runs] == ["full-trace", "submit-only"]


@pytest.mark.parametrize(("before", "after", "tag"), [(0.0, 0.9, "held"), (0.9, 0.0, "did not hold")])
def test_many_cases_can(base: Player, before: float, after: float, tag: str) -> None:
    cases = generate_cases(20, 1007)
    run = ended_run("generated", shares=(before, after), cases=cases, register_as="last")
    [one] = said("Training on generated cases")
    assert one.tag == tag
    assert one.runs == [run]
    assert f"resolved {before:.2f} → {after:.2f}" in one.words
    assert "n = 20" in one.words
    assert "differs in checkpoint that becomes a model" in one.words, "a run with other settings says so"


def test_where_nothing_succeeds_no_score_says_anything(base: Player) -> None:
    cases = generate_cases(20, 1007)
    ended_run("full-trace", shares=(None, None), cases=cases)
    ended_run("submit-only", shares=(None, None), cases=cases)
    [one] = said("Training on submit turns alone")
    assert one.tag == "cannot be told"
    assert "No episode of either succeeded: the scores differ by how they failed." in one.words
    ended_run("generated", shares=(None, None), cases=cases)
    [counted] = said("Training on generated cases")
    assert "resolved 0.00 → 0.00" in counted.words
    assert "the scores differ" not in counted.words, "no score is claimed"


def test_a_run_from_before_a_setting_is_pooled_with_later_ones(base: Player) -> None:
    ended_run("full-trace", shares=(0.0, 0.0), seed=42)
    earlier = ended_run("full-trace", shares=(0.0, 0.0), seed=43)
    del earlier.config["worksheet"]
    earlier.save()
    [one] = said("Training on all turns")
    assert "full-trace, 2 runs" in one.words


def test_reinforcement_is_held_against_what_the_same_runs_began_with(base: Player) -> None:
    cases = generate_cases(20, 1007)
    for seed, shares in ((42, (0.2, 0.9)), (43, (0.2, 1.0))):
        began_with_an_adapter(ended_run("grpo-generated", shares=shares, cases=cases, seed=seed))
    began_with_an_adapter(ended_run("grpo-generated", shares=(0.7, 0.8), cases=cases, cases_per_iteration=3))
    [one] = said("Reinforcement on generated cases")
    assert one.tag == "held"
    assert "resolved 0.20 → 0.95 (what grpo-generated began with, 2 runs → grpo-generated, 2 runs)" in one.words
    assert {run.seed for run in one.runs} == {42, 43}


def test_what_reinforcement_began_with_has_the_published_value_of_its_adapter(base: Player) -> None:
    began_with_an_adapter(ended_run("grpo-warm", shares=(0.5, 0.5)))
    [one] = said("Reinforcement beats the adapter")
    assert one.words.startswith("Published: 0.704 → 0.775, n = 4. Ours on 4 catalogue cases")


def began_with_an_adapter(run: TrainingRun) -> None:
    run.start_adapter = "f" * 64
    run.save()


def test_a_small_difference_can_be_chance(base: Player) -> None:
    ended_run("generated", shares=(0.4, 0.5), cases=generate_cases(20, 1007))
    [one] = said("Training on generated cases")
    assert one.tag == "cannot be told"
    assert "This cannot be told from chance with n = 20." in one.words


def test_the_untrained_model_played_by_itself_is_held_against_the_trained_one(base: Player) -> None:
    run = ended_run("generated", shares=())
    evaluate(run, 1, 1.0, load_catalogue(), set_name="test")
    played_run(base, list(CaseVersion.objects.select_related("case", "truth")), cut_at=None, resolved=False)
    [one] = said("Training on generated cases")
    assert (one.tag, one.runs) == ("held", [run])
    assert "Ours on 22 catalogue cases (test): resolved 0.00 → 1.00 (untrained, 1 run → generated, 1 run)" in one.words
    assert "The answers of generated were written on a worksheet, those of untrained freely." in one.words


def test_stages_on_different_cases_are_not_compared(base: Player) -> None:
    ended_run("full-trace", shares=(0.5, 0.5), cases=generate_cases(20, 1007))
    run = ended_run("submit-only", shares=())
    evaluate(run, 1, 1.0, generate_cases(20, 9))
    [one] = said("Training on submit turns alone")
    assert one.words.endswith("There are episodes of full-trace and of submit-only, but on no cases in common.")


def test_a_cold_start_is_judged_by_the_spread_of_its_rewards(base: Player) -> None:
    run = ended_run("grpo-cold", shares=())
    flat = cold_sentence([run], {"grpo/reward_std": [(1, 0.0), (2, 0.0)], "grpo/zero_variance_groups": [(1, 18.0)]})
    assert (flat.tag, "No group of any iteration had a signal." in flat.words) == ("held", True)
    lively = cold_sentence([run], {"grpo/reward_std": [(1, 0.1), (2, 0.0)]})
    assert (lively.tag, "mean spread of rewards 0.050 over 2 iterations" in lively.words) == ("did not hold", True)
    assert cold_sentence([], {}).tag == "not tried"
