"""What an evaluation run is launched with."""

from typing import TYPE_CHECKING, Any, Final

from django import forms

from evaluation.prompting import PromptPolicy, PromptSettings
from evaluation.selectors.case_sets import DEFAULT_CASE_SET, case_sets_with_counts
from evaluation.services.runs import MAX_SAMPLES
from exceptions.environment import REWARD_SCHEMES
from exceptions.models import Player, PlayerKind

_DEFAULTS: Final = PromptSettings()
_POLICY_WORDS: Final = {
    PromptPolicy.FAIL: "end the episode",
    PromptPolicy.DROP_OLDEST_TURNS: "leave the oldest turns out",
    PromptPolicy.CUT_RIGHT: "cut it from the right, as published",
}


if TYPE_CHECKING:
    _ChoiceOfPlayers = forms.ModelMultipleChoiceField[Player]
else:
    _ChoiceOfPlayers = forms.ModelMultipleChoiceField


class PlayersField(_ChoiceOfPlayers):
    """Players by slug, in groups of their kind."""

    def __init__(self) -> None:
        super().__init__(
            Player.objects.none(),
            to_field_name="slug",
            widget=forms.CheckboxSelectMultiple,
            error_messages={
                "required": "Choose at least one player.",
                "invalid_choice": "%(value)s is no player that a worker can play.",
            },
        )


class RunForm(forms.Form):
    """Players, cases, and the conditions under which they play."""

    players = PlayersField()
    cases = forms.ChoiceField(label="Cases", widget=forms.RadioSelect)
    samples = forms.IntegerField(
        label="Samples of each case",
        min_value=1,
        max_value=MAX_SAMPLES,
        initial=1,
        help_text="More than one tells something only of players that sample.",
        widget=forms.NumberInput(attrs={"class": "input input-num"}),
    )
    seed = forms.IntegerField(
        label="Seed",
        min_value=0,
        max_value=2**31 - 1,
        initial=0,
        help_text="Of the first sample; the next ones count up.",
        widget=forms.NumberInput(attrs={"class": "input input-num"}),
    )
    rewards = forms.ChoiceField(
        label="Reward scheme",
        initial="grounded-1",
        choices=[(name, name) for name in sorted(REWARD_SCHEMES)],
        help_text="Both rubrics grade every episode either way.",
        widget=forms.Select(attrs={"class": "select"}),
    )
    rendering = forms.ChoiceField(
        label="Rendering",
        initial=_DEFAULTS.rendering,
        choices=[("append_only", "append-only"), ("cumulative", "cumulative, as published")],
        widget=forms.Select(attrs={"class": "select"}),
    )
    prompt_budget = forms.IntegerField(
        label="Prompt budget, tokens",
        min_value=64,
        max_value=1_000_000,
        initial=_DEFAULTS.budget,
        widget=forms.NumberInput(attrs={"class": "input input-num"}),
    )
    prompt_policy = forms.ChoiceField(
        label="A prompt above the budget",
        initial=_DEFAULTS.policy.value,
        choices=[(policy.value, _POLICY_WORDS[policy]) for policy in PromptPolicy],
        widget=forms.Select(attrs={"class": "select"}),
    )
    demonstration = forms.BooleanField(
        label="Show the form of an answer before the case",
        required=False,
        help_text="What a very small untrained model needs to write JSON at all.",
    )
    constrained = forms.BooleanField(
        label="Constrained decoding: only valid actions can be written",
        required=False,
        help_text="For local models; the invalid rate is then 0 by construction.",
    )
    name = forms.CharField(
        label="Name",
        required=False,
        max_length=150,
        help_text="Left empty, it says who plays what.",
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        playable = Player.objects.exclude(kind=PlayerKind.HUMAN).filter(retired_at=None).order_by("kind", "name")
        players = self.fields["players"]
        assert isinstance(players, PlayersField)  # noqa: S101 - narrows the type only
        players.queryset = playable
        self.case_sets = [(one, count) for one, count in case_sets_with_counts() if count]
        cases = self.fields["cases"]
        assert isinstance(cases, forms.ChoiceField)  # noqa: S101 - narrows the type only
        cases.choices = [(one.name, one.words) for one, _count in self.case_sets]
        cases.initial = DEFAULT_CASE_SET

    def players_by_kind(self) -> list[tuple[str, list[tuple[Player, bool]]]]:
        """The choices: (kind in words, [(player, chosen)])."""
        chosen = {str(value) for value in self["players"].value() or []}
        players = self.fields["players"]
        assert isinstance(players, PlayersField)  # noqa: S101 - narrows the type only
        groups: dict[str, list[tuple[Player, bool]]] = {}
        for player in players.queryset or []:
            groups.setdefault(PlayerKind(player.kind).label, []).append((player, player.slug in chosen))
        return sorted(groups.items(), reverse=True)

    @property
    def launch(self) -> dict[str, Any]:
        """What `run_launch` takes, of a valid form."""
        data = self.cleaned_data
        prompt = ("rendering", "prompt_budget", "prompt_policy", "demonstration", "constrained", "seed")
        return {
            "players": list(data["players"]),
            "case_set": {"set": data["cases"]},
            "name": data["name"],
            "rewards": data["rewards"],
            "samples": data["samples"],
            "settings": {name: data[name] for name in prompt},
        }
