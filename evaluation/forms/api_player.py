"""A model behind an OpenAI-compatible endpoint: registering it, changing it, and its key."""

import json
from typing import Any

from django import forms
from pydantic import SecretStr

from evaluation.forms.model_player import ModelForm, number_field, plain_numbers, text_field
from evaluation.players.configs import ApiModelConfig
from evaluation.services.player_keys import key_problem
from exceptions.models import PlayerKind


class ApiPlayerForm(ModelForm):
    """A model behind an OpenAI-compatible endpoint."""

    kind = PlayerKind.API_MODEL

    base_url = text_field(
        "Base URL",
        help_text="Up to /v1; /chat/completions is added.",
        mono=True,
        placeholder="https://api.openai.com/v1",
    )
    model = text_field("Model", help_text="Its name at the endpoint.", mono=True, placeholder="gpt-4.1-mini")
    key = forms.CharField(
        label="Key",
        required=False,
        help_text="Kept encrypted and never shown again. Leave empty where none is needed.",
        widget=forms.PasswordInput(attrs={"class": "input mono", "autocomplete": "new-password"}),
    )
    api_key_env = text_field(
        "Or key from the variable",
        help_text="An environment variable of the workers whose name ends with _API_KEY or _TOKEN.",
        mono=True,
        required=False,
        placeholder="OPENAI_API_KEY",
    )
    json_mode = forms.BooleanField(label="Ask for a JSON object (response_format)", required=False)
    send_seed = forms.BooleanField(label="Send the seed", required=False, initial=True)
    max_tokens = number_field("Longest answer, tokens")
    max_tokens_field = forms.ChoiceField(
        label="The endpoint calls that",
        choices=[("max_tokens", "max_tokens"), ("max_completion_tokens", "max_completion_tokens")],
        help_text="OpenAI’s newer models want the second.",
        widget=forms.Select(attrs={"class": "select mono"}),
    )
    temperature = number_field("Temperature", whole=False, help_text="0: the likeliest answer. Empty: not sent.")
    top_p = number_field("Top p", whole=False, help_text="Empty: not sent.")
    extra_body = forms.CharField(
        label="Further fields of every request, JSON",
        required=False,
        max_length=4000,
        help_text='Such as {"chat_template_kwargs": {"enable_thinking": false}} for vLLM. Pages show it: no secrets.',
        widget=forms.Textarea(attrs={"class": "textarea mono", "rows": "2", "spellcheck": "false"}),
    )
    price_per_million_input = number_field("US$ per million prompt tokens", whole=False, placeholder="unknown")
    price_per_million_output = number_field("US$ per million answer tokens", whole=False, placeholder="unknown")
    requests_per_minute = number_field(
        "Requests per minute", help_text="In each worker process.", placeholder="no limit"
    )
    concurrency = number_field("Requests at once")
    retries = number_field("Further attempts", help_text="After 408, 425, 429, 5xx or a broken answer.")
    circuit_failures = number_field(
        "Rest after failures", help_text="So many in a row; then nothing is sent for a minute."
    )
    connect_timeout = number_field("Connect within, s", whole=False)
    read_timeout = number_field("Silence at most, s", whole=False)
    total_timeout = number_field("One answer at most, s", whole=False, help_text="All attempts and pauses included.")

    def __init__(self, *args: Any, registered: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, registered=registered, **kwargs)
        if registered:
            # Its page sets and clears the key: that makes no new version.
            del self.fields["key"]

    @staticmethod
    def initial_from(config: ApiModelConfig | None) -> dict[str, Any]:
        """What the form shows for a configuration; the defaults without one."""
        if config is None:
            shown = {
                name: field.default for name, field in ApiModelConfig.model_fields.items() if not field.is_required()
            }
        else:
            shown = config.model_dump(mode="json")
        extra = (config.extra_body if config else None) or None
        return plain_numbers(shown) | {"extra_body": json.dumps(extra, ensure_ascii=False) if extra else ""}

    def clean_extra_body(self) -> dict[str, Any]:
        """JSON, an object, or nothing."""
        text = self.cleaned_data["extra_body"].strip()
        try:
            value = json.loads(text or "{}")
        except (ValueError, RecursionError):
            raise forms.ValidationError("This is no JSON.") from None
        if not isinstance(value, dict):
            raise forms.ValidationError("Write an object, in braces.")
        return value

    def clean_key(self) -> SecretStr | None:
        """The key, if one was given, out of reach of whatever prints the form's data."""
        key = SecretStr(self.cleaned_data["key"].strip())
        if not key.get_secret_value():
            return None
        if (problem := key_problem(key)) is not None:
            raise forms.ValidationError(problem)
        return key

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("key") is not None and data.get("api_key_env"):
            self.add_error("key", "Give a key or the name of a variable, not both.")
        return data

    def given(self) -> dict[str, Any]:
        nullable = {
            "temperature",
            "top_p",
            "price_per_million_input",
            "price_per_million_output",
            "requests_per_minute",
        }
        data = {name: self.cleaned_data.get(name) for name in ApiModelConfig.model_fields}
        return {name: value for name, value in data.items() if value is not None or name in nullable}


class KeyForm(forms.Form):
    """A key for a player that is there already."""

    key = forms.CharField(
        label="New key",
        max_length=2000,
        widget=forms.PasswordInput(attrs={"class": "input mono", "autocomplete": "new-password"}),
    )

    def clean_key(self) -> SecretStr:
        """Out of reach of whatever prints the form's data."""
        key = SecretStr(self.cleaned_data["key"].strip())
        if (problem := key_problem(key)) is not None:
            raise forms.ValidationError(problem)
        return key
