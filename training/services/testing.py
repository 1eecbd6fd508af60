"""The one test of a model that was trained by a recipe of our own: on cases that are for this alone, in the end."""

from uuid import UUID

import structlog
from django.db import transaction

from evaluation.models import EvaluationRun
from evaluation.services.runs import run_launch
from exceptions.services.cases import measured_cases_store
from exceptions.services.errors import DeskError
from training.material import cases_that_test
from training.models import EvaluatedSet, TrainingEvaluation, TrainingRun
from training.recipes import read_recipe

log = structlog.get_logger(__name__)


def run_test(*, run_id: UUID) -> EvaluationRun | None:
    """Launch the evaluation of the registered model on `cases_that_test`, neither trained on nor selected by.

    It is an ordinary evaluation run: it waits for a worker, and stands in every list. None where the recipe was
    trained on the catalogue itself (its holdout reports), or has been tested, or no model was registered.
    """
    run = TrainingRun.objects.select_related("created_by").get(pk=run_id)
    lineage = run.lineage.select_related("player", "checkpoint").first()
    if run.config.get("source") != "generated" or lineage is None:
        return None
    if run.evaluations.filter(set_name=EvaluatedSet.TEST).exists():
        return None
    sets = cases_that_test(read_recipe(run.config))
    try:
        with transaction.atomic():
            references: list[str] = []
            for cases in sets.values():
                references += [version.case.reference for version in measured_cases_store(cases=cases).values()]
            test = run_launch(
                players=[lineage.player],
                case_set={"references": references},
                user=run.created_by,
                name=f"Test of {lineage.player.name}: {' and '.join(sets)}"[:150],
            )
            TrainingEvaluation.objects.create(
                run=run, epoch=lineage.checkpoint.epoch, set_name=EvaluatedSet.TEST, evaluation=test
            )
    except DeskError as error:
        # The run has succeeded all the same; whoever wants the test launches it.
        log.warning("the test was not launched", run=str(run_id), error=str(error))
        return None
    return test
