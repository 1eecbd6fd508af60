"""What was published, held against our runs: on every set of cases that both stages of a claim were played on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from training.selectors.study.measured import Study
from training.selectors.study.pooling import Pool
from training.selectors.study.sets import StudySet
from training.selectors.study.stages import BEFORE, STAGES, UNTRAINED

if TYPE_CHECKING:
    from evaluation.statistics.paired import Difference

SCORE: Final = "eval/score"
RESOLVED: Final = "eval/resolved_rate"
SUCCESS: Final = "eval/success_rate"
#: `held`: the difference is told from chance, in the direction claimed; `too_few` cases could tell none. `failed`: no
#: episode of either stage succeeded, so scores differ by how they failed (by steps, say), which no claim is about.
Verdict = Literal["held", "not", "open", "too_few", "failed"]


@dataclass(frozen=True, slots=True)
class Claim:
    """`second` does better than `first` by a metric. With published values where it was published (in `seed-1`).

    `first` is a stage, or what the runs of `second` began with; `published_first` is the stage of the published value.
    """

    name: str
    words: str
    first: str
    second: str
    metric: str = SCORE
    published_first: str = ""

    @property
    def published(self) -> tuple[float, float] | None:
        """The published scores of both stages, on the four cases that were their holdout."""
        if self.metric != SCORE:
            return None
        before, after = (_PUBLISHED.get(name) for name in (self.published_first or self.first, self.second))
        return None if before is None or after is None else (before, after)


_PUBLISHED: Final = {
    stage.name: stage.published[0].score for stage in STAGES if stage.published and stage.published[0].score is not None
}
CLAIMS: Final = (
    Claim("full-trace", "Training on all turns beats the untrained model", UNTRAINED, "full-trace"),
    Claim("submit-only", "Training on submit turns alone beats training on all turns", "full-trace", "submit-only"),
    Claim("submit-deep", "Submits after a deep look beat submits after any look", "submit-only", "submit-deep"),
    # The published scores of this pair go down.
    Claim("best-epoch", "The last epoch beats the epoch that the holdout chose", "submit-deep-best", "submit-deep"),
    Claim(
        "grpo-warm",
        "Reinforcement beats the adapter that it begins with",
        f"{BEFORE}grpo-warm",
        "grpo-warm",
        published_first="submit-deep-best",
    ),
    Claim("generated", "Training on generated cases beats the untrained model", UNTRAINED, "generated", RESOLVED),
    Claim(
        "grpo-generated",
        "Reinforcement on generated cases beats the adapter that it begins with",
        f"{BEFORE}grpo-generated",
        "grpo-generated",
        RESOLVED,
    ),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim on one set of cases: second minus first over the cases that both played."""

    claim: Claim
    of_set: StudySet
    first: Pool
    second: Pool
    difference: "Difference"
    verdict: Verdict


def findings(study: Study) -> list[tuple[Claim, list[Finding]]]:
    """Every claim with what our runs say of it; an empty list where a stage has no figures on the same cases."""
    return [(claim, _of_claim(study, claim)) for claim in CLAIMS]


def _of_claim(study: Study, claim: Claim) -> list[Finding]:
    on_line = {(pool.stage, pool.of_set): pool for pool in study.pools if pool.on_line}
    # What runs began with is compared with what came of the same ones.
    before = {(pool.stage, pool.of_set, pool.readings[0].variant): pool for pool in study.before}
    found = []
    for of_set in study.sets:
        second = on_line.get((claim.second, of_set))
        if second is None:
            continue
        first = on_line.get((claim.first, of_set)) or before.get((claim.first, of_set, second.readings[0].variant))
        if first is not None:
            found.append(_finding(claim, of_set, first, second))
    return found


def _finding(claim: Claim, of_set: StudySet, first: Pool, second: Pool) -> Finding:
    import numpy as np

    from evaluation.statistics.paired import paired_differences
    from evaluation.statistics.verdicts import outcome

    versions = sorted(first.cases)
    before, after = (
        np.array([float(pool.cases[version][claim.metric]) for version in versions]) for pool in (first, second)
    )
    [difference] = paired_differences(after[:, None], before[:, None])
    told = outcome(difference, by_test=claim.metric == RESOLVED)
    verdicts: dict[str, Verdict] = {"first": "held", "second": "not", "open": "open", "too_few": "too_few"}
    verdict = verdicts[told]
    if claim.metric == SCORE and verdict != "too_few" and not _succeeded(first) and not _succeeded(second):
        verdict = "failed"
    return Finding(claim, of_set, first, second, difference, verdict)


def _succeeded(pool: Pool) -> bool:
    return any(case[SUCCESS] or case[RESOLVED] for case in pool.cases.values())
