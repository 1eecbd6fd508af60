"""A model that a worker loads."""

from pathlib import Path
from typing import Any

from django import forms

from evaluation.forms.model_player import ModelForm, number_field, plain_numbers, text_field
from evaluation.players.adapters import adapter_sha256
from evaluation.players.configs import LocalModelConfig, SamplingConfig
from evaluation.players.protocol import PlayerError
from exceptions.models import PlayerKind


class LocalPlayerForm(ModelForm):
    """A model that a worker loads."""

    kind = PlayerKind.LOCAL_MODEL
    field_names = {
        "adapter.path": "adapter_path",
        "adapter.sha256": "adapter_sha256",
        "sampling.temperature": "temperature",
        "sampling.top_p": "top_p",
        "sampling.max_new_tokens": "max_new_tokens",
    }

    base_model = text_field(
        "Base model",
        help_text="SmolLM2-135M-Instruct, a hub id, or a directory or GGUF file on the worker’s disk.",
        mono=True,
        placeholder="Qwen/Qwen3-4B-Instruct-2507",
    )
    adapter_path = text_field(
        "LoRA adapter",
        help_text="Its folder on the worker’s disk. Empty: none, or the one that the desk keeps by that sha256.",
        mono=True,
        required=False,
    )
    adapter_sha256 = text_field(
        "sha256 of the adapter",
        help_text="cat adapter_config.json adapter_model.safetensors | sha256sum. "
        "Empty: computed now, if this machine has the folder.",
        mono=True,
        required=False,
    )
    temperature = number_field("Temperature", whole=False, help_text="0: greedy.")
    top_p = number_field("Top p", whole=False)
    max_new_tokens = number_field("Longest answer, tokens")
    worksheet = forms.BooleanField(
        label="Answers on a worksheet",
        required=False,
        help_text="What the looks showed is given, what it comes to is the model’s: for models that were taught so.",
    )

    @staticmethod
    def initial_from(config: LocalModelConfig | None) -> dict[str, Any]:
        """What the form shows for a configuration; the defaults without one."""
        if config is None:
            return plain_numbers(SamplingConfig().model_dump())
        adapter = config.adapter
        return {
            "base_model": config.base_model,
            "adapter_path": (adapter.path if adapter else None) or "",
            "adapter_sha256": adapter.sha256 if adapter else "",
            **plain_numbers(config.sampling.model_dump()),
            "worksheet": config.worksheet,
        }

    def clean_adapter_sha256(self) -> str:
        """Computed from the files when it was left empty."""
        given: str = self.cleaned_data["adapter_sha256"].strip().lower()
        path: str = self.cleaned_data.get("adapter_path", "")
        if given or not path:
            return given
        try:
            return adapter_sha256(Path(path))
        except PlayerError as error:
            raise forms.ValidationError(f"{error} Or give the sha256, if only the worker has the files.") from error

    def given(self) -> dict[str, Any]:
        data = self.cleaned_data
        names = ("temperature", "top_p", "max_new_tokens")
        sampling = {name: data[name] for name in names if data.get(name) is not None}
        path, sha256 = data.get("adapter_path") or None, data.get("adapter_sha256", "")
        adapter = {"path": path, "sha256": sha256} if path or sha256 else None
        return {
            "base_model": data.get("base_model"),
            "adapter": adapter,
            "sampling": sampling,
            "worksheet": bool(data.get("worksheet")),
        }
