"""What a worker does for the Hub, and what beat schedules."""

from uuid import UUID

from celery import shared_task

from training.adapters.transfers import TRANSFER_TASK, transfer_run, transfers_call_again


@shared_task(name=TRANSFER_TASK)
def hub_transfer(transfer_id: str) -> None:
    """Push or load an adapter; a second message for it does nothing."""
    transfer_run(UUID(transfer_id))


@shared_task(name="training.look_after_transfers")
def look_after_transfers() -> int:
    """Call workers again for transfers whose worker or message was lost."""
    return transfers_call_again()
