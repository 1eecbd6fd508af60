"""A recipe with the fields that may be changed for a run: the form is made from the recipe's own model."""

from collections.abc import Iterator, Mapping
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

from django import forms
from django.db.models import Q, QuerySet
from pydantic.fields import FieldInfo

from exceptions.models import Player, PlayerKind
from training.grpo.recipes import GrpoRecipe
from training.models import TrainingDataset
from training.recipes import SftRecipe

Recipe = SftRecipe | GrpoRecipe
_INPUT: Final = {"class": "input", "autocomplete": "off", "spellcheck": "false"}
#: Of a recipe, but not for changing.
_FIXED: Final = frozenset({"name", "kind", "title", "words", "published"})
#: The groups of the form, and what is in them; the rest comes last.
_GROUPS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (
        "What it learns from",
        (
            "source",
            "trace_lengths",
            "case_count",
            "case_seed",
            "families",
            "twin_share",
            "wordings",
            "shuffled_share",
            "drills_per_case",
            "sheets_per_case",
            "starts_from",
            "warm_up_cases",
            "warm_up_epochs",
            "warm_up_learning_rate",
        ),
    ),
    ("What chooses the best", ("select_by", "register_as", "select_count", "select_seed", "max_new_tokens")),
    (
        "How it learns",
        (
            "epochs",
            "iterations",
            "cases_per_iteration",
            "group_size",
            "learning_rate",
            "schedule",
            "warmup_steps",
            "traces_per_step",
            "trajectories_per_step",
            "passes",
            "worksheet",
            "submit_weight",
            "gist_weight",
            "finding_weight",
            "decision_weight",
            "other_weight",
            "other_share",
            "seed",
        ),
    ),
    (
        "Sampling and policy",
        (
            "rewards",
            "grade_weight",
            "temperature",
            "top_p",
            "hotter_by",
            "hotter_tries",
            "variant",
            "advantage_bound",
            "clip_range",
            "kl_weight",
        ),
    ),
    ("Adapter", ("lora_rank", "lora_alpha", "lora_dropout", "lora_targets")),
)
_WITH_ADAPTER: Final = Q(config__adapter__sha256__isnull=False)
_MODELS: Final = frozenset({"base", "start_from", "dataset", "run_name"})
_REST: Final = "Machine and safety"
#: Groups that are open when nothing in them was changed.
_OPEN: Final = frozenset({"What it learns from", "How it learns"})
_LABELS: Final = {
    "lora_rank": "LoRA rank, r",
    "lora_alpha": "LoRA alpha",
    "lora_dropout": "LoRA dropout",
    "lora_targets": "Layers with an adapter",
    "kl_weight": "KL weight, β",
    "clip_range": "Clip range, ε",
    "top_p": "Top-p",
    "group_size": "Episodes of a case, G",
    "twin_share": "Share of twins",
    "wordings": "Wordings of each twin",
    "drills_per_case": "Drills for each case",
    "sheets_per_case": "Sheets for each case",
    "micro_batch_tokens": "Tokens in a forward pass",
    "max_nonfinite": "Losses that may be no number",
    "hotter_by": "Temperature added for a flat group",
    "hotter_tries": "Times a flat group is played again",
    "register_as": "Checkpoint that becomes a model",
    "worksheet": "Answers on a worksheet",
    "select_by": "The best is chosen by",
    "source": "Cases",
}
_WORDS: Final = {
    "catalogue": "the catalogue",
    "generated": "generated",
    "resolved": "share resolved, then score",
    "score": "score by seed-1",
    "best": "the best",
    "last": "the last",
}


class TrainingForm(forms.Form):
    """Base model, adapter to begin with, name; then every field of the recipe, with its value as the first choice."""

    base = forms.ModelChoiceField(
        Player.objects.none(),
        label="Base model",
        to_field_name="slug",
        empty_label=None,
        help_text="Whose weights get an adapter. Local models only.",
        widget=forms.Select(attrs={"class": "select"}),
    )
    start_from = forms.ModelChoiceField(
        Player.objects.none(),
        label="Start from the adapter of",
        to_field_name="slug",
        required=False,
        empty_label="a new adapter",
        widget=forms.Select(attrs={"class": "select"}),
    )
    dataset = forms.ModelChoiceField(
        TrainingDataset.objects.none(),
        label="Data set",
        to_field_name="sha256",
        required=False,
        empty_label="made by the recipe",
        help_text="Traces to train on in place of the recipe’s own.",
        widget=forms.Select(attrs={"class": "select"}),
    )
    run_name = forms.CharField(
        label="Name",
        required=False,
        max_length=150,
        help_text="Left empty, it says recipe, model and seed.",
        widget=forms.TextInput(attrs=_INPUT),
    )

    def __init__(self, recipe: Recipe, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.recipe = recipe
        _choice(self, "base").queryset = base_players()
        _choice(self, "start_from").queryset = _local_players().filter(_WITH_ADAPTER)
        sets = self.fields["dataset"]
        assert isinstance(sets, forms.ModelChoiceField)  # noqa: S101 - narrows the type only
        sets.queryset = TrainingDataset.objects.order_by("-created_at", "-pk").defer("spec")
        if isinstance(recipe, GrpoRecipe) or not sets.queryset.exists():
            # What is learned from is played, or there is none to choose.
            del self.fields["dataset"]
        for name, info in type(recipe).model_fields.items():
            if name not in _FIXED:
                self.fields[name] = _field(name, info, getattr(recipe, name))

    @property
    def groups(self) -> list[tuple[str, list[tuple[forms.BoundField, str, bool]], bool]]:
        """(heading, [(field, the recipe's value, changed)], open) of what can be changed."""
        placed = {name for _heading, names in _GROUPS for name in names} | _MODELS
        rest = tuple(name for name in self.fields if name not in placed)
        found = []
        for heading, names in (*_GROUPS, (_REST, rest)):
            fields = [
                (self[name], self._default(name), self._is_changed(name)) for name in names if name in self.fields
            ]
            opened = heading in _OPEN or any(changed or field.errors for field, _default, changed in fields)
            if fields:
                found.append((heading, fields, opened))
        return found

    @property
    def as_opened(self) -> dict[str, Any]:
        """What would be sent when nothing is typed in."""
        values = {name: self[name].value() for name in self.fields}
        return {name: value for name, value in values.items() if value is not None and value is not False}

    @property
    def changes(self) -> dict[str, Any]:
        """Of a valid form: the fields that differ from the recipe, as the recipe's model takes them."""
        fields = type(self.recipe).model_fields
        given = {name: self.cleaned_data[name] for name in fields if name in self.fields}
        return {name: value for name, value in given.items() if value != _plain(getattr(self.recipe, name))}

    def add_problems(self, problems: Mapping[str, str], otherwise: str) -> None:
        """Say at each field what is wrong with it, and above all of them what belongs to none."""
        placed = False
        for path, words in problems.items():
            field = path.split(".", maxsplit=1)[0]
            if field in self.fields:
                self.add_error(field, words)
                placed = True
        if not placed:
            self.add_error(None, otherwise)

    def _default(self, name: str) -> str:
        return written(getattr(self.recipe, name))

    def _is_changed(self, name: str) -> bool:
        field = self.fields[name]
        if isinstance(field, forms.BooleanField):
            return bool(self[name].value()) != bool(getattr(self.recipe, name))
        return str(self[name].value() if self[name].value() is not None else "").strip() != self._default(name)


def base_players() -> QuerySet[Player]:
    """The local models without an adapter."""
    return _local_players().exclude(_WITH_ADAPTER)


def _local_players() -> QuerySet[Player]:
    return Player.objects.filter(kind=PlayerKind.LOCAL_MODEL, retired_at=None).order_by("name")


class _ListField(forms.CharField):
    """Words or whole numbers with commas between; empty is nothing, which a recipe may take for *all*."""

    def __init__(self, *, numbers: bool, **kwargs: Any) -> None:
        self.numbers = numbers
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        """A list, or None when nothing is given."""
        parts = [part.strip() for part in str(super().clean(value)).split(",") if part.strip()]
        if not self.numbers:
            return parts or None
        if wrong := [part for part in parts if not part.isdecimal()]:
            raise forms.ValidationError(f"{wrong[0]!r} is no whole number.", code="invalid")
        return [int(part) for part in parts] or None


def written(value: Any) -> str:
    """A value as its field shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def field_label(name: str) -> str:
    """A recipe's field in words."""
    return _LABELS.get(name, name.replace("_", " ").capitalize())


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _choice(form: forms.Form, name: str) -> "forms.ModelChoiceField[Player]":
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - narrows the type only
    return field


def _field(name: str, info: FieldInfo, value: Any) -> forms.Field:
    label, words = field_label(name), (info.description or "").replace("null: ", "empty: ")
    kinds = list(_kinds(info.annotation))
    optional = NoneType in kinds
    kind = next(one for one in kinds if one is not NoneType)
    common = {"label": label, "help_text": words, "initial": value, "required": not optional}
    if kind is bool:
        return forms.BooleanField(**common | {"required": False})
    if get_origin(kind) is Literal:
        choices = [(one, _WORDS.get(one, str(one))) for one in get_args(kind)]
        return forms.ChoiceField(choices=choices, widget=forms.Select(attrs={"class": "select"}), **common)
    if get_origin(kind) is tuple:
        numbers = "int" in str(get_args(kind)[0])
        widget = forms.TextInput(attrs=_INPUT)
        return _ListField(numbers=numbers, widget=widget, **common | {"initial": written(value)})
    number = {"class": "input input-num", "autocomplete": "off"}
    if kind is int:
        return forms.IntegerField(widget=forms.TextInput(attrs=number | {"inputmode": "numeric"}), **common)
    shown = {"initial": written(value), "widget": forms.TextInput(attrs=number | {"inputmode": "decimal"})}
    return forms.FloatField(**common | shown)


def _kinds(annotation: Any) -> Iterator[Any]:
    """The types that a field may have."""
    if get_origin(annotation) in (Union, UnionType):
        for one in get_args(annotation):
            yield from _kinds(one)
    else:
        yield annotation
