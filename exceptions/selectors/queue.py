"""The queue: which case is next, for whom."""

from typing import TYPE_CHECKING, TypedDict

from django.contrib.auth.models import User
from django.db.models import Case as When_
from django.db.models import CharField, QuerySet, Value, When

from exceptions import environment
from exceptions.models import Case, Episode, EpisodeOrigin, EpisodeStatus

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _State(TypedDict):
        state: str

    QueuedCase = WithAnnotations[Case, _State]

OPEN, STARTED, DONE = "open", "started", "done"
QUEUE_STATES = [(OPEN, "Not started"), (STARTED, "Started"), (DONE, "Done")]


def queue_for(user: User) -> "QuerySet[QueuedCase]":
    """All cases with what the user has done on the latest version of each as `state`, oldest invoice first.

    Titles, slugs, slices and difficulties give answers away: a page or an answer must not show them to a player.
    """
    # Sets of the user's own cases, read once each; a look-up per case takes seconds on a queue of thousands.
    own = Episode.objects.filter(user=user, origin=EpisodeOrigin.DESK)
    ended = own.filter(status=EpisodeStatus.ENDED).exclude(stop_reason=environment.StopReason.CANCELLED)
    started = own.filter(status=EpisodeStatus.RUNNING, steps_used__gt=0)
    return (
        Case.objects.filter(latest__isnull=False, queued=True)
        .select_related("latest")
        .annotate(
            state=When_(
                When(pk__in=started.values("case_version__case"), then=Value(STARTED)),
                When(latest__in=ended.values("case_version"), then=Value(DONE)),
                default=Value(OPEN),
                output_field=CharField(),
            )
        )
        .order_by("latest__invoice_date", "reference")
    )


def next_case(user: User, after: Case) -> Case | None:
    """The next case in the queue that the user has not done, beginning after this one and going round."""
    todo = queue_for(user).exclude(state=DONE).exclude(pk=after.pk)
    if after.latest is None:
        return todo.first()
    date, reference = after.latest.invoice_date, after.reference
    later = todo.filter(latest__invoice_date=date, reference__gt=reference) | todo.filter(latest__invoice_date__gt=date)
    return later.first() or todo.first()
