"""The rubrics by name, and the one function that grades."""

from exceptions.environment.case import Case
from exceptions.environment.grade import Grade, Rubric
from exceptions.environment.grounded_rubric import GROUNDED
from exceptions.environment.seed_rubric import SEED
from exceptions.environment.state import EpisodeState

RUBRICS: dict[str, Rubric] = {rubric.name: rubric for rubric in (SEED, GROUNDED)}


class UngradedCase(ValueError):
    """The case has no ground truth: there is nothing to grade against until somebody resolves it."""


class UnknownRubric(ValueError):
    """There is no rubric of that name."""


def grade(case: Case, state: EpisodeState, rubric: str = "grounded-1") -> Grade:
    """The grade of an episode; of one that is not over, what it is worth if it stops here with nothing
    submitted.

    Raises:
        UngradedCase: the case has no ground truth.
        UnknownRubric: see `RUBRICS`.
    """
    if rubric not in RUBRICS:
        raise UnknownRubric(f"there is no rubric {rubric!r}; choose one of {', '.join(RUBRICS)}")
    if case.ground_truth is None:
        raise UngradedCase(f"case {case.id} has no ground truth; resolve or adjudicate it first")
    return RUBRICS[rubric].grade(case, case.ground_truth, state)
