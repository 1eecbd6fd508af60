"""Where a model is from: base, data set, run, checkpoint, adapter; or from the Hub."""

from dataclasses import dataclass

from evaluation.models import RunStatus
from evaluation.players.adapters import ADAPTER_FILES, adapter_storage
from evaluation.players.base_model_files import HUB_IDS
from evaluation.players.configs import AdapterConfig, LocalModelConfig
from evaluation.services.players import config_of
from exceptions.models import Player
from training.models import Direction, HubTransfer, ModelLineage


@dataclass(frozen=True, slots=True)
class AdapterLineage:
    """The links of a chain; None where one is not known, or the adapter came otherwise."""

    base_model: str
    adapter: AdapterConfig
    trained: ModelLineage | None
    pulled: HubTransfer | None

    @property
    def base_hub_id(self) -> str:
        """What others call the base model; the name as it is, where that says it."""
        return HUB_IDS.get(self.base_model, self.base_model)


def adapter_lineage(player: Player) -> AdapterLineage | None:
    """Of the player's present version; None for a player without an adapter. Two queries."""
    config = config_of(player)
    if not isinstance(config, LocalModelConfig) or config.adapter is None:
        return None
    trained = (
        ModelLineage.objects.filter(player=player, player_version=player.version)
        .select_related("run__start_from", "run__created_by", "checkpoint", "dataset")
        .first()
    )
    pulled = HubTransfer.objects.filter(
        player=player, player_version=player.version, direction=Direction.PULL, status=RunStatus.SUCCEEDED
    ).first()
    return AdapterLineage(config.base_model, config.adapter, trained, pulled)


def kept_bytes(adapter: AdapterConfig) -> int | None:
    """Bytes of an adapter that the desk keeps; None where it lies elsewhere, or the storage cannot say."""
    if adapter.path is not None:
        return None
    storage = adapter_storage()
    try:
        return sum(storage.size(f"{adapter.sha256}/{name}") for name in ADAPTER_FILES)
    except Exception:  # noqa: BLE001 - a storage raises what its client raises; a page is no place to fail for it
        return None
