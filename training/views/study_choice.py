"""What the address of the study asks for: base model, rubric, runs for snapshots and curves, smoothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.http import QueryDict

from evaluation.published import PUBLISHED_RUBRIC
from evaluation.selectors.comparison.choice import one_of
from exceptions.environment import RUBRICS
from exceptions.models import Player
from training.models import TrainingRun
from training.selectors.study.measured import bases_with_runs
from training.selectors.study.stages import STAGE_NAMES
from training.views.curve_view import DEFAULT_SMOOTHING, SMOOTHINGS

#: Runs whose curves are drawn at once.
MOST_CHOSEN: Final = 8


@dataclass(frozen=True, slots=True)
class StudyChoice:
    """What to show. No runs: one of each recipe (`default_runs`)."""

    bases: Sequence[Player]
    base: Player | None
    rubric: str
    runs: Sequence[TrainingRun]
    smooth: str

    @property
    def address(self) -> str:
        """As a query, what is as by default left out."""
        query = QueryDict(mutable=True)
        if self.base is not None and self.base != self.bases[0]:
            query["base"] = self.base.slug
        if self.rubric != PUBLISHED_RUBRIC:
            query["rubric"] = self.rubric
        if self.runs:
            query["runs"] = ",".join(str(run.pk) for run in self.runs)
        if self.smooth != DEFAULT_SMOOTHING:
            query["smooth"] = self.smooth
        return query.urlencode(safe=",")


def choice_of(query: QueryDict) -> tuple[StudyChoice, list[tuple[str, str]]]:
    """What the parameters ask for, and what is wrong with them as (parameter, problem): a wrong one is left out.

    `runs` may be given once with commas, as addresses have it, or several times, as the page's form sends it.
    """
    problems: list[tuple[str, str]] = []
    bases = bases_with_runs()
    by_slug = {base.slug: base for base in bases}
    rubric = one_of(query, "rubric", RUBRICS, PUBLISHED_RUBRIC, problems)
    smooth = one_of(query, "smooth", dict(SMOOTHINGS), DEFAULT_SMOOTHING, problems)
    base = bases[0] if bases else None
    if query.get("base", "").strip() and not bases:
        problems.append(("base", "no base model has a run yet"))
    elif bases:
        base = by_slug[one_of(query, "base", by_slug, bases[0].slug, problems)]
    return StudyChoice(bases, base, rubric, _runs(query, base, problems), smooth), problems


def _runs(query: QueryDict, base: Player | None, problems: list[tuple[str, str]]) -> list[TrainingRun]:
    given = [part.strip() for value in query.getlist("runs") for part in value.split(",") if part.strip()]
    keys: list[UUID] = []
    for text in dict.fromkeys(given):
        try:
            keys.append(UUID(text))
        except ValueError:
            problems.append(("runs", f"{text[:60]!r} is no id of a run"))
    if len(keys) > MOST_CHOSEN:
        problems.append(("runs", f"at most {MOST_CHOSEN} are drawn at once; the rest is left out"))
        keys = keys[:MOST_CHOSEN]
    found = TrainingRun.objects.in_bulk(keys) if keys else {}
    chosen = []
    for key in keys:
        run = found.get(key)
        if run is None:
            problems.append(("runs", f"there is no run {key}"))
        elif run.recipe not in STAGE_NAMES:
            problems.append(("runs", f"{run.name} is by {run.recipe}, which is no stage of the study"))
        elif base is not None and run.base_id != base.pk:
            problems.append(("runs", f"{run.name} is of another base model than {base.name}"))
        else:
            chosen.append(run)
    return chosen
