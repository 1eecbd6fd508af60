"""Players as clients send them and get them. A key only ever comes in."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, RootModel, SecretStr
from pydantic_core import PydanticCustomError

from evaluation.api.runs import Mean
from evaluation.players.configs import ApiModelConfig, LocalModelConfig
from evaluation.services.player_keys import MAX_KEY_CHARACTERS
from evaluation.services.players import MAX_NAME, MAX_SLUG, slug_problem
from exceptions.models import PlayerKind

KeyState = Literal["none", "environment", "stored", "stored_for_another_address"]


def _slug(slug: str) -> str:
    if (problem := slug_problem(slug)) is not None:
        raise PydanticCustomError("slug", "{message}", {"message": problem})
    return slug


Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
Slug = Annotated[str, Field(max_length=MAX_SLUG), AfterValidator(_slug)]
Key = Annotated[SecretStr, Field(min_length=1, max_length=MAX_KEY_CHARACTERS)]


class PlayerRow(BaseModel):
    """A player."""

    id: UUID = Field(examples=["0199d2a4-6c1e-7c3a-9f0b-5a4d3c2b1a08"])
    slug: str = Field(description="What filters and settings name it by.", examples=["three-way-match"])
    name: str = Field(examples=["Three-way match"])
    kind: PlayerKind = Field(examples=["script"])
    version: int = Field(description="Counts up when its configuration changes.", examples=[1])
    retired_at: datetime | None = Field(description="It starts no episode any more since then.", examples=[None])
    created_at: datetime = Field(examples=["2026-03-02T08:15:00Z"])


class PlayerVersionRecord(BaseModel):
    """What a player was in one of its versions."""

    version: int = Field(examples=[1])
    config: dict[str, Any] = Field(examples=[{"base_model": "SmolLM2-135M-Instruct"}])
    created_at: datetime = Field(examples=["2026-03-02T08:15:00Z"])


class PlayerScores(BaseModel):
    """How the present version did in the newest evaluation run that it has played in."""

    run: UUID = Field(examples=["0199d2a4-6c1e-7c3a-9f0b-5a4d3c2b1a10"])
    cases: str = Field(examples=["Catalogue"])
    failed: int = Field(description="Episodes that the player could not answer.", examples=[0])
    resolved: Mean | None = Field(description="Decision and type right; Wilson's interval.")
    score: Mean | None = Field(description="By grounded-1; BCa bootstrap interval.")


class PlayerRecord(PlayerRow):
    """One player with its configuration."""

    config: ApiModelConfig | LocalModelConfig | None = Field(
        description="Of a model; null for people and scripts.", examples=[None]
    )
    key: KeyState = Field(
        description="Where an API model's key comes from; the key itself is never sent.", examples=["none"]
    )
    versions: list[PlayerVersionRecord] = Field(description="Newest first; of models only.")
    scores: PlayerScores | None = Field(description="Null before it has played.")


class ApiPlayerRequest(BaseModel):
    """A model behind an OpenAI-compatible endpoint."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["api_model"]
    name: Name = Field(examples=["GPT-4.1 mini"])
    slug: Slug | None = Field(default=None, description="Left out: made of the name.", examples=["gpt-4-1-mini"])
    config: ApiModelConfig
    key: Key | None = Field(default=None, description="Kept encrypted, and never sent back.", examples=["sk-…"])


class LocalPlayerRequest(BaseModel):
    """A model that a worker loads."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["local_model"]
    name: Name = Field(examples=["Qwen3-4B with submit-deep"])
    slug: Slug | None = Field(default=None, description="Left out: made of the name.", examples=["qwen3-submit-deep"])
    config: LocalModelConfig


class PlayerRequest(RootModel[Annotated[ApiPlayerRequest | LocalPlayerRequest, Field(discriminator="kind")]]):
    """A model to register."""


class PlayerPatch(BaseModel):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = Field(default=None, description="Not null.", examples=["GPT-4.1 mini"])
    config: dict[str, Any] | None = Field(
        default=None,
        description="The fields that change, each as a whole. Another configuration is the next version.",
        examples=[{"temperature": 0.7}],
    )
    key: Key | None = Field(
        default=None, description="A new key; null forgets the one that is kept.", examples=["sk-…"]
    )
    retired: bool | None = Field(
        default=None, description="True retires it, false lets it play again.", examples=[True]
    )
