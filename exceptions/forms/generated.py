"""What a set of generated cases is made of."""

from typing import Any, Final

from django import forms

from exceptions.generator import FAMILIES
from exceptions.services.generated_cases import (
    LARGEST_SEED,
    MOST_IN_A_REQUEST,
    CannotGenerate,
    GeneratedSet,
    generated_set,
)

ALL, ONLY, ALL_BUT = "all", "only", "but"
_NUMBER: Final = {"class": "input input-num"}


class GeneratedSetForm(forms.Form):
    """Count, seed, twins, and which families."""

    count = forms.IntegerField(
        label="How many",
        min_value=1,
        max_value=MOST_IN_A_REQUEST,
        initial=100,
        help_text="Cases; with twins, pairs of cases.",
        widget=forms.NumberInput(attrs=_NUMBER),
    )
    seed = forms.IntegerField(
        label="Seed",
        min_value=0,
        max_value=LARGEST_SEED,
        initial=7,
        help_text="The same seed makes the same cases. Train on one, select and test on others.",
        widget=forms.NumberInput(attrs=_NUMBER),
    )
    kind = forms.ChoiceField(
        label="Kind",
        required=False,
        initial="cases",
        choices=[("cases", "Single cases"), ("twins", "Twins, in pairs")],
        help_text="Twins are alike but for the one fact that flips the answer.",
        widget=forms.Select(attrs={"class": "select"}),
    )
    use = forms.ChoiceField(
        label="Families",
        required=False,
        initial=ALL,
        choices=[(ALL, "All"), (ONLY, "Only the ticked"), (ALL_BUT, "All but the ticked (held out)")],
        widget=forms.Select(attrs={"class": "select"}),
    )
    family = forms.MultipleChoiceField(
        label="Ticked families",
        required=False,
        choices=[(name, name) for name in FAMILIES],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "There is no family %(value)s."},
    )

    #: Of a valid form.
    made: GeneratedSet

    def clean(self) -> dict[str, Any] | None:
        """Put the set together; what it cannot be made of is said at the field."""
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        ticked, use = data["family"], data["use"] or ALL
        if use == ONLY and not ticked:
            self.add_error("family", "Tick at least one family, or use all of them.")
            return data
        try:
            self.made = generated_set(
                count=data["count"],
                seed=data["seed"],
                families=ticked if use == ONLY else (),
                hold_out=ticked if use == ALL_BUT else (),
                twins=data["kind"] == "twins",
            )
        except CannotGenerate as refused:
            self.add_error(refused.field if refused.field in self.fields else "family", str(refused))
        return data
