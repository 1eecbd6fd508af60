"""After the submit: both grades, where we parted, what decided it, and the next case."""

from django.contrib.auth.models import User
from django.urls import reverse

from exceptions.environment import RUBRICS, ActionType, Case, Decision, EpisodeState, GroundTruth
from exceptions.environment.dossier import dossier_of
from exceptions.models import Episode, EpisodeMode, Grade, Revision, Step
from exceptions.selectors.queue import DONE, next_case, queue_for
from exceptions.services.lane import LanePlay
from exceptions.views.names import DECISION_NAMES, action_name, in_words, type_name
from exceptions.views.workspace_context import (
    CriterionRow,
    GradedPlayer,
    GradeTable,
    Outcome,
    PartedAt,
    PlayerScore,
    ResolutionForm,
    ResolutionText,
)
from exceptions.views.workspace_lanes import ending, resolution_form, resolution_text


def outcome(
    mine: Episode,
    state: EpisodeState,
    user: User,
    plays: list[LanePlay],
    *,
    answer_visible: bool,
    errors: dict[str, str] | None = None,
    values: dict[str, list[str]] | None = None,
    drafts_done: list[str],
) -> Outcome:
    """What the page shows once my episode has ended."""
    case = mine.case_version.answered
    truth = case.ground_truth if answer_visible else None
    theirs = [play.episode for play in plays if play.episode is not None]
    revisions = list(mine.revisions.prefetch_related("grades"))
    columns: list[Episode | Revision] = [mine, *revisions, *theirs]
    after = next_case(user, mine.case_version.case)
    return Outcome(
        headline=_headline(mine, truth),
        players=[_column(column, mine, truth, many=bool(revisions)) for column in columns],
        grades=[_grade_table(rubric, columns) for rubric in RUBRICS] if truth else [],
        parted=[parted for episode in theirs if (parted := parted_at(mine, episode)) is not None],
        deciding=truth.key_findings[0] if truth else "",
        deciding_source=_source(case, truth) if truth else "",
        findings=list(truth.key_findings) if truth else [],
        truth=_truth_text(truth) if truth else None,
        ungraded="" if truth else _why_ungraded(case, answer_visible=answer_visible),
        revise=_revise_form(mine, state, values, errors),
        next_url=reverse("workspace", args=[after.reference]) if after else reverse("queue"),
        next_label=f"{after.reference} · {after.latest.supplier_name}"
        if after and after.latest
        else "Back to the queue",
        remaining=queue_for(user).exclude(state=DONE).count(),
        drafts_done=drafts_done,
    )


def parted_at(mine: Episode, theirs: Episode) -> PartedAt | None:
    """The first step at which the two did something else; None while they agree as far as both went."""
    for my_step, their_step in zip(mine.steps.all(), theirs.steps.all(), strict=False):
        if _done(my_step) != _done(their_step):
            return PartedAt(theirs.player.name, my_step.number, _done(my_step), _done(their_step))
    return None


def _done(step: Step) -> str:
    if not step.valid or step.action is None:
        return "Invalid output"
    action = step.action
    if "final_decision" in action:
        kind = action.get("exception_type")
        return DECISION_NAMES[action["final_decision"]] + (f", {type_name(kind).lower()}" if kind else "")
    if "exception_type" in action:
        return f"{action_name(step.action_type)}: {type_name(action['exception_type']).lower()}"
    return action_name(step.action_type)


def _headline(mine: Episode, truth: GroundTruth | None) -> str:
    if not mine.final_decision:
        return ending(mine)
    if truth is None:
        return "Submitted"
    if mine.final_decision != truth.decision:
        return "The decision differs from the answer"
    return "Resolved" if mine.exception_type == truth.exception_type else "Right decision, another exception type"


def _column(column: Episode | Revision, mine: Episode, truth: GroundTruth | None, *, many: bool) -> GradedPlayer:
    is_me = column is mine or isinstance(column, Revision)
    decision_right = type_right = None
    if truth is not None:
        decision_right = column.final_decision == truth.decision
        type_right = column.exception_type == truth.exception_type
    if isinstance(column, Revision):
        return GradedPlayer(
            name="You",
            is_me=True,
            resolution=_revision_text(column),
            resolved=bool(decision_right and type_right) if truth else None,
            decision_right=decision_right,
            type_right=type_right,
            steps=mine.steps_used,
            version=f"revised {column.number}" if column.number > 1 else "as revised",
        )
    missing = "" if column.final_decision else ending(column) or "Still playing"
    unfinished = not column.ended
    return GradedPlayer(
        name="You" if is_me else column.player.name,
        is_me=is_me,
        resolution=resolution_text(column),
        resolved=None if truth is None or unfinished else bool(decision_right and type_right),
        decision_right=None if unfinished else decision_right,
        type_right=None if unfinished else type_right,
        steps=column.steps_used,
        missing=missing,
        episode_url=reverse("episode", args=[column.pk]),
        version="as submitted" if is_me and many else "",
    )


def _grade_table(rubric: str, columns: list[Episode | Revision]) -> GradeTable:
    graded = [(_grade_of(column, rubric), column is columns[0] or isinstance(column, Revision)) for column in columns]
    mine = graded[0][0]
    return GradeTable(
        rubric=rubric,
        scores=[PlayerScore(grade.score if grade else None, is_me) for grade, is_me in graded],
        criteria=[
            CriterionRow(
                name=name.replace("_", " "),
                weight=weight,
                scores=[PlayerScore(grade.criteria.get(name) if grade else None, is_me) for grade, is_me in graded],
                note=in_words(mine.notes.get(name, "")) if mine else "",
            )
            for name, weight in RUBRICS[rubric].weights.items()
        ],
    )


def _grade_of(column: Episode | Revision, rubric: str) -> Grade | None:
    own = [g for g in column.grades.all() if isinstance(column, Revision) or g.revision_id is None]
    return next((grade for grade in own if grade.rubric == rubric), None)


def _revision_text(revision: Revision) -> ResolutionText:
    return ResolutionText(
        decision=DECISION_NAMES[Decision(revision.final_decision)],
        exception_type=type_name(revision.exception_type) if revision.exception_type else "",
        evidence=[action_name(name) for name in revision.evidence_references],
        explanation=revision.explanation,
        confidence=revision.confidence,
        reason=revision.reason,
        given_at=revision.created_at,
    )


def _truth_text(truth: GroundTruth) -> ResolutionText:
    return ResolutionText(
        decision=DECISION_NAMES[truth.decision],
        exception_type=type_name(truth.exception_type),
        evidence=[action_name(name) for name in truth.evidence],
    )


def _source(case: Case, truth: GroundTruth) -> str:
    """The required action whose result shows the deciding finding's figures; the first required one when none stands
    out.
    """
    words = {word.strip(".,;:()") for word in truth.key_findings[0].split() if any(c.isdigit() for c in word)}
    dossier = dossier_of(case)

    def shared(name: ActionType) -> int:
        return sum(word in dossier.outcome(name).result for word in words)

    return action_name(max(truth.evidence, key=shared))


def _why_ungraded(case: Case, *, answer_visible: bool) -> str:
    if case.ground_truth is None:
        return (
            "A real case: nobody has given its answer yet, so nothing is graded. "
            "Your resolution is kept, and is graded once there is an answer."
        )
    if not answer_visible:
        return "You have another open episode on this case. The grades open when that one has ended."
    return ""


def _revise_form(
    mine: Episode, state: EpisodeState, values: dict[str, list[str]] | None, errors: dict[str, str] | None
) -> ResolutionForm | None:
    if mine.mode != EpisodeMode.BLIND or not mine.final_decision:
        return None
    url = reverse("episode-revise", args=[mine.pk])
    return resolution_form(mine, state, url=url, reason_for="revise", values=values, errors=errors)
