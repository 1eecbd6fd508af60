"""What the queue and the list of episodes can be narrowed by: the same on the pages and over REST."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

import django_filters
from django import forms
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet

from exceptions import environment
from exceptions.models import Case, Document, Episode, EpisodeOrigin, EpisodeStatus, Grade
from exceptions.selectors.queue import DONE, QUEUE_STATES
from exceptions.selectors.visibility import answers_visible_to

MAX_WORDS: Final = 8
#: Beside the states of the queue: whatever is not done.
TODO: Final = "todo"
CASE_STATES: Final = [(TODO, "To do"), *QUEUE_STATES]
#: The rubric whose scores are meant when none is named.
DEFAULT_RUBRIC: Final = "grounded-1"
_AMOUNT = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d{1,4})?|\d{1,15}(?:\.\d{1,4})?")


class SortWithReference(django_filters.OrderingFilter):
    """Sorts, and puts equal rows in the order of their references so that pages never overlap."""

    def filter(self, qs: QuerySet[Case], value: list[str] | None) -> QuerySet[Case]:
        """Leave the order of the queryset when nothing is asked for."""
        if not value:
            return qs
        return qs.order_by(*(self.get_ordering_value(part) for part in value), "reference")


class YesNoField(forms.NullBooleanField):
    """`true` or `false`. Django's own field takes any other text for *not given*, which would drop the filter."""

    widget = forms.Select(choices=[("", "All"), ("true", "Yes"), ("false", "No")])

    def to_python(self, value: str | None) -> bool | None:  # type: ignore[override]  # None is not in the stubs
        """None when nothing is given."""
        if not value:
            return None
        if value not in ("true", "false"):
            raise forms.ValidationError("must be true or false", code="invalid")
        return value == "true"


class YesNoFilter(django_filters.BooleanFilter):
    """A filter that is `true`, `false` or not there."""

    field_class = YesNoField


class CaseFilter(django_filters.FilterSet):
    """Narrows the queue of one user (`queue_for`). Nothing here tells titles, slices or difficulties."""

    q = django_filters.CharFilter(method="search", label="Search", max_length=200)
    state = django_filters.ChoiceFilter(choices=CASE_STATES, method="in_state", label="My state", empty_label="All")
    supplier = django_filters.CharFilter(field_name="latest__supplier_id", label="Supplier", max_length=100)
    currency = django_filters.CharFilter(field_name="latest__currency", lookup_expr="iexact", label="Currency")
    total_min = django_filters.NumberFilter(
        field_name="latest__total", lookup_expr="gte", label="Amount from", max_digits=20
    )
    total_max = django_filters.NumberFilter(
        field_name="latest__total", lookup_expr="lte", label="Amount to", max_digits=20
    )
    dated_from = django_filters.DateFilter(field_name="latest__invoice_date", lookup_expr="gte", label="Dated from")
    dated_to = django_filters.DateFilter(field_name="latest__invoice_date", lookup_expr="lte", label="Dated to")
    real = YesNoFilter(method="real_trades", label="Real trades only")
    sort = SortWithReference(
        fields={"latest__invoice_date": "date", "latest__total": "amount", "latest__supplier_name": "vendor"},
        label="Sort",
    )

    class Meta:
        model = Case
        fields: list[str] = []

    def search(self, cases: QuerySet[Case], _name: str, value: str) -> QuerySet[Case]:
        """Every word must be in the reference, the invoice or order number, the vendor, or be the amount."""
        for word in value.split()[:MAX_WORDS]:
            found = (
                Q(reference__icontains=word)
                | Q(latest__invoice_number__icontains=word)
                | Q(latest__po_number__icontains=word)
                | Q(latest__supplier_name__icontains=word)
                | Q(latest__supplier_id__iexact=word)
                | Q(latest__currency__iexact=word)
            )
            if _AMOUNT.fullmatch(word):
                found |= _amount_is(word)
            cases = cases.filter(found)
        return cases

    def in_state(self, cases: QuerySet[Case], _name: str, value: str) -> QuerySet[Case]:
        """`todo` is both not started and started."""
        return cases.filter(~Q(state=DONE) if value == TODO else Q(state=value))

    def real_trades(self, cases: QuerySet[Case], _name: str, value: bool) -> QuerySet[Case]:
        """Real trades are the ones made from uploaded documents."""
        return cases.filter(made_from_documents()) if value else cases


def made_from_documents() -> Exists:
    """Whether a case comes from documents that were uploaded, not from a case pack."""
    return Exists(Document.objects.filter(case_version=OuterRef("latest"), uploaded__isnull=False))


def _amount_is(word: str) -> Q:
    """`11,662.00` is that amount exactly; `11662` is any amount from 11662.00 to 11662.99."""
    amount = Decimal(word.replace(",", ""))
    if "." in word:
        return Q(latest__total=amount)
    return Q(latest__total__gte=amount, latest__total__lt=amount + 1)


def _choices(names: Iterable[str]) -> list[tuple[str, str]]:
    return [(str(name), name.replace("_", " ").capitalize()) for name in names]


class EpisodeFilter(django_filters.FilterSet):
    """Narrows the episodes that a user may read (`episodes_visible_to`); needs the request, for its user.

    What tells whether an episode was right (`resolved`, scores) is looked at only where the user may see the
    answer: whoever plays a case cannot find it out by filtering.
    """

    case = django_filters.CharFilter(
        field_name="case_version__case__reference",
        label="Case",
        max_length=40,
        help_text="Reference of the case, like C-1042.",
    )
    player = django_filters.CharFilter(
        field_name="player__slug",
        label="Player",
        max_length=120,
        help_text="Slug of the player, as in the list of players.",
    )
    mine = YesNoFilter(
        method="own_plays", label="Mine", help_text="Only what you played yourself, or only what others played."
    )
    origin = django_filters.ChoiceFilter(choices=EpisodeOrigin.choices, label="Origin", empty_label="All")
    status = django_filters.ChoiceFilter(choices=EpisodeStatus.choices, label="Status", empty_label="All")
    stop_reason = django_filters.ChoiceFilter(
        choices=_choices(environment.StopReason),
        label="Ended by",
        empty_label="All",
        help_text="Why it ended.",
    )
    decision = django_filters.ChoiceFilter(
        field_name="final_decision",
        choices=_choices(environment.Decision),
        label="Decision",
        empty_label="All",
        help_text="What was submitted.",
    )
    resolved = YesNoFilter(
        method="graded_resolved",
        label="Resolved",
        help_text="Decision and exception type both right. Looks only at episodes whose answer you may see.",
    )
    rubric = django_filters.ChoiceFilter(
        choices=[(name, name) for name in environment.RUBRICS],
        method="scored_by",
        label="Rubric",
        empty_label=None,
        help_text=f"The rubric that score_min and score_max mean; {DEFAULT_RUBRIC} when left out.",
    )
    score_min = django_filters.NumberFilter(
        method="scored_from",
        min_value=0,
        max_value=1,
        label="Score from",
        help_text="At least this score, 0 to 1. Looks only at episodes whose answer you may see.",
    )
    score_max = django_filters.NumberFilter(
        method="scored_to",
        min_value=0,
        max_value=1,
        label="Score to",
        help_text="At most this score, 0 to 1. Looks only at episodes whose answer you may see.",
    )
    created_after = django_filters.IsoDateTimeFilter(
        field_name="created_at",
        lookup_expr="gte",
        label="Begun from",
        help_text="Begun at this time or later.",
    )
    created_before = django_filters.IsoDateTimeFilter(
        field_name="created_at", lookup_expr="lt", label="Begun before", help_text="Begun before this time."
    )
    informed = YesNoFilter(
        label="Could know the answer", help_text="The player could have seen the answer before it began."
    )

    class Meta:
        model = Episode
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Episode]) -> QuerySet[Episode]:
        """What was played within training runs, which is much and all alike, only by its origin or its player."""
        found = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("origin") or self.form.cleaned_data.get("player"):
            return found
        return found.exclude(origin=EpisodeOrigin.TRAINING)

    def own_plays(self, episodes: QuerySet[Episode], _name: str, value: bool) -> QuerySet[Episode]:
        """An episode that a model played beside the user is not theirs."""
        mine = Q(user=self._user) & ~Q(origin=EpisodeOrigin.LANE)
        return episodes.filter(mine if value else ~mine)

    def graded_resolved(self, episodes: QuerySet[Episode], _name: str, value: bool) -> QuerySet[Episode]:
        """Graded as resolved, or graded as not resolved; ungraded episodes are neither."""
        return self._graded(episodes, Q(resolved=value))

    def scored_by(self, episodes: QuerySet[Episode], _name: str, _value: str) -> QuerySet[Episode]:
        """Says which scores the other two filters mean; does not narrow by itself."""
        return episodes

    def scored_from(self, episodes: QuerySet[Episode], _name: str, value: Decimal) -> QuerySet[Episode]:
        return self._graded(episodes, Q(rubric=self._rubric, score__gte=value))

    def scored_to(self, episodes: QuerySet[Episode], _name: str, value: Decimal) -> QuerySet[Episode]:
        return self._graded(episodes, Q(rubric=self._rubric, score__lte=value))

    @property
    def _rubric(self) -> str:
        return self.form.cleaned_data.get("rubric") or DEFAULT_RUBRIC

    @property
    def _user(self) -> User:
        user = getattr(self.request, "user", None)
        if not isinstance(user, User):
            raise ValueError("EpisodeFilter needs the request: who asks decides which grades may be looked at")
        return user

    def _graded(self, episodes: QuerySet[Episode], condition: Q) -> QuerySet[Episode]:
        grades = Grade.objects.filter(condition, episode=OuterRef("pk"), revision=None)
        return episodes.filter(answers_visible_to(self._user), Exists(grades))
