"""TRL's GRPOTrainer with an environment factory, made to sample what we sampled.

`python -m bench.grpo_ways.trl ADAPTER EPISODES RESULT CACHE [BASE_MODEL]`, by the Python of the environment that has
TRL. `generate` computes everything as ever; a logits processor then lets each row draw the token that our engine drew
in the same conversation. So both play and learn from the same tokens, in as many optimizer steps. Our JSON action is
TRL's tool call: what reads it is told so, and the chat template shows a tool's answer as ours shows an observation.
"""

import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from bench.grpo_ways.material import BASE_MODEL, RECIPE, Measured, Stopwatch, cases_of, read_episodes
from evaluation.devices import import_torch
from evaluation.play import Play
from exceptions.environment import Case, Environment, render_text
from training.grpo.groups import Trajectory
from training.lora import load_trainee

torch = import_torch()
_MICRO_BATCH = 4
_TEMPLATE = """\
{%- for message in messages -%}
{{- '<|im_start|>' + ('user' if message.role == 'tool' else message.role) + '\\n' + message.content -}}
{%- for call in message.tool_calls or [] -%}
{{- call.function.name + ' ' + (call.function.arguments | tojson) -}}
{%- endfor -%}
{{- '<|im_end|>\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '<|im_start|>assistant\\n' -}}
{%- endif -%}
"""


class Desk:
    """The environment as TRL wants one: `reset`, and a tool for each thing that can be done."""

    cases: dict[str, Case] = {}

    def reset(self, case_id: str, **_row: Any) -> None:
        self.env = Environment(self.cases[case_id], RECIPE.rewards)

    def act(self, answer: str) -> str:
        """Do what the answer says.

        Args:
            answer: one JSON object.

        Returns:
            What it brought.
        """
        return render_text(self.env.step(answer))


class Script:
    """What was sampled after each conversation, sample by sample."""

    def __init__(self, episodes: list[Any], end: int) -> None:
        self._next: dict[tuple[int, ...], list[tuple[int, ...]]] = defaultdict(list)
        self._going_on: set[tuple[int, ...]] = set()
        for episode in episodes:
            trajectory: Trajectory = episode.trajectory
            for number, (start, stop) in enumerate(episode.answers):
                self._next[trajectory.ids[:start]].append(trajectory.ids[start:stop])
                if trajectory.ids[stop - 1] != end:
                    raise ValueError("an answer does not end its turn")
                if number + 1 < len(episode.answers):
                    self._going_on.add(trajectory.ids[:stop])

    def draw(self, conversation: tuple[int, ...]) -> tuple[int, ...]:
        """The next sample's answer; a conversation that nobody had is an error."""
        return self._next[conversation].pop(0)

    def goes_on(self, conversation: tuple[int, ...]) -> bool:
        """Whether the environment answered to this."""
        return conversation in self._going_on


class Forced:
    """Lets each row of a batch draw the answer that stands in the script."""

    def __init__(self, answers: list[tuple[int, ...]], begun: int) -> None:
        self._answers, self._begun = answers, begun

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        at = input_ids.shape[1] - self._begun
        wanted = torch.tensor([answer[min(at, len(answer) - 1)] for answer in self._answers])[:, None]
        return torch.full_like(scores, -torch.inf).scatter(1, wanted, 0.0)


def scripted(model: Any, script: Script) -> None:
    """Let `model.generate` draw from the script."""
    plain = model.generate

    def generate(**given: Any) -> Any:
        ids, mask = given["input_ids"], given["attention_mask"].bool()
        answers = [script.draw(tuple(row[kept].tolist())) for row, kept in zip(ids, mask, strict=True)]
        return plain(**given, logits_processor=[Forced(answers, ids.shape[1])])

    model.generate = generate


def main() -> None:
    adapter, episodes_file, result, cache = sys.argv[1:5]
    base = sys.argv[5] if len(sys.argv) > 5 else BASE_MODEL
    import trl.trainer.grpo_trainer as trl_grpo
    from datasets import Dataset
    from trl import GRPOConfig, GRPOTrainer

    episodes = read_episodes(Path(episodes_file))
    trainee = load_trainee(RECIPE, base, adapter=Path(adapter), cache_directory=Path(cache), device="cpu")
    tokenizer: Any = trainee.tokenizer
    tokenizer.chat_template, tokenizer.response_template = _TEMPLATE, "ours"
    script = Script(episodes, tokenizer.eos_token_id)
    cases = cases_of(len(episodes) // RECIPE.group_size)
    Desk.cases = {case.id: case for case in cases}
    rewards = iter([one.trajectory.reward for one in episodes])

    def read_answer(_tokenizer: Any, ids: list[int], prefix: list[int], tools: Any) -> dict[str, Any]:
        text = tokenizer.decode(ids, skip_special_tokens=True)
        if not script.goes_on((*prefix, *ids)):
            return {"role": "assistant", "content": text}
        call = {"type": "function", "function": {"name": "act", "arguments": {"answer": text}}}
        return {"role": "assistant", "content": "", "tool_calls": [call]}

    trl_grpo.parse_response = read_answer  # type: ignore[assignment]
    steps, micro_batches = len(episodes) // RECIPE.trajectories_per_step, len(episodes) // _MICRO_BATCH
    messages = {case.id: Play.begin(case, play_id=case.id).conversation.messages for case in cases}
    rows = {
        "prompt": [[{"role": one.role, "content": one.content} for one in messages[case.id]] for case in cases],
        "case_id": [case.id for case in cases],
    }
    with tempfile.TemporaryDirectory() as folder:
        config = GRPOConfig(
            output_dir=folder,
            max_steps=max(1, steps),
            per_device_train_batch_size=_MICRO_BATCH,
            gradient_accumulation_steps=max(1, micro_batches // max(1, steps)),
            steps_per_generation=micro_batches,
            num_generations=RECIPE.group_size,
            max_completion_length=4096,
            temperature=RECIPE.temperature,
            loss_type="dapo",
            beta=RECIPE.kl_weight,
            epsilon=RECIPE.clip_range,
            learning_rate=RECIPE.learning_rate,
            lr_scheduler_type="constant",
            max_grad_norm=RECIPE.clip,
            shuffle_dataset=False,
            gradient_checkpointing=False,
            bf16=False,
            use_cpu=True,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
        )
        trainer = GRPOTrainer(
            model=trainee.peft,
            reward_funcs=lambda completions, **_: [next(rewards) for _ in completions],
            args=config,
            train_dataset=Dataset.from_dict(rows),
            processing_class=tokenizer,
            environment_factory=Desk,
        )
        scripted(trainer.model, script)
        playing, whole = Stopwatch(), Stopwatch()
        generate: Any = trainer._generate

        def timed(prompts: Any) -> Any:
            with playing:
                return generate(prompts)

        trainer._generate = timed
        with whole:
            trainer.train()
    tokens = sum(one.turn_tokens for one in episodes)
    learning = whole.wall - playing.wall
    Measured("TRL", len(episodes), tokens, playing.wall, learning, whole.cpu).write(Path(result))


if __name__ == "__main__":
    main()
