"""Base models: where their weights come from, and GGUF files converted once into something that loads in a second.

Imported only where torch is wanted. Reading the 98 MB GGUF of SmolLM2-135M takes half a minute (its metadata is
parsed and its weights dequantised); the converted folder is mapped into memory in well under a second.
"""

import fcntl
import hashlib
import os
import shutil
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from evaluation.devices import Placement
from evaluation.players.base_model_files import PACKAGED_MODELS, gguf_file
from evaluation.players.protocol import PlayerError

__all__ = ["PACKAGED_MODELS", "converted_gguf", "gguf_file", "load_base_model"]


def load_base_model(
    name: str, *, placement: Placement, cache_directory: Path | None = None
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Load a base model in evaluation mode, and its tokenizer.

    Args:
        name: a packaged model (`PACKAGED_MODELS`), a GGUF file, a directory in the Transformers format, or a hub
            id.
        placement: device and number type.
        cache_directory: where converted GGUF files are kept; without one they are converted at every load.

    Raises:
        PlayerError: the model is not there or cannot be read; says what to install or give.
    """
    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # a worker's log is no terminal
    gguf = gguf_file(name)
    try:
        if gguf is None:
            return _load_folder(name, placement)
        if cache_directory is not None:
            return _load_folder(str(converted_gguf(gguf, cache_directory)), placement)
        model: Any
        model, tokenizer = _read_gguf(gguf)
    except (OSError, ValueError, KeyError, ImportError, struct.error) as error:
        raise PlayerError(
            f"The base model “{name}” cannot be loaded: {error} "
            "Give a packaged model, a GGUF file, a directory with safetensors weights, "
            "or a hub id that this machine can reach."
        ) from error
    model.to(device=placement.device, dtype=placement.dtype)
    return model.eval(), tokenizer


def converted_gguf(gguf: Path, cache_directory: Path) -> Path:
    """The folder under `cache_directory` with this GGUF file as float32 safetensors; made when it is not there.

    The folder is named by the file's sha256 and appears whole or not at all. Of several processes that want it,
    one converts and the others wait.
    """
    target = cache_directory / f"{gguf.stem}-{_sha256(gguf)[:16]}"
    if target.is_dir():
        return target
    cache_directory.mkdir(parents=True, exist_ok=True)
    with _locked(cache_directory / ".lock"):
        if target.is_dir():
            return target
        for abandoned in cache_directory.glob(".converting-*"):
            shutil.rmtree(abandoned)
        folder = tempfile.mkdtemp(prefix=".converting-", dir=cache_directory)
        model, tokenizer = _read_gguf(gguf)
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        Path(folder).rename(target)
    return target


def _load_folder(name: str, placement: Placement) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    model: Any = AutoModelForCausalLM.from_pretrained(
        name, dtype=placement.dtype, attn_implementation=placement.attention, use_safetensors=True
    )
    return model.to(placement.device).eval(), _tokenizer(name)


def _read_gguf(gguf: Path) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    model: Any = AutoModelForCausalLM.from_pretrained(str(gguf.parent), gguf_file=gguf.name)
    # The weights are plain floats now; what still says that they are quantised keeps them from being saved.
    model.hf_quantizer = None
    model.is_quantized = False
    del model.config.quantization_config
    return model, _tokenizer(str(gguf.parent), gguf_file=gguf.name)


def _tokenizer(name: str, **options: str) -> PreTrainedTokenizerBase:
    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(name, **options)
    return tokenizer


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
