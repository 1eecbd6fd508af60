"""A player's configuration in words, and what one version changed."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from evaluation.players.configs import AdapterConfig, ApiModelConfig, LocalModelConfig
from evaluation.players.scripts import SCRIPT_PLAYERS
from evaluation.services.players import ModelConfig, config_of
from exceptions.models import Player, PlayerKind

_SHOWN: Final = 80


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and what stands beside it; `code`: as it is written somewhere else."""

    name: str
    value: str
    note: str = ""
    code: bool = False


@dataclass(frozen=True, slots=True)
class Origin:
    """One link of where a player comes from, from the base on."""

    what: str
    name: str
    note: str = ""
    href: str = ""


def short_base(player: Player) -> str:
    """What a list shows as the player's base: model, endpoint's model, or script."""
    config = player.config
    base = {
        PlayerKind.API_MODEL: config.get("model"),
        PlayerKind.LOCAL_MODEL: config.get("base_model"),
        PlayerKind.SCRIPT: config.get("script"),
    }.get(PlayerKind(player.kind))
    return str(base or "")


def short_from(player: Player) -> str:
    """What a list shows below that: the endpoint, or the adapter."""
    match config_of(player):
        case ApiModelConfig() as config:
            return config.origin
        case LocalModelConfig(adapter=adapter) if adapter is not None:
            return f"with adapter {adapter_words(adapter)}"
    return ""


def adapter_words(adapter: AdapterConfig) -> str:
    """An adapter in a word: its folder's name, or how its sha256 begins."""
    return adapter.path.rstrip("/").rpartition("/")[2] if adapter.path else f"{adapter.sha256[:12]}…"


def script_words(player: Player) -> str:
    """What a script does, in one line; empty for whoever is none."""
    return SCRIPT_PLAYERS.get(str(player.config.get("script", "")), "")


def lineage(player: Player, config: ModelConfig | None) -> list[Origin]:
    """Where the player comes from."""
    match config:
        case ApiModelConfig():
            return [Origin("Endpoint", config.base_url), Origin("Model", config.model)]
        case LocalModelConfig():
            origins = [Origin("Base model", config.base_model)]
            if config.adapter is not None:
                sum_ = f"sha256 {config.adapter.sha256[:16]}…"
                origins.append(Origin("LoRA adapter", config.adapter.path or "kept by the desk", sum_))
            return origins
    if player.kind == PlayerKind.SCRIPT:
        return [Origin("Script", short_base(player))]
    return []


def config_facts(config: ModelConfig) -> list[Fact]:
    """How a player is asked, in words."""
    return list(_api_facts(config) if isinstance(config, ApiModelConfig) else _local_facts(config))


def _api_facts(config: ApiModelConfig) -> Iterator[Fact]:
    limit = f"at most {config.max_tokens:,} tokens"
    yield Fact(
        "Answers", f"{limit}, a JSON object" if config.json_mode else limit, f"sent as {config.max_tokens_field}"
    )
    yield Fact("Drawn", _drawn(config.temperature, config.top_p), "with the episode’s seed" if config.send_seed else "")
    if config.extra_body:
        yield Fact("Further fields", json.dumps(config.extra_body, ensure_ascii=False), code=True)
    if config.price_per_million_input is not None and config.price_per_million_output is not None:
        prices = f"US$ {_dollars(config.price_per_million_input)} in, {_dollars(config.price_per_million_output)} out"
        yield Fact("Price", prices, "per million tokens")
    else:
        yield Fact("Price", "unknown")
    pace = (
        f"at most {config.requests_per_minute:,} requests a minute" if config.requests_per_minute else "no rate limit"
    )
    yield Fact("Pace", f"{pace}, {config.concurrency} at once", "in each worker process")
    yield Fact(
        "Patience",
        f"{config.retries} further attempts, {config.total_timeout:g} s for one answer",
        f"connect {config.connect_timeout:g} s, silence {config.read_timeout:g} s",
    )
    yield Fact("Rest", f"a minute after {config.circuit_failures} failures in a row")
    yield Fact("Prompt budget", "does not apply", "how long a prompt is only the endpoint can tell")


def _local_facts(config: LocalModelConfig) -> Iterator[Fact]:
    sampling = config.sampling
    yield Fact("Answers", f"at most {sampling.max_new_tokens:,} tokens")
    yield Fact("Drawn", _drawn(sampling.temperature, sampling.top_p))
    if config.worksheet:
        yield Fact("Written", "on a worksheet", "what the looks showed is given; what it comes to is the model’s")
    if config.adapter is not None:
        yield Fact("Adapter’s sha256", config.adapter.sha256, "checked whenever it is loaded", code=True)


def _drawn(temperature: float | None, top_p: float | None) -> str:
    if temperature == 0:
        return "greedily: the likeliest answer"
    words = "at the endpoint’s own temperature" if temperature is None else f"at temperature {temperature:g}"
    return words if top_p in (None, 1) else f"{words}, top p {top_p:g}"


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What a version changed: `temperature: 0.0 → 1.0`, fields inside of fields by their path."""
    old, new = dict(_flat(before)), dict(_flat(after))
    return [
        f"{path}: {_short(old.get(path))} → {_short(new.get(path))}"
        for path in sorted(old.keys() | new.keys())
        if old.get(path) != new.get(path)
    ]


def _flat(value: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, inner in value.items():
        if isinstance(inner, Mapping) and inner:
            yield from _flat(inner, f"{path}{name}.")
        else:
            yield f"{path}{name}", inner


def _short(value: Any) -> str:
    if value is None or value == "":
        return "none"
    text = str(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _dollars(value: Decimal) -> str:
    """`0.4` → `0.40`, `0.00125` stays."""
    whole, _, fraction = f"{value:f}".partition(".")
    return f"{whole}.{fraction.rstrip('0').ljust(2, '0')}"
