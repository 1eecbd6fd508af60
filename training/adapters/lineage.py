"""Where a model is from: base, data set, run, checkpoint, adapter; or from the Hub."""

from dataclasses import dataclass
from functools import lru_cache

from evaluation.models import RunStatus
from evaluation.players.adapters import ADAPTER_FILES, fetch_adapter
from evaluation.players.base_model_files import HUB_IDS
from evaluation.players.configs import AdapterConfig, LocalModelConfig
from evaluation.services.players import config_of
from exceptions.models import Player
from training.adapters.peft_format import AdapterFacts, read_adapter
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


@lru_cache(maxsize=256)
def kept_facts(sha256: str) -> tuple[AdapterFacts, int]:
    """What an adapter that the desk keeps is, and the bytes of its files. What is kept by its hash never changes.

    Raises:
        PlayerError: it is not there, or was altered.
        AdapterRefused: it is one that plain PEFT does not load.
    """
    folder = fetch_adapter(sha256)
    return read_adapter(folder), sum((folder / name).stat().st_size for name in ADAPTER_FILES)
