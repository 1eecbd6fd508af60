"""What is read of our runs: which epoch a run stands for, which cases its figures are from, and what is pooled."""

import pytest
from django.conf import LazySettings

from evaluation.models import RunStatus
from exceptions.catalogue import load_catalogue
from exceptions.generator import generate_cases
from exceptions.models import CaseVersion, Player
from tests.training.study.replayed import CUT, played_run
from tests.training.views.made_runs import ended_run, evaluate, going_run
from training.charts.of_study import measures
from training.models import TrainingRun
from training.selectors.study.measured import Study, bases_with_runs, default_runs, study_of
from training.selectors.study.pooling import Pool
from training.services.registering import recorded_model_register
from training.views.study_layout import stage_blocks

pytestmark = pytest.mark.django_db
RESOLVED = "eval/resolved_rate"


def study() -> Study:
    return study_of(Player.objects.filter(slug="smollm2-135m-instruct").first())


def pool(found: Study, stage: str) -> Pool:
    [only] = [one for one in found.pools if one.stage == stage]
    return only


def value(found: Study, stage: str) -> float:
    return pool(found, stage).figures[RESOLVED].value


def test_without_a_run_there_is_nothing() -> None:
    assert bases_with_runs() == []
    assert study_of(None) == Study((), (), (), (), {})


def test_a_run_stands_for_the_epoch_that_its_recipe_registers(base: Player) -> None:
    ended_run("submit-deep", shares=(0.0, 1.0, 0.5))
    ended_run("submit-deep-best", shares=(0.0, 1.0, 0.5))
    found = study()
    assert value(found, "submit-deep") == 0.5, "the last"
    assert value(found, "submit-deep-best") == 1.0, "the best"


def test_the_untrained_model_is_epoch_0_of_what_began_with_it(base: Player) -> None:
    ended_run("full-trace", shares=(0.25, 0.5))
    ended_run("grpo-cold", shares=(0.75, 1.0))
    run = ended_run("submit-only", shares=(0.75, 1.0))
    run.start_adapter = "f" * 64
    run.save()
    untrained = pool(study(), "untrained")
    recipes = [one.run.recipe for one in untrained.readings if one.run]
    assert recipes == ["full-trace"], "a warm-up or an adapter came before"
    assert untrained.figures[RESOLVED].value == 0.25
    assert sorted(one.stage for one in study().before) == ["before grpo-cold", "before submit-only"]


def catalogue_tested() -> list[CaseVersion]:
    """A run that did not begin with the untrained model was tested on the whole catalogue."""
    evaluate(ended_run("generated", shares=()), 1, 1.0, load_catalogue(), set_name="test")
    return list(CaseVersion.objects.select_related("case", "truth"))


def test_where_no_run_began_the_untrained_model_is_what_it_was_played_to_by_itself(base: Player) -> None:
    versions = catalogue_tested()
    assert {one.stage for one in study().pools} == {"generated"}
    played_run(base, versions, cut_at=None, resolved=True)
    newest = played_run(base, versions, cut_at=None, resolved=False)
    found = study()
    [reading] = pool(found, "untrained").readings
    assert (reading.source, reading.run, reading.evaluation_id) == (newest, None, newest.pk)
    assert (value(found, "untrained"), len(reading.cases)) == (0.0, 22)
    assert reading.of_set == pool(found, "generated").of_set, "so both can be held against each other"


def test_where_runs_began_with_it_they_tell_of_the_untrained_model(base: Player) -> None:
    run = ended_run("full-trace", shares=(0.25, 0.5))
    versions = list(CaseVersion.objects.select_related("case", "truth"))
    played_run(base, versions, cut_at=None, resolved=True)
    assert [one.source for one in pool(study(), "untrained").readings] == [run]


@pytest.mark.parametrize("other", ["demonstration", "cut", "a case less", "another version", "still played"])
def test_what_was_played_otherwise_is_not_the_untrained_model_by_itself(base: Player, other: str) -> None:
    versions = catalogue_tested()
    settings = {"demonstration": {"demonstration": True}, "cut": CUT}.get(other, {})
    run = played_run(
        base, versions[1 if other == "a case less" else 0 :], cut_at=None, resolved=True, settings=settings
    )
    if other == "another version":
        run.entries.update(player_version=base.version + 1)
    if other == "still played":
        run.status, run.ended_at = RunStatus.RUNNING, None
        run.save()
    assert {one.stage for one in study().pools} == {"generated"}


def test_a_test_of_a_run_that_was_cut_off_at_epoch_0_is_not_of_the_untrained_model(base: Player) -> None:
    run = ended_run("generated", shares=(), status=RunStatus.CANCELLED)
    evaluate(run, 0, 0.5, load_catalogue()[:6], set_name="test")
    found = study()
    assert [one.stage for one in found.pools] == ["generated"]
    assert value(found, "generated") == 0.5


def test_runs_that_differ_by_seed_alone_are_pooled_over_the_same_cases(base: Player) -> None:
    ended_run("submit-only", shares=(0.0, 0.5), seed=42)
    ended_run("submit-only", shares=(0.0, 1.0), seed=43)
    found = pool(study(), "submit-only")
    assert sorted(one.seed for one in found.readings) == [42, 43]
    estimate = found.figures[RESOLVED]
    assert (estimate.value, estimate.n) == (0.75, 4), "the case is the unit, not the episode"
    assert estimate.low < 0.5 < estimate.high
    assert found.spread(RESOLVED) == (0.5, 1.0)


def test_another_learning_rate_is_not_pooled_and_the_line_takes_the_recipe_as_it_stands(base: Player) -> None:
    ended_run("submit-only", shares=(0.0, 0.5))
    ended_run("submit-only", shares=(0.0, 1.0), learning_rate=1e-3)
    found = [one for one in study().pools if one.stage == "submit-only"]
    assert sorted((one.on_line, list(one.changed)) for one in found) == [(False, ["learning_rate"]), (True, [])]


def test_the_line_and_the_curves_take_the_run_whose_model_plays_in_the_lane(
    base: Player, settings: LazySettings
) -> None:
    plays = ended_run("submit-only", name="plays", shares=(0.0, 1.0), kept=False, learning_rate=1e-3)
    ended_run("submit-only", name="as the recipe stands", shares=(0.0, 0.5))
    model = recorded_model_register(run=plays)
    assert model is not None
    settings.LANE_PLAYERS = [model.slug]
    found = study()
    [on_line] = [one for one in found.pools if one.stage == "submit-only" and one.on_line]
    assert on_line.changed == ["learning_rate"]
    assert [run.name for run in default_runs(found)] == ["plays"]
    [block] = [one for one in stage_blocks(found, measures("seed-1")) if one.stage.name == "submit-only"]
    shown, folded = ({row.reading.source.name for row in rows if row.reading} for rows in (block.rows, block.trials))
    assert (shown, folded) == ({"plays"}, {"as the recipe stands"})


def test_a_test_on_several_kinds_of_cases_is_several_figures(base: Player) -> None:
    run = ended_run("generated", shares=(), steps=20)
    cases = [*load_catalogue()[:5], *generate_cases(3, 2007)]
    evaluate(run, 1, 1.0, cases, set_name="test")
    assert sorted(study().sets.values()) == ["3 generated cases, seed 2007 (test)", "5 catalogue cases (test)"]


def test_other_cases_are_another_set_even_when_they_are_as_many(base: Player) -> None:
    ended_run("submit-only", shares=(0.5,), cases=load_catalogue()[:4])
    ended_run("submit-only", shares=(0.5,), cases=load_catalogue()[4:8], seed=43)
    found = study()
    assert len(found.sets) == len({*found.sets.values()}) == 2
    assert all("edition" in words for words in found.sets.values())


def test_runs_that_go_are_left_out(base: Player) -> None:
    going_run("submit-only")
    assert bases_with_runs() == []
    assert list(study().runs) == []


def test_by_default_the_newest_that_succeeded_of_each_recipe_is_chosen(base: Player) -> None:
    ended_run("submit-only", name="old", shares=())
    ended_run("submit-only", name="new", shares=())
    ended_run("submit-only", name="failed", shares=(), status=RunStatus.FAILED, error="The disk is full.")
    ended_run("full-trace", name="stopped", shares=(), status=RunStatus.CANCELLED)
    assert [run.name for run in default_runs(study())] == ["stopped", "new"]
    assert TrainingRun.objects.count() == 4
