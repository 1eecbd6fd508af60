"""Episodes, their steps, resolutions and grades. Steps, revisions and grades are only ever added (triggers hold it)."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTransform

from exceptions import environment
from exceptions.models.case import CaseVersion
from exceptions.models.keys import uuid7
from exceptions.models.player import Player


class EpisodeStatus(models.TextChoices):
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    ENDED = "ended", "Ended"


class EpisodeOrigin(models.TextChoices):
    DESK = "desk", "Workspace"
    LANE = "lane", "Beside a reviewer"
    API = "api", "REST session"
    OPENENV = "openenv", "OpenEnv session"
    EVALUATION = "evaluation", "Evaluation"
    TRAINING = "training", "Within a training run"


class EpisodeMode(models.TextChoices):
    """What a reviewer sees of the model before submitting, from least to most. It can only open further."""

    BLIND = "blind", "Blind"
    ALONGSIDE = "alongside", "Alongside"
    ASSIST = "assist", "Assist"


DECISIONS = [(d.value, d.value) for d in environment.Decision]
EXCEPTION_TYPES = [(t.value, t.value) for t in environment.ExceptionType]


#: What differs between episodes that may be compared: the sample's seed, and who asked for it.
_NOT_A_CONDITION = frozenset({"seed", "client", "accepted_from"})


def settings_condition(rewards: str, settings: Mapping[str, Any]) -> str:
    """A short name for the conditions of an episode: 16 hexadecimal digits, the same for the same settings.

    Seeds are left out: samples of one condition are samples of one thing.
    """
    conditions = {key: value for key, value in settings.items() if key not in _NOT_A_CONDITION} | {"rewards": rewards}
    return sha256(json.dumps(conditions, sort_keys=True).encode()).hexdigest()[:16]


class Episode(models.Model):
    """One player on one case version. Ended episodes never change."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case_version = models.ForeignKey(CaseVersion, on_delete=models.PROTECT, related_name="episodes")
    player = models.ForeignKey(Player, on_delete=models.PROTECT, related_name="episodes")
    player_version = models.PositiveIntegerField(default=1)
    #: Who asked for it: the reviewer, the owner of the token, nobody for a scheduled one.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="episodes")
    origin = models.CharField(max_length=10, choices=EpisodeOrigin.choices)
    mode = models.CharField(max_length=10, choices=EpisodeMode.choices, blank=True)
    #: The reviewer's episode that this one is played beside.
    beside = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="lane")
    rewards = models.CharField(max_length=40, default="grounded-1")
    #: Rendering, prompt budget, sampling and seed: what makes the episode repeatable.
    settings = models.JSONField(default=dict, blank=True)
    #: `settings_condition` of the settings: episodes of one condition may be compared.
    condition = models.CharField(max_length=16, blank=True)
    #: The player could have seen the answer before it began (an earlier ended episode, or a role that sees answers).
    informed = models.BooleanField(default=False)

    status = models.CharField(max_length=10, choices=EpisodeStatus.choices, default=EpisodeStatus.RUNNING)
    stop_reason = models.CharField(
        max_length=30, choices=[(r.value, r.value) for r in environment.StopReason], blank=True
    )
    error = models.TextField(blank=True)
    steps_used = models.PositiveSmallIntegerField(default=0)
    invalid_steps = models.PositiveSmallIntegerField(default=0)
    cumulative_reward = models.FloatField(null=True)
    final_decision = models.CharField(max_length=40, choices=DECISIONS, blank=True)
    exception_type = models.CharField(max_length=40, choices=EXCEPTION_TYPES, blank=True)
    evidence_references = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    explanation = models.TextField(blank=True)
    confidence = models.FloatField(null=True)
    #: What the answers cost, in US dollars; null for players that have no price.
    cost = models.DecimalField(max_digits=14, decimal_places=8, null=True)
    #: Assist mode: why the reviewer did not follow the model's proposal.
    override_reason = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    # The lease of the worker that plays it.
    lease_token = models.UUIDField(null=True)
    lease_worker = models.CharField(max_length=200, blank=True)
    lease_expires_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    #: When a message for it was last sent to the broker; a lost one is sent again.
    enqueued_at = models.DateTimeField(null=True)

    class Meta:
        permissions = [
            ("play", "Can play: open cases, take steps, submit"),
            ("read_episodes", "Can read and export episodes"),
            ("view_answers", "Can see answers of cases that are not being played"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case_version", "player"],
                condition=Q(origin="desk") & ~Q(status="ended"),
                name="one_open_desk_episode_per_reviewer",
            ),
            models.UniqueConstraint(
                fields=["beside", "player"],
                condition=Q(beside__isnull=False),
                name="one_lane_episode_per_player",
            ),
            models.CheckConstraint(
                condition=Q(status="ended", ended_at__isnull=False) & ~Q(stop_reason="")
                | ~Q(status="ended") & Q(ended_at__isnull=True, stop_reason=""),
                name="an_end_has_a_reason_and_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(stop_reason="submitted") | ~Q(final_decision=""), name="a_submit_has_a_decision"
            ),
            models.CheckConstraint(
                condition=Q(confidence__isnull=True) | Q(confidence__gte=0, confidence__lte=1),
                name="confidence_0_to_1",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="episode_newest"),
            models.Index(fields=["case_version", "player", "status"], name="episode_by_case"),
            models.Index(fields=["player", "-created_at"], name="episode_by_player"),
            models.Index(fields=["user", "-created_at"], name="episode_by_user"),
            models.Index(fields=["user"], condition=~Q(status="ended"), name="episode_open_by_user"),
            models.Index(
                fields=["user", "origin", "status", "stop_reason", "case_version"], name="episode_done_by_user"
            ),
            models.Index(
                fields=["lease_expires_at"],
                condition=~Q(status="ended") & ~Q(origin="desk"),
                name="episode_unfinished",
            ),
            models.Index(
                KeyTransform("session", "settings"),
                models.F("created_at").desc(),
                condition=Q(origin="openenv"),
                name="episode_of_session",
            ),
            models.Index(
                fields=["condition", "player", "player_version", "case_version"],
                condition=Q(origin="evaluation"),
                name="episode_evaluated",
            ),
            models.Index(
                fields=["player", "case_version"],
                condition=Q(origin__in=["desk", "api"], informed=False, status="ended"),
                name="episode_unaided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.player} on {self.case_version}"

    @property
    def ended(self) -> bool:
        return self.status == EpisodeStatus.ENDED

    @property
    def resolution(self) -> environment.Resolution | None:
        """What was submitted, or None."""
        if not self.final_decision:
            return None
        return environment.Resolution(
            final_decision=environment.Decision(self.final_decision),
            exception_type=environment.ExceptionType(self.exception_type) if self.exception_type else None,
            evidence_references=tuple(self.evidence_references),
            explanation=self.explanation,
            confidence=self.confidence,
        )


class Step(models.Model):
    """One step. `number` runs 1, 2, 3 … without gaps (a trigger holds it); a step is never changed or deleted."""

    id = models.BigAutoField(primary_key=True)
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField()
    action_type = models.CharField(max_length=60, blank=True)
    action = models.JSONField(null=True)
    #: None when the player sent an action instead of text; an empty text is something else.
    raw_output = models.TextField(null=True)  # noqa: DJ001 - see above
    valid = models.BooleanField()
    error = models.TextField(blank=True)
    result = models.TextField(blank=True)
    revealed = models.CharField(max_length=60, blank=True)
    discrepancies = models.JSONField(default=list)
    reward = models.FloatField(null=True)
    reward_parts = models.JSONField(default=dict)
    prompt_tokens = models.PositiveIntegerField(default=0)
    computed_tokens = models.PositiveIntegerField(default=0)
    completion_tokens = models.PositiveIntegerField(default=0)
    #: Seconds from the observation to the answer, as measured by whoever asked the player.
    latency = models.FloatField(default=0.0)
    #: What the prompt budget did to this step's prompt: empty when nothing.
    prompt_budget = models.JSONField(default=dict)
    #: The answer as the model sampled it, and the log-probability of each id; null for who answers without tokens.
    token_ids = ArrayField(models.IntegerField(), null=True)
    logprobs = ArrayField(models.FloatField(), null=True)
    #: Why the answer ended: `turn_end`, or `length` when it was cut; empty for who answers without tokens.
    answer_stop = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["episode", "number"], name="one_step_per_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="steps_from_1"),
            models.CheckConstraint(
                condition=Q(valid=True) & ~Q(action_type="") | Q(valid=False) & ~Q(error=""),
                name="a_step_is_an_action_or_an_error",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.action_type or 'invalid'}"

    @property
    def replay(self) -> str | dict[str, Any]:
        """What the environment was given at this step."""
        if self.raw_output is not None:
            return self.raw_output
        if self.action is None:
            raise ValueError(f"step {self.number} of episode {self.episode_id} has neither an action nor an output")
        return dict(self.action)


class Revision(models.Model):
    """A resolution revised after the model's lane had opened. The submitted one stays; both are graded."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    final_decision = models.CharField(max_length=40, choices=DECISIONS)
    exception_type = models.CharField(max_length=40, choices=EXCEPTION_TYPES, blank=True)
    evidence_references = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    explanation = models.TextField(blank=True)
    confidence = models.FloatField(null=True)
    reason = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["episode", "number"], name="one_revision_per_number"),
            models.CheckConstraint(
                condition=Q(confidence__isnull=True) | Q(confidence__gte=0, confidence__lte=1),
                name="revised_confidence_0_to_1",
            ),
        ]

    def __str__(self) -> str:
        return f"revision {self.number} of {self.episode_id}"


class Grade(models.Model):
    """The grade of an episode, or of a revision of it, by one rubric."""

    id = models.BigAutoField(primary_key=True)
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="grades")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, null=True, related_name="grades")
    rubric = models.CharField(max_length=40)
    score = models.FloatField()
    criteria = models.JSONField()
    notes = models.JSONField(default=dict)
    decision_right = models.BooleanField()
    #: Decision and exception type both right.
    resolved = models.BooleanField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["episode", "rubric"],
                condition=Q(revision__isnull=True),
                name="one_grade_per_rubric_and_episode",
            ),
            models.UniqueConstraint(
                fields=["revision", "rubric"],
                condition=Q(revision__isnull=False),
                name="one_grade_per_rubric_and_revision",
            ),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=1), name="score_0_to_1"),
        ]

    def __str__(self) -> str:
        return f"{self.rubric} {self.score:.4f}"
