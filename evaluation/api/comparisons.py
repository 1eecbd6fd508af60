"""Comparisons: the same figures as on the page /compare/."""

from typing import TYPE_CHECKING, Annotated, Any, Final

from drf_spectacular.utils import OpenApiParameter, extend_schema
from pydantic import BaseModel, Field
from rest_framework.request import Request
from rest_framework.response import Response

from evaluation.selectors.case_sets import CASE_SETS, CASE_SETS_OF_A_SEED, DEFAULT_CASE_SET
from evaluation.selectors.comparison.choice import choice_from
from exceptions import roles
from exceptions.api.endpoint import Endpoint
from exceptions.api.permissions import holds
from exceptions.api.problems import FieldProblem, InvalidBody
from exceptions.environment import RUBRICS
from exceptions.filters import DEFAULT_RUBRIC

if TYPE_CHECKING:
    from evaluation.selectors.comparison.figures import Comparison, Pair, Row
    from evaluation.statistics.intervals import Estimate
    from evaluation.statistics.paired import Difference

_KNOWN: Final = ("cases", "rubric", "condition", "players", "of")
_PLAYER: Final = "smollm2-135m-instruct@1~6bd1a1f0c2d34e58"
Count = Annotated[int, Field(ge=0)]
Probability = Annotated[float, Field(ge=0, le=1)]


class EstimateRecord(BaseModel):
    """A mean over `n` cases with its 95 % interval."""

    value: float = Field(examples=[0.77])
    low: float = Field(examples=[0.57])
    high: float = Field(examples=[0.90])
    n: Count = Field(description="Cases.", examples=[22])


class ComparedPlayer(BaseModel):
    """One row of the leaderboard: a player in one version, under one set of conditions."""

    key: str = Field(description="What `players` and `of` name it by.", examples=[_PLAYER])
    slug: str = Field(examples=["smollm2-135m-instruct"])
    name: str = Field(examples=["SmolLM2-135M"])
    role: str = Field(description="`ceiling`, `floor`, `rules`, `model` or `person`.", examples=["model"])
    version: int = Field(examples=[1])
    condition: str = Field(
        description="Name of the conditions it played under; empty for people.", examples=["6bd1a1f0c2d34e58"]
    )
    cases_played: Count = Field(description="Cases with a graded episode, of `cases`.", examples=[22])
    episodes: Count = Field(description="Graded episodes: samples of a case are averaged.", examples=[22])
    failed_episodes: Count = Field(description="Episodes that its player failed; not counted as played.", examples=[0])
    withheld: bool = Field(
        description="The means are null because they are over few cases, not all of whose answers you may see.",
        examples=[False],
    )
    resolved: EstimateRecord | None = Field(description="Decision and exception type both right.")
    decision: EstimateRecord | None = Field(description="Decision right.")
    score: EstimateRecord | None = Field(description="By the rubric asked for.")
    success: EstimateRecord | None = Field(description="Submitted with a seed-1 score of at least 0.5.")
    steps: EstimateRecord | None = Field(description="Steps of an episode.")
    invalid: EstimateRecord | None = Field(description="Share of all steps.")
    cost: EstimateRecord | None = Field(description="US dollars an episode; null for a player that has no price.")
    twin_accuracy: EstimateRecord | None = Field(
        description="Share of generated twin pairs with both cases resolved, over the pairs of which both were played; "
        "null for a set without twins."
    )
    criteria: dict[str, EstimateRecord] | None = Field(
        description="Each criterion of the rubric.",
        examples=[{"decision": {"value": 0.8, "low": 0.6, "high": 0.95, "n": 22}}],
    )


class DifferenceRecord(BaseModel):
    """`of` minus the other, on common cases: paired bootstrap interval and exact McNemar test."""

    difference: EstimateRecord
    better_on: Count = Field(description="Cases on which `of` did better.", examples=[9])
    worse_on: Count = Field(examples=[2])
    p: Probability = Field(description="Exact McNemar, two-sided.", examples=[0.065])


class PairRecord(BaseModel):
    """`of` against one other row."""

    other: str = Field(description="Key of the other.", examples=["three-way-match@1~6bd1a1f0c2d34e58"])
    resolved: DifferenceRecord | None = Field(description="Null where there is nothing to tell.")
    score: DifferenceRecord | None
    holm_p: Probability | None = Field(
        description="The test's p for resolved, corrected for the number of pairs.", examples=[0.13]
    )
    verdict: str = Field(
        description="In words.",
        examples=["A beats B by 0.32 ± 0.23 on 22 cases (resolved, paired, 95 % interval 0.09 to 0.55)."],
    )


class ComparisonRecord(BaseModel):
    """Players compared on a set of cases."""

    case_set: str = Field(examples=["catalogue"])
    cases: Count = Field(examples=[22])
    rubric: str = Field(examples=["grounded-1"])
    complete: bool = Field(description="Every row has played every case.", examples=[True])
    mixed_conditions: bool = Field(description="Models played under different conditions.", examples=[False])
    conditions: dict[str, str] = Field(
        description="What each condition is.", examples=[{"6bd1a1f0c2d34e58": "rewards grounded-1, prompt budget 2048"}]
    )
    notes: list[str] = Field(description="What has to be said about who is not here.", examples=[[]])
    players: list[ComparedPlayer] = Field(description="Best first.")
    of: str | None = Field(description="Key of the row that the pairs are about.", examples=[_PLAYER])
    pairs: list[PairRecord]


class ComparisonDetail(Endpoint):
    """Who is better."""

    permission_classes = [holds(roles.READ_EPISODES)]

    def parameters(self) -> set[str]:
        """Those of the page's address."""
        return set(_KNOWN)

    @extend_schema(
        operation_id="comparisons_retrieve",
        summary="Compare players",
        tags=["comparisons"],
        parameters=[
            OpenApiParameter(
                "cases",
                str,
                default=DEFAULT_CASE_SET,
                description=f"Set of cases: {', '.join(CASE_SETS)}, {CASE_SETS_OF_A_SEED}.",
            ),
            OpenApiParameter("rubric", str, enum=list(RUBRICS), default=DEFAULT_RUBRIC, description="Scores by it."),
            OpenApiParameter("condition", str, description="Only what was played under it: 16 hexadecimal digits."),
            OpenApiParameter(
                "players",
                str,
                description="Keys with commas between: `slug`, `slug@version` or `slug@version~condition`. The scripts "
                "are always compared as well; all who have played when left out.",
            ),
            OpenApiParameter(
                "of", str, description="Key of the row to pair with every other; the best model's if none."
            ),
        ],
        responses=ComparisonRecord,
    )
    def get(self, request: Request) -> Response:
        """Leaderboard and paired tests, with n and 95 % intervals: the figures of the page /compare/."""
        from evaluation.selectors.comparison.figures import Comparison

        choice, problems = choice_from(request.query_params)
        if problems:
            raise InvalidBody(FieldProblem(path=name, message=problem) for name, problem in problems)
        return Response(_record(Comparison(choice, self.user)).model_dump(mode="json"))


def _record(comparison: "Comparison") -> ComparisonRecord:
    twins = {id(one.row): one.both for one in comparison.twins}
    return ComparisonRecord(
        case_set=comparison.choice.cases,
        cases=len(comparison.cases),
        rubric=comparison.choice.rubric,
        complete=comparison.complete,
        mixed_conditions=comparison.mixed_conditions,
        conditions=comparison.conditions,
        notes=comparison.notes,
        players=[_player(row, twins.get(id(row))) for row in comparison.rows],
        of=str(comparison.subject.entrant.key) if comparison.subject else None,
        pairs=[_pair(comparison, pair) for pair in comparison.pairs],
    )


def _player(row: "Row", twin_accuracy: "Estimate | None") -> ComparedPlayer:
    entrant, summary = row.entrant, row.summary
    measures: dict[str, Any] = {
        name: _estimate(getattr(summary, name)) if summary is not None else None
        for name in ("resolved", "decision", "score", "success", "steps", "invalid", "cost")
    }
    return ComparedPlayer(
        key=str(entrant.key),
        slug=entrant.slug,
        name=entrant.name,
        role=entrant.role.value,
        version=entrant.version,
        condition=entrant.condition,
        cases_played=row.plays.count,
        episodes=row.plays.episodes,
        failed_episodes=row.failed,
        withheld=row.withheld,
        twin_accuracy=_estimate(twin_accuracy),
        criteria={name: _sure(one) for name, one in summary.criteria.items()} if summary is not None else None,
        **measures,
    )


def _pair(comparison: "Comparison", pair: "Pair") -> PairRecord:
    return PairRecord(
        other=str(pair.other.entrant.key),
        resolved=_difference(pair.resolved),
        score=_difference(pair.score),
        holm_p=pair.corrected_p,
        verdict=comparison.in_words(pair),
    )


def _difference(found: "Difference | None") -> DifferenceRecord | None:
    if found is None:
        return None
    return DifferenceRecord(difference=_sure(found.mean), better_on=found.more, worse_on=found.fewer, p=found.p)


def _estimate(estimate: "Estimate | None") -> EstimateRecord | None:
    return None if estimate is None else _sure(estimate)


def _sure(estimate: "Estimate") -> EstimateRecord:
    return EstimateRecord(value=estimate.value, low=estimate.low, high=estimate.high, n=estimate.n)
