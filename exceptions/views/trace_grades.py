"""Grades of a trace: by rubric and criterion, for every version of every resolution on the page."""

from collections.abc import Sequence
from dataclasses import dataclass

from exceptions.environment import RUBRICS, GroundTruth
from exceptions.models import Grade
from exceptions.views.names import action_name
from exceptions.views.trace import TraceColumn
from exceptions.views.workspace_lanes import resolution_words


@dataclass(frozen=True, slots=True)
class GradedResolution:
    """A column of the grades: an episode as submitted, or one of its revisions."""

    name: str
    version: str
    by_model: bool
    grades: dict[str, Grade]


@dataclass(frozen=True, slots=True)
class GradeMark:
    """One criterion of one column."""

    value: float | None
    by_model: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class RubricTable:
    """One rubric: criteria as (name, weight, one mark per column), and the scores."""

    rubric: str
    rows: list[tuple[str, float, list[GradeMark]]]
    scores: list[GradeMark]


def graded_resolutions(columns: Sequence[TraceColumn]) -> list[GradedResolution]:
    """Every graded resolution of the columns, revisions after what was submitted; none that may not be seen."""
    graded = []
    for column in columns:
        if not column.answer_visible:
            continue
        versions: list[tuple[object, str]] = [(None, "as submitted" if column.revisions else "")]
        versions += [(revision.pk, f"revised {revision.number}") for revision in column.episode.revisions.all()]
        for revision_id, version in versions:
            grades = {g.rubric: g for g in column.episode.grades.all() if g.revision_id == revision_id}
            if grades:
                graded.append(GradedResolution(column.name, version, column.by_model, grades))
    return graded


def rubric_tables(graded: Sequence[GradedResolution]) -> list[RubricTable]:
    """One table per rubric, the default one first; empty when nothing is graded."""
    if not graded:
        return []
    return [
        RubricTable(
            rubric=name,
            rows=[
                (
                    criterion.replace("_", " "),
                    weight,
                    [_mark(column, name, criterion) for column in graded],
                )
                for criterion, weight in RUBRICS[name].weights.items()
            ],
            scores=[
                GradeMark(column.grades[name].score if name in column.grades else None, column.by_model)
                for column in graded
            ],
        )
        for name in sorted(RUBRICS)
    ]


def _mark(column: GradedResolution, rubric: str, criterion: str) -> GradeMark:
    grade = column.grades.get(rubric)
    if grade is None:
        return GradeMark(None, column.by_model)
    return GradeMark(grade.criteria.get(criterion), column.by_model, grade.notes.get(criterion, ""))


@dataclass(frozen=True, slots=True)
class Answer:
    """The ground truth, to read."""

    words: str
    evidence: list[str]
    findings: list[str]


def answer_of(truth: GroundTruth | None) -> Answer | None:
    """The right resolution in words; None for a case that nobody has given the answer to."""
    if truth is None:
        return None
    return Answer(
        words=resolution_words(truth.decision, truth.exception_type),
        evidence=[action_name(name) for name in truth.evidence],
        findings=list(truth.key_findings),
    )
