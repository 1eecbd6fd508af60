"""Forms for the Hub: push a model's adapter, load one, keep a token."""

from typing import Any

from django import forms
from pydantic import SecretStr

from evaluation.forms.model_player import text_field
from evaluation.services.player_keys import key_problem
from evaluation.services.players import MAX_NAME
from exceptions.models import Player
from training.adapters.lineage import AdapterLineage
from training.adapters.transfers import is_hub_id
from training.models import Direction, HubTransfer

_REPO_HINT = "organisation/name"


class PushForm(forms.Form):
    """Where a model's adapter goes."""

    repo = text_field("Repository", help_text="Made when it is not there.", mono=True, placeholder=_REPO_HINT)
    private = forms.BooleanField(label="Private", required=False, initial=True)
    base_model = text_field(
        "Hub id of the base model",
        help_text="The base is on this machine only: say what others find it by.",
        mono=True,
        placeholder="Qwen/Qwen3-4B-Instruct-2507",
    )

    def __init__(self, data: Any = None, *, lineage: AdapterLineage, initial: dict[str, Any]) -> None:
        super().__init__(data, auto_id="push_%s", initial=initial)
        if is_hub_id(lineage.base_hub_id):
            del self.fields["base_model"]


class PullForm(forms.Form):
    """An adapter that becomes a model of this desk."""

    repo = text_field("Repository", mono=True, placeholder=_REPO_HINT)
    revision = text_field("Revision", help_text="Branch, tag or commit. Empty: the newest.", mono=True, required=False)
    name = text_field("Name", help_text="As leaderboards show it. Empty: that of the repository.", required=False)
    base_model = text_field(
        "Base model",
        help_text="What it is put onto, as for a local model. Empty: what its files say.",
        mono=True,
        required=False,
    )

    def clean_name(self) -> str:
        """No longer than is stored."""
        name: str = self.cleaned_data["name"]
        if len(name) > MAX_NAME:
            raise forms.ValidationError(f"At most {MAX_NAME} characters.")
        return name


class TokenForm(forms.Form):
    """A token for the Hub."""

    token = forms.CharField(
        label="New token",
        max_length=2000,
        help_text="With write access, for pushing.",
        widget=forms.PasswordInput(attrs={"class": "input mono", "autocomplete": "new-password"}),
    )

    def clean_token(self) -> SecretStr:
        """Out of reach of whatever prints the form's data."""
        token = SecretStr(self.cleaned_data["token"].strip())
        if (problem := key_problem(token)) is not None:
            raise forms.ValidationError(problem)
        return token


def push_form(player: Player, lineage: AdapterLineage, data: Any = None) -> PushForm:
    """The form for a model, filled with where it was pushed last."""
    last = HubTransfer.objects.filter(player=player, direction=Direction.PUSH).order_by("-created_at").first()
    initial = {"repo": last.repo, "private": last.private, "base_model": last.base_model} if last else {}
    return PushForm(data, lineage=lineage, initial=initial)
