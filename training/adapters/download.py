"""A model's adapter as a file to take away."""

from django.http import StreamingHttpResponse

from evaluation.players.adapters import checked_adapter
from evaluation.players.protocol import PlayerError
from exceptions.models import Player
from exceptions.services.errors import DeskError
from training.adapters.archive import archive_chunks, streamed
from training.adapters.card import model_card
from training.adapters.lineage import adapter_lineage
from training.adapters.peft_format import read_adapter


class NoAdapterHere(DeskError):
    """A model without an adapter, or one whose adapter this process cannot read."""

    status = 409
    title = "There is no adapter to take away"


def adapter_archive(player: Player) -> StreamingHttpResponse:
    """A zip of the adapter and its card, checked and sent piece by piece.

    Raises:
        NoAdapterHere: there is none, or it lies on another machine, or it was altered.
        AdapterRefused: it is one that plain PEFT does not load.
    """
    lineage = adapter_lineage(player)
    if lineage is None:
        raise NoAdapterHere(f"{player.name} has no adapter: there is nothing of its own to take away.")
    try:
        folder = checked_adapter(lineage.adapter)
    except PlayerError as error:
        raise NoAdapterHere(str(error)) from error
    card = model_card(player, lineage, read_adapter(folder), base_model=lineage.base_hub_id)
    name = f"{player.slug}-v{player.version}.zip"
    return StreamingHttpResponse(
        streamed(archive_chunks(folder, card)),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Accel-Buffering": "no"},
    )
