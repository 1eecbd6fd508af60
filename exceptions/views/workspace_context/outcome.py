"""After the submit: the verdict, the answers side by side, the grades, and the next case."""

from dataclasses import dataclass, field

from exceptions.views.workspace_context.lanes import ResolutionForm, ResolutionText


@dataclass(frozen=True, slots=True)
class PlayerScore:
    value: float | None
    is_me: bool


@dataclass(frozen=True, slots=True)
class CriterionRow:
    name: str
    weight: float
    scores: list[PlayerScore]
    note: str = ""


@dataclass(frozen=True, slots=True)
class GradeTable:
    """One rubric, criterion by criterion. All `scores` are in the order of `Outcome.players`."""

    rubric: str
    scores: list[PlayerScore]
    criteria: list[CriterionRow]


@dataclass(frozen=True, slots=True)
class GradedPlayer:
    """A column of the outcome: me as submitted, me as revised, each model. `resolved` is None while ungraded."""

    name: str
    is_me: bool
    resolution: ResolutionText | None
    resolved: bool | None = None
    decision_right: bool | None = None
    type_right: bool | None = None
    steps: int = 0
    missing: str = ""  # why there is no resolution: still playing, out of steps, crashed
    episode_url: str = ""
    version: str = ""  # "as submitted", "as revised"


@dataclass(frozen=True, slots=True)
class PartedAt:
    """The first step at which my actions and the model's differ."""

    player_name: str
    step: int
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """After the submit. Ungraded cases have no `grades`, no `truth`, and say so in `ungraded`."""

    headline: str
    players: list[GradedPlayer]
    grades: list[GradeTable] = field(default_factory=list)
    parted: list[PartedAt] = field(default_factory=list)
    deciding: str = ""  # the deciding finding
    deciding_source: str = ""  # the action that shows it
    findings: list[str] = field(default_factory=list)
    truth: ResolutionText | None = None
    ungraded: str = ""
    revise: ResolutionForm | None = None
    next_url: str = ""
    next_label: str = ""  # "C-1043 · Kestrel Packaging"
    remaining: int | None = None  # open cases in my queue
    drafts_done: list[str] = field(default_factory=list)  # draft keys of the forms that were accepted
