"""What the `config` of a model player holds, checked before it is stored and again before it is played with.

Pages show all of it: no secret belongs in it.
"""

import ipaddress
import json
import re
from decimal import Decimal
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

#: Only variables that are named like an API key may be sent to an endpoint: not the site's own secrets.
_KEY_VARIABLE: Final = re.compile(r"[A-Z][A-Z0-9_]{0,90}_(API_KEY|TOKEN)")
_OWN_FIELDS: Final = frozenset(
    {"model", "messages", "stream", "n", "max_tokens", "max_completion_tokens", "temperature", "top_p", "seed"}
)
_LOOKS_SECRET: Final = re.compile(r"api[-_]?key|authorization|secret|password|token$", re.IGNORECASE)
_MAX_EXTRA_CHARACTERS: Final = 4000
#: As `json.dumps` escapes them. A whole surrogate pair is fine.
_NOT_STORABLE: Final = re.compile(
    r"\\u0000|\\ud[89ab][0-9a-f]{2}(?!\\ud[c-f])|(?<!\\ud[89ab][0-9a-f]{2})\\ud[c-f][0-9a-f]{2}"
)
_SHA256: Final = r"^[0-9a-f]{64}$"


def _refuse(message: str) -> PydanticCustomError:
    # As a plain template it would take braces for fields.
    return PydanticCustomError("refused", "{message}", {"message": message})


def _base_url(value: str) -> str:
    """An http(s) address up to where `/chat/completions` is added."""
    value = value.strip().rstrip("/")
    try:
        parts = urlsplit(value)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise _refuse("is no address; write it like https://api.openai.com/v1") from None
    if parts.scheme not in ("http", "https") or not host or any(not 32 < ord(sign) < 127 for sign in value):
        raise _refuse("must begin with http:// or https:// and name a host, like https://api.openai.com/v1")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise _refuse("must hold no user name, no password, no “?” and no “#”; the key has a field of its own")
    if parts.path.endswith("/chat/completions"):
        raise _refuse("is the address up to /v1; /chat/completions is added to it")
    if _is_link_local(host):
        raise _refuse("is a link-local address, where clouds keep the credentials of their machines")
    return value


def _is_link_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_link_local
    except ValueError:
        return False


def _key_variable(value: str) -> str:
    value = value.strip()
    if value and not _KEY_VARIABLE.fullmatch(value):
        raise _refuse("must be the name of a variable that ends with _API_KEY or _TOKEN, like OPENAI_API_KEY")
    return value


def _extra_body(value: dict[str, Any]) -> dict[str, Any]:
    if own := sorted(_OWN_FIELDS & set(value)):
        raise _refuse(f"sets {', '.join(own)}, which the desk sets itself")
    if secret := sorted(name for name in value if _LOOKS_SECRET.search(name)):
        raise _refuse(f"holds {', '.join(secret)}: pages show these fields; a key has a field of its own")
    try:
        text = json.dumps(value, allow_nan=False)
    except (ValueError, TypeError, RecursionError):
        raise _refuse("holds what JSON cannot say, such as NaN") from None
    if len(text) > _MAX_EXTRA_CHARACTERS:
        raise _refuse(f"is longer than {_MAX_EXTRA_CHARACTERS} characters")
    if _NOT_STORABLE.search(text):
        raise _refuse("holds the character NUL or half a surrogate pair, which cannot be stored")
    return value


Price = Annotated[Decimal, Field(ge=0, le=100_000, max_digits=12, decimal_places=6)]


class ApiModelConfig(BaseModel):
    """A model behind an OpenAI-compatible chat endpoint: how it is asked and what it costs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base_url: Annotated[str, Field(max_length=500), AfterValidator(_base_url)] = Field(
        description="Address up to `/v1`; `/chat/completions` is added.", examples=["https://api.openai.com/v1"]
    )
    model: str = Field(
        min_length=1, max_length=200, description="The model's name at the endpoint.", examples=["gpt-4.1-mini"]
    )
    api_key_env: Annotated[str, AfterValidator(_key_variable)] = Field(
        default="",
        description="Environment variable of the workers that holds the key; empty for a stored key or none.",
        examples=["OPENAI_API_KEY"],
    )
    json_mode: bool = Field(
        default=False, description="Ask for a JSON object (`response_format`). Not all offer it.", examples=[True]
    )
    max_tokens: int = Field(default=512, ge=1, le=100_000, description="Longest answer, in tokens.", examples=[512])
    max_tokens_field: Literal["max_tokens", "max_completion_tokens"] = Field(
        default="max_tokens",
        description="What the endpoint calls that limit; OpenAI's newer models want the second.",
        examples=["max_completion_tokens"],
    )
    temperature: float | None = Field(
        default=0.0,
        ge=0,
        le=2,
        description="0 asks for the likeliest answer; null sends none, as some reasoning models need.",
        examples=[0.0],
    )
    top_p: float | None = Field(default=None, gt=0, le=1, description="Null sends none.", examples=[None])
    send_seed: bool = Field(
        default=True, description="Send the episode's seed; off for endpoints that refuse `seed`.", examples=[True]
    )
    extra_body: Annotated[dict[str, Any], AfterValidator(_extra_body)] = Field(
        default_factory=dict,
        description="Further fields of every request, such as `chat_template_kwargs` for vLLM. Shown on pages.",
        examples=[{"reasoning_effort": "low"}],
    )
    price_per_million_input: Price | None = Field(
        default=None, description="US dollars per million prompt tokens; null: unknown.", examples=["0.40"]
    )
    price_per_million_output: Price | None = Field(
        default=None, description="US dollars per million answer tokens; null: unknown.", examples=["1.60"]
    )
    requests_per_minute: int | None = Field(
        default=None,
        ge=1,
        le=100_000,
        description="At most so many, evenly spaced, in each worker process; null: no limit.",
        examples=[60],
    )
    concurrency: int = Field(default=8, ge=1, le=256, description="Requests in flight at once.", examples=[8])
    retries: int = Field(
        default=4,
        ge=0,
        le=20,
        description="Further attempts after 408, 425, 429, 5xx or a broken answer.",
        examples=[4],
    )
    connect_timeout: float = Field(default=10.0, gt=0, le=300, description="Seconds to connect.", examples=[10.0])
    read_timeout: float = Field(
        default=120.0, gt=0, le=3600, description="Seconds of silence until an attempt is given up.", examples=[120.0]
    )
    total_timeout: float = Field(
        default=300.0,
        gt=0,
        le=7200,
        description="Seconds for one answer, all attempts and the pauses between them included.",
        examples=[300.0],
    )
    circuit_failures: int = Field(
        default=5,
        ge=1,
        le=1000,
        description="After so many failed answers in a row nothing is sent for a minute.",
        examples=[5],
    )

    @property
    def origin(self) -> str:
        """Scheme, host and port: to whom a key is sent."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}".lower()

    @property
    def is_unencrypted(self) -> bool:
        """Whether a key would cross a network readably: plain HTTP to another machine."""
        parts = urlsplit(self.base_url)
        return parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1")

    def price(self, prompt_tokens: int, completion_tokens: int) -> Decimal | None:
        """What an answer costs, in US dollars; None when a price is not known."""
        if self.price_per_million_input is None or self.price_per_million_output is None:
            return None
        spent = self.price_per_million_input * prompt_tokens + self.price_per_million_output * completion_tokens
        return spent / 1_000_000


class AdapterConfig(BaseModel):
    """A LoRA adapter in PEFT format: where its files are, and what they must be."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str | None = Field(
        default=None,
        min_length=1,
        max_length=1000,
        description="Folder on the worker's disk. Null: the desk keeps the adapter itself, by its sha256.",
        examples=["/models/adapters/submit-deep"],
    )
    sha256: str = Field(
        pattern=_SHA256,
        description="Of adapter_config.json and adapter_model.safetensors, one after the other.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )


class SamplingConfig(BaseModel):
    """How a local model's answers are drawn; temperature 0 is greedy."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    temperature: float = Field(default=0.0, ge=0, le=10, description="0 is greedy.", examples=[0.0])
    top_p: float = Field(default=1.0, gt=0, le=1, description="1 leaves nothing out.", examples=[1.0])
    max_new_tokens: int = Field(default=192, ge=1, le=8192, description="Longest answer, in tokens.", examples=[192])


class LocalModelConfig(BaseModel):
    """A model that a worker loads: base weights, perhaps an adapter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base_model: str = Field(
        min_length=1,
        max_length=1000,
        description="`SmolLM2-135M-Instruct`, a hub id, a directory, or a GGUF file on the worker's disk.",
        examples=["Qwen/Qwen3-4B-Instruct-2507"],
    )
    adapter: AdapterConfig | None = Field(default=None, description="Null: the base model alone.")
    sampling: SamplingConfig = Field(default_factory=SamplingConfig, description="How answers are drawn.")
    worksheet: bool = Field(
        default=False,
        description="Answers are written on a worksheet, on which stands what the looks showed: for models taught so.",
    )
