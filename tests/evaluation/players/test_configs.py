"""What a player's configuration may hold, and what is refused with words that say why."""

from decimal import Decimal
from typing import Any, Final

import pytest
from pydantic import ValidationError

from evaluation.players.configs import ApiModelConfig, LocalModelConfig

GOOD: Final[dict[str, Any]] = {"base_url": "https://api.example.com/v1/", "model": "some-model"}


def refusal(**changed: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        ApiModelConfig.model_validate(GOOD | changed)
    [error] = refused.value.errors()
    return str(error["msg"])


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://example.com/v1", "must begin with http:// or https://"),
        ("file:///etc/passwd", "must begin with http:// or https://"),
        ("api.example.com/v1", "must begin with http:// or https://"),
        ("https://", "must begin with http:// or https://"),
        ("https://exa mple.com", "must begin with http:// or https://"),
        ("https://user:word@example.com/v1", "the key has a field of its own"),
        ("https://example.com/v1?key=1", "no “?”"),
        ("https://example.com/v1/chat/completions", "/chat/completions is added"),
        ("http://169.254.169.254/latest", "link-local"),
        ("http://[fe80::1]/v1", "link-local"),
        ("https://example.com:99999/v1", "is no address"),
    ],
)
def test_an_address_that_nothing_should_be_sent_to_is_refused(url: str, words: str) -> None:
    assert words in refusal(base_url=url)


def test_an_endpoint_on_this_machine_or_in_the_house_is_fine() -> None:
    for url in (
        "http://127.0.0.1:11434/v1",
        "http://[::1]:8000/v1",
        "http://10.0.0.7:8000/v1",
        "https://vllm.local/v1",
    ):
        assert ApiModelConfig(base_url=url, model="m").base_url == url


@pytest.mark.parametrize(
    "name", ["SECRET_KEY", "DATABASE_URL", "AWS_SECRET_ACCESS_KEY", "PATH", "openai_api_key", "$X_TOKEN"]
)
def test_only_variables_that_are_named_like_an_api_key_may_be_sent(name: str) -> None:
    assert "ends with _API_KEY or _TOKEN" in refusal(api_key_env=name)
    assert ApiModelConfig.model_validate(GOOD | {"api_key_env": "HF_TOKEN"}).api_key_env == "HF_TOKEN"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"model": "other"}, "sets model, which the desk sets itself"),
        ({"stream": True}, "sets stream"),
        ({"api_key": "sk"}, "pages show these fields"),
        ({"Authorization": "Bearer"}, "pages show these fields"),
        ({"x": float("nan")}, "what JSON cannot say"),
        ({"x": "a\0b"}, "cannot be stored"),
        ({"x": "\ud800"}, "cannot be stored"),
        ({"x": "y" * 5000}, "longer than 4000 characters"),
    ],
)
def test_further_fields_take_nothing_over_and_hold_no_secret(fields: dict[str, Any], words: str) -> None:
    assert words in refusal(extra_body=fields)


@pytest.mark.parametrize(
    ("field", "value"),
    [("temperature", 3), ("top_p", 0), ("max_tokens", 0), ("concurrency", 0), ("retries", -1), ("read_timeout", 0)],
)
def test_numbers_have_bounds(field: str, value: float) -> None:
    assert "greater than" in refusal(**{field: value}) or "less than" in refusal(**{field: value})


def test_an_unknown_field_is_refused() -> None:
    assert "not permitted" in refusal(temprature=0)


def test_a_price_is_of_both_kinds_of_tokens() -> None:
    config = ApiModelConfig.model_validate(GOOD | {"price_per_million_input": "2.50", "price_per_million_output": 10})
    assert config.price(1_000_000, 100_000) == Decimal("3.50")
    assert ApiModelConfig.model_validate(GOOD | {"price_per_million_input": 1}).price(1, 1) is None


def test_origin_is_what_a_key_is_bound_to() -> None:
    config = ApiModelConfig.model_validate(GOOD | {"base_url": "https://API.Example.com:8443/a/v1"})
    assert config.origin == "https://api.example.com:8443"
    assert not config.is_unencrypted
    assert ApiModelConfig(base_url="http://10.0.0.7/v1", model="m").is_unencrypted
    assert not ApiModelConfig(base_url="http://localhost:1/v1", model="m").is_unencrypted


def test_configurations_that_are_stored_read_back_the_same() -> None:
    config = ApiModelConfig.model_validate(GOOD | {"price_per_million_input": "0.40", "extra_body": {"a": [1]}})
    assert ApiModelConfig.model_validate(config.model_dump(mode="json")) == config
    local = LocalModelConfig.model_validate(
        {"base_model": "m", "adapter": {"path": "/a", "sha256": "0" * 64}, "sampling": {"top_p": 0.9}}
    )
    assert LocalModelConfig.model_validate(local.model_dump(mode="json")) == local
