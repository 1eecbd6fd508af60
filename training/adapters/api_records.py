"""What REST takes and gives about adapters and the Hub."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, RootModel, SecretStr

from evaluation.services.hub_token import TokenState
from evaluation.services.player_keys import MAX_KEY_CHARACTERS
from evaluation.services.players import MAX_NAME
from exceptions.models import Player
from training.adapters.lineage import AdapterLineage
from training.adapters.peft_format import AdapterFacts
from training.models import HubTransfer

_REPO = "my-company/submit-deep"
_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
Repo = Annotated[str, Field(min_length=1, max_length=200, description="`organisation/name`.", examples=[_REPO])]


class TrainedFrom(BaseModel):
    """The training that an adapter came of."""

    run: UUID = Field(examples=["0199d2a4-6c1e-7c3a-9f0b-5a4d3c2b1a10"])
    run_name: str = Field(examples=["Submit, deep, on SmolLM2-135M"])
    recipe: str = Field(examples=["submit-deep-best"])
    seed: int = Field(examples=[42])
    checkpoint: UUID = Field(examples=["0199d2a4-6c1e-7c3a-9f0b-5a4d3c2b1a11"])
    epoch: int = Field(description="Or iteration.", examples=[2])
    step: int = Field(description="Optimizer steps.", examples=[18])
    dataset: UUID | None = Field(description="Null in reinforcement.", examples=[None])
    dataset_sha256: str | None = Field(examples=[None])
    begun_from: str | None = Field(description="Slug of the model whose adapter it began with.", examples=[None])
    code_version: str = Field(examples=["1fe3d93a0c55"])


class AdapterRecord(BaseModel):
    """The adapter of a model's present version."""

    player: str = Field(examples=["submit-deep"])
    version: int = Field(examples=[1])
    base_model: str = Field(examples=["SmolLM2-135M-Instruct"])
    base_model_hub_id: str = Field(
        description="What others find it by.", examples=["HuggingFaceTB/SmolLM2-135M-Instruct"]
    )
    sha256: str = Field(
        description="Of adapter_config.json and adapter_model.safetensors, one after the other.", examples=[_SHA256]
    )
    kept: bool = Field(description="By the desk; false: in a folder of the workers.", examples=[True])
    size: int | None = Field(description="Bytes; null where the files are not here.", examples=[1_846_272])
    rank: int | None = Field(examples=[16])
    alpha: float | None = Field(examples=[32.0])
    targets: list[str] | None = Field(description="Modules that have it.", examples=[["q_proj", "v_proj"]])
    dtype: str | None = Field(examples=["F32"])
    vllm_max_lora_rank: int | None = Field(description="`--max-lora-rank` for vLLM.", examples=[16])
    trained_from: TrainedFrom | None = Field(description="Null where it was not trained here.", examples=[None])
    hub_repo: str | None = Field(description="Where it was loaded from.", examples=[None])
    hub_commit: str | None = Field(examples=[None])


class TransferRecord(BaseModel):
    """A transfer to the Hub or from there."""

    id: UUID = Field(examples=["0199d2a4-6c1e-7c3a-9f0b-5a4d3c2b1a12"])
    direction: Literal["push", "pull"] = Field(examples=["push"])
    repo: str = Field(examples=[_REPO])
    revision: str = Field(description="That was asked for, of a load.", examples=[""])
    private: bool = Field(description="Of a push.", examples=[True])
    player: str | None = Field(description="Whose adapter it is; of a load once it is there.", examples=["submit-deep"])
    player_version: int | None = Field(examples=[1])
    status: Literal["queued", "running", "succeeded", "failed"] = Field(examples=["succeeded"])
    error: str = Field(description="Why it failed, and what to do.", examples=[""])
    commit: str = Field(examples=["5d12587b26a74442cdb57892ddce512ca9d3cf37"])
    url: str = Field(examples=["https://huggingface.co/my-company/submit-deep"])
    created_at: datetime = Field(examples=["2026-03-02T08:15:00Z"])
    ended_at: datetime | None = Field(examples=["2026-03-02T08:15:09Z"])


class PushRequest(BaseModel):
    """Push a model's adapter."""

    model_config = ConfigDict(extra="forbid")

    direction: Literal["push"]
    player: str = Field(max_length=120, description="Slug.", examples=["submit-deep"])
    repo: Repo
    private: bool = Field(default=True, description="Make it private, and refuse a public one.", examples=[True])
    base_model: str = Field(
        default="", max_length=200, description="Hub id of the base, where that is on this machine only.", examples=[""]
    )


class PullRequest(BaseModel):
    """Load an adapter and register it as a model."""

    model_config = ConfigDict(extra="forbid")

    direction: Literal["pull"]
    repo: Repo
    revision: str = Field(
        default="", max_length=200, description="Branch, tag or commit; empty: the newest.", examples=["main"]
    )
    name: str = Field(
        default="", max_length=MAX_NAME, description="Of the model; empty: the repository's.", examples=["Submit deep"]
    )
    base_model: str = Field(
        default="", max_length=1000, description="What it is put onto; empty: what its files say.", examples=[""]
    )


class HubTransferRequest(RootModel[Annotated[PushRequest | PullRequest, Field(discriminator="direction")]]):
    """A transfer to begin."""


class HubTokenRequest(BaseModel):
    """A token to keep."""

    model_config = ConfigDict(extra="forbid")

    token: Annotated[SecretStr, Field(min_length=1, max_length=MAX_KEY_CHARACTERS)] = Field(examples=["hf_…"])


class HubTokenState(BaseModel):
    """Where the token is."""

    token: TokenState = Field(description="Where the web process has it from.", examples=["stored"])


def adapter_record(
    player: Player, lineage: AdapterLineage, facts: AdapterFacts | None, size: int | None
) -> AdapterRecord:
    """As clients get it."""
    return AdapterRecord(
        player=player.slug,
        version=player.version,
        base_model=lineage.base_model,
        base_model_hub_id=lineage.base_hub_id,
        sha256=lineage.adapter.sha256,
        kept=lineage.adapter.path is None,
        size=size,
        rank=facts.rank if facts else None,
        alpha=facts.alpha if facts else None,
        targets=list(facts.targets) if facts else None,
        dtype=facts.dtype if facts else None,
        vllm_max_lora_rank=facts.vllm_rank if facts else None,
        trained_from=_trained_from(lineage),
        hub_repo=lineage.pulled.repo if lineage.pulled else None,
        hub_commit=lineage.pulled.commit if lineage.pulled else None,
    )


def transfer_record(transfer: HubTransfer) -> TransferRecord:
    """As clients get it."""
    return TransferRecord.model_validate(
        {
            name: getattr(transfer, name)
            for name in TransferRecord.model_fields
            if name not in ("direction", "player", "status")
        }
        | {
            "direction": str(transfer.direction),
            "player": transfer.player.slug if transfer.player else None,
            "status": str(transfer.status),
        }
    )


def _trained_from(lineage: AdapterLineage) -> TrainedFrom | None:
    origin = lineage.trained
    if origin is None:
        return None
    run = origin.run
    return TrainedFrom(
        run=run.pk,
        run_name=run.name,
        recipe=run.recipe,
        seed=run.seed,
        checkpoint=origin.checkpoint_id,
        epoch=origin.checkpoint.epoch,
        step=origin.checkpoint.step,
        dataset=origin.dataset_id,
        dataset_sha256=origin.dataset.sha256 if origin.dataset else None,
        begun_from=run.start_from.slug if run.start_from else None,
        code_version=origin.code_version,
    )
