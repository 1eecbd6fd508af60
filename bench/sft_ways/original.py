"""The original's way: one forward and backward pass for each step of a trace, batch 1, logits for all positions.

`python -m bench.sft_ways.original KIND TRACES RESULT CACHE`. The same transcripts, adapter and optimizer as ours; each
turn is a sequence of its own that ends with its answer, as `model(input_ids, labels=…)` takes it.
"""

import sys
from pathlib import Path
from typing import Any

import torch

from bench.sft_ways.material import BASE_MODEL, RECIPE, Stopwatch, in_order, traces_of
from evaluation.play import Play
from evaluation.players.chat_tokens import ChatTokens
from evaluation.transcripts import Transcript, conversation_transcript
from training.lora import load_trainee
from training.optimising import adamw, optimizer_step
from training.traces import Trace


def pass_over(model: Any, transcript: Transcript, start: int, end: int) -> None:
    """One turn: everything up to the end of its answer, the loss on the answer."""
    ids = torch.tensor([transcript.ids[:end]])
    labels = torch.full_like(ids, -100)
    labels[0, start:end] = ids[0, start:end]
    model(input_ids=ids, labels=labels, use_cache=False).loss.backward()


def transcript_of(chat: ChatTokens, trace: Trace) -> Transcript:
    play = Play.begin(trace.case, play_id=trace.case.id, played=trace.answers)
    return conversation_transcript(chat, play.conversation.messages)


def main() -> None:
    kind, count, result, cache = sys.argv[1], int(sys.argv[2]), *map(Path, sys.argv[3:])
    trainee = load_trainee(RECIPE, BASE_MODEL, cache_directory=cache)
    model, chat, watch = trainee.model.train(), ChatTokens(trainee.tokenizer), Stopwatch()
    optimizer = adamw(trainee.trained(), RECIPE.learning_rate)
    transcripts = [transcript_of(chat, trace) for trace in in_order(traces_of(kind, chat))[:count]]
    pass_over(model, transcripts[0], *transcripts[0].answers[-1])
    optimizer.zero_grad()
    watch.begin()
    for transcript in transcripts:
        for start, end in transcript.answers:
            pass_over(model, transcript, start, end)
        optimizer_step(optimizer, learning_rate=RECIPE.learning_rate, clip=RECIPE.clip)
    watch.lap()
    tokens = sum(len(transcript.ids) for transcript in transcripts)
    watch.write(result, way="the original's way", traces=count, tokens=tokens)


if __name__ == "__main__":
    main()
