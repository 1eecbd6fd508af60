"""What the forms of all model players have. What is right for a field is decided by the player's configuration."""

from collections.abc import Mapping
from typing import Any

from django import forms

from evaluation.services.players import MAX_NAME, ConfigRefused, ModelConfig, config_read, slug_of, slug_problem
from exceptions.models import PlayerKind


def text_field(
    label: str, *, help_text: str = "", mono: bool = False, required: bool = True, **attrs: str
) -> forms.CharField:
    css = "input mono" if mono else "input"
    widget = forms.TextInput(attrs={"class": css, "autocomplete": "off", "spellcheck": "false", **attrs})
    return forms.CharField(label=label, help_text=help_text, required=required, max_length=1000, widget=widget)


def plain_numbers(shown: Mapping[str, Any]) -> dict[str, Any]:
    """As people write them: `10.0` → `10`."""
    return {name: f"{value:g}" if isinstance(value, float) else value for name, value in shown.items()}


def number_field(label: str, *, help_text: str = "", whole: bool = True, placeholder: str = "") -> forms.Field:
    widget = forms.TextInput(
        attrs={
            "class": "input input-num",
            "inputmode": "numeric" if whole else "decimal",
            "autocomplete": "off",
            "placeholder": placeholder,
        }
    )
    field: type[forms.Field] = forms.IntegerField if whole else forms.DecimalField
    return field(label=label, help_text=help_text, required=False, widget=widget)


class ModelForm(forms.Form):
    """What players of both kinds have. Valid, it has a `config` that a player can have."""

    kind: PlayerKind
    #: Field of the configuration (with dots) → field of the form, where the names differ.
    field_names: Mapping[str, str] = {}

    name = text_field("Name", help_text="As leaderboards show it.")
    slug = text_field(
        "Slug", help_text="What addresses and scripts call it; made of the name when empty.", required=False
    )

    def __init__(self, *args: Any, registered: bool = False, **kwargs: Any) -> None:
        """`registered`: the player is there already, and keeps its slug."""
        super().__init__(*args, **kwargs)
        self.config: ModelConfig | None = None
        self.fields["name"].widget.attrs["maxlength"] = str(MAX_NAME)
        if registered:
            del self.fields["slug"]

    def clean_name(self) -> str:
        """No longer than is stored."""
        name: str = self.cleaned_data["name"]
        if len(name) > MAX_NAME:
            raise forms.ValidationError(f"At most {MAX_NAME} characters.")
        return name

    def clean_slug(self) -> str:
        """Made of the name when it was left empty."""
        slug: str = self.cleaned_data["slug"] or slug_of(self.cleaned_data.get("name", ""))
        if (problem := slug_problem(slug)) is not None:
            raise forms.ValidationError(problem)
        return slug

    def clean(self) -> dict[str, Any]:
        """Read the configuration, and put what is wrong with it where it was typed, beside what was wrong before."""
        already = set(self.errors)
        try:
            self.config = config_read(self.kind, self.given())
        except ConfigRefused as refused:
            for path, message in refused.errors:
                field = self._field_of(path)
                if field not in already:
                    self.add_error(field, f"{message[:1].upper()}{message[1:].rstrip('.')}.")
        return self.cleaned_data

    def given(self) -> dict[str, Any]:
        """What was typed, as a configuration."""
        raise NotImplementedError

    def _field_of(self, path: str) -> str | None:
        for configured, name in self.field_names.items():
            if path == configured or path.startswith(f"{configured}."):
                return name
        first = path.partition(".")[0]
        return first if first in self.fields else None
