"""What a machine has to train with, found out in milliseconds and without torch: the web process may ask too."""

import os
import platform
import shutil
import socket
import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Final

import psutil
from pydantic import BaseModel, ConfigDict

#: Packages that training needs, or can use.
_PACKAGES: Final = ("torch", "transformers", "peft", "accelerate", "bitsandbytes")
_MIB: Final = 1 << 20


class Machine(BaseModel):
    """Facts. Memory and disk in bytes; `gpu_memory` is None without an NVIDIA card."""

    model_config = ConfigDict(frozen=True)

    host: str
    cores: int
    memory: int
    gpu: str = ""
    gpu_memory: int | None = None
    disk_free: int
    #: Versions by name; what is not installed is left out.
    packages: dict[str, str]

    @property
    def device_memory(self) -> int:
        """Where a model would be: the card's memory, or the machine's."""
        return self.memory if self.gpu_memory is None else self.gpu_memory

    @property
    def words(self) -> str:
        """As pages call it."""
        torch = f", torch {self.packages['torch']}" if "torch" in self.packages else ""
        where = self.gpu or f"{self.cores} CPU core{'s' if self.cores != 1 else ''}"
        return f"{where}, {self.device_memory / (1 << 30):.0f} GB{torch}"


def machine_here(folder: Path) -> Machine:
    """This machine; `folder` is where checkpoints would be written."""
    gpu, gpu_memory = _gpu()
    return Machine(
        host=socket.gethostname(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        memory=psutil.virtual_memory().total,
        gpu=gpu,
        gpu_memory=gpu_memory,
        disk_free=disk_free(folder),
        packages={name: version for name in _PACKAGES if (version := _version(name))},
    )


def disk_free(folder: Path) -> int:
    """Bytes that are free where the folder is, or would be made."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


def library_words() -> str:
    """Processor, Python and libraries, as a run keeps them."""
    libraries = [f"{name} {version}" for name in _PACKAGES if (version := _version(name))]
    gpu, _memory = _gpu()
    return ", ".join([gpu or platform.machine(), f"Python {platform.python_version()}", *libraries])


def _version(name: str) -> str:
    try:
        return _installed(name)
    except metadata.PackageNotFoundError:
        return ""


@cache
def _installed(name: str) -> str:
    """Read once: what a process has found does not change under it. What is missing may come, and is asked again."""
    return metadata.version(name)


def _gpu() -> tuple[str, int | None]:
    """Name and memory of the first NVIDIA card that this process may use."""
    program = shutil.which("nvidia-smi")
    if program is None or os.environ.get("CUDA_VISIBLE_DEVICES") == "":
        return "", None
    command = [program, "--query-gpu=name,memory.total", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout
        name, mebibytes = answer.splitlines()[0].rsplit(",", 1)
        return name.strip(), int(mebibytes) * _MIB
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return "", None
