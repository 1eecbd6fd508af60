"""A model's adapter put into its base weights for good: a whole model that needs no PEFT. Needs torch."""

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings

from evaluation.devices import choose_placement, import_torch
from evaluation.players.adapters import checked_adapter
from evaluation.players.configs import LocalModelConfig
from evaluation.players.protocol import PlayerError
from evaluation.services.players import config_of
from exceptions.models import Player


def merge_adapter(player: Player, folder: Path, *, dtype: str = "float32") -> None:
    """Write base weights plus adapter, and the tokenizer, into `folder` in the Transformers format, safetensors.

    The sum is computed in float32 on the CPU and written as `dtype` (float32, bfloat16 or float16). The folder appears
    whole or not at all.

    Raises:
        PlayerError: the player has no adapter, a file is missing or altered, or the folder is there already.
    """
    config = config_of(player)
    if not isinstance(config, LocalModelConfig) or config.adapter is None:
        raise PlayerError(f"{player.name} has no adapter: there is nothing to merge.")
    if folder.exists():
        raise PlayerError(f"{folder} is there already; give a folder that is not.")
    adapter = checked_adapter(config.adapter)
    torch = import_torch()
    from evaluation.players.base_models import load_base_model
    from evaluation.players.local_model import with_adapter

    model, tokenizer = load_base_model(
        config.base_model, placement=choose_placement("cpu", "float32"), cache_directory=settings.MODEL_CACHE_DIR
    )
    merged: Any = with_adapter(model, adapter)
    merged.to(dtype=choose_placement("cpu", dtype).dtype)
    unfinished = folder.with_name(f".writing-{folder.name}")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        with torch.no_grad():
            merged.save_pretrained(unfinished)
        tokenizer.save_pretrained(unfinished)
        unfinished.rename(folder)
    except OSError as error:
        raise PlayerError(
            f"The merged model could not be written to {folder}: {error}. Make room, or name another."
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
