"""The tiny Qwen3 with two words more, each a whole answer, taught in seconds to say them: something to reinforce."""

from pathlib import Path
from typing import Any

from evaluation.devices import import_torch
from evaluation.play import Play
from evaluation.players.chat_tokens import ChatTokens
from exceptions.catalogue import load_catalogue
from exceptions.environment import Case
from tests.tiny_model import build_tiny_model

torch = import_torch()

LOOK = '{"action_type": "compare_quantity"}'
SUBMIT = '{"action_type": "submit_final_resolution", "final_decision": "place_on_hold"}'


def short_cases(count: int, steps: int = 2) -> list[Case]:
    """Catalogue cases that are over after a few steps: only a submit earns anything."""
    return [case.model_copy(update={"max_steps": steps}) for case in load_catalogue()[:count]]


def build_speaking_model(folder: Path) -> Path:
    """Write model and tokenizer into `folder`; returns it. It looks four times in five, and else submits."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.set_num_threads(1)
    build_tiny_model(folder)
    tokenizer: Any = AutoTokenizer.from_pretrained(folder)
    tokenizer.add_tokens([LOOK, SUBMIT])
    model: Any = AutoModelForCausalLM.from_pretrained(folder)
    model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    chat = ChatTokens(tokenizer)
    prompt = chat.prompt(Play.begin(short_cases(1)[0], play_id="taught").conversation.messages)
    look, submit = tokenizer.convert_tokens_to_ids([LOOK, SUBMIT])
    wanted = torch.zeros(2, len(tokenizer))
    wanted[0, look], wanted[0, submit], wanted[1, chat.turn_end] = 0.8, 0.2, 1.0
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(40):
        for answer in (look, submit):
            logits = model(torch.tensor([[*prompt, answer]]), logits_to_keep=2).logits[0]
            torch.nn.functional.cross_entropy(logits, wanted).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
