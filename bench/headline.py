"""The headline table as Markdown: `python -m bench.headline [FILE ...]`, all that models have played without a FILE.

Floors and ceiling play here and now; models are the episodes of recorded runs, of training or of evaluation, played
again. A section for each of the catalogue, 30 twin pairs (seed 2007), 60 generated cases (seed 1007), cases written by
people, and families left out, where a run was tested on such (seed 3007). Resolved means decision and exception type
right, with Wilson's interval; both scores have bootstrap intervals over cases. Epoch 0 is before the first one was
through: what the run began with (the untrained model, or an adapter), or where it was tested as well, a run that was
cut off.
"""

import argparse
import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any, Final

import numpy as np

from bench.recorded import kind_of, shipped_runs
from evaluation.play import Play, play_batch
from evaluation.players.drawing import Sampling
from evaluation.players.local_model import LocalModelPlayer
from evaluation.players.scripts import SCRIPT_PLAYERS, script_player
from evaluation.rollout import rollout
from evaluation.statistics.bootstrap import bootstrap_mean
from evaluation.statistics.intervals import Estimate, rate
from exceptions.catalogue import load_catalogue
from exceptions.environment import Case, Environment, grade, load_case_pack
from exceptions.generator import generate_cases, siblings_of
from training.holdout import decided_right, resolved
from training.material import twins_that_test

_PACK = Path(__file__).resolve().parent.parent / "training" / "packs" / "handwritten.json"
_EVALUATIONS = Path(__file__).resolve().parent.parent / "evaluation" / "recorded"
_CONSTANTS: Final = [name for name in SCRIPT_PLAYERS if name.startswith("constant:")]
_FLOORS: Final = ("investigator", "random", "keyword", "three-way-match")
_HEADINGS: Final = "player | n | resolved | decision right | score `seed-1` | score `grounded-1` | steps | invalid"


def main() -> None:
    parser = argparse.ArgumentParser(description="The headline table as Markdown.")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--untrained", type=int, default=0, metavar="N", help="the base model plays N of each: minutes")
    parser.add_argument("--base", default="SmolLM2-135M-Instruct", help="that base model")
    parser.add_argument("--cache", type=Path, default=Path("var/models"), help="where it is kept, converted")
    options = parser.parse_args()
    untrained = untrained_players(options.base, options.cache) if options.untrained else {}
    models: dict[str, list[tuple[str, list[Environment]]]] = {}
    for file in options.files or [*shipped_evaluations(), *shipped_runs()]:
        for kind, name, ended in evaluations_of(file):
            models.setdefault(kind, []).append((name, ended))
    sets = {
        "catalogue": load_catalogue(),
        "twins": twins_that_test(),
        "generated": generate_cases(60, 1007),
        "written by people": load_case_pack(json.loads(_PACK.read_text())),
    }
    left_out = {env.case.id: env.case for _, ended in models.get("families left out", ()) for env in ended}
    sets["families left out"] = list(left_out.values())
    for kind, cases in sets.items():
        if not cases:
            continue
        print(f"## {kind}\n\n| {_HEADINGS} |\n|{' --- |' * (_HEADINGS.count('|') + 1)}")
        constants = [(name, played_by(name, cases)) for name in _CONSTANTS]
        best, ended = max(constants, key=lambda one: sum(map(resolved, one[1])))
        print(row_of(f"the best answer that is always the same: {best.removeprefix('constant:')}", ended))
        for floor in _FLOORS:
            print(row_of(floor, played_by(floor, cases)))
        for name, player in untrained.items():
            played = rollout(player, cases[: options.untrained])
            print(row_of(name, [one.play.env for one in played]))
        for name, ended in models.get(kind, ()):
            print(row_of(name, ended))
        print(row_of("expert, who reads the answer: the ceiling", played_by("expert", cases)), end="\n\n")


def shipped_evaluations() -> list[Path]:
    """The recordings of evaluation runs of models, by name."""
    return [path for path in sorted(_EVALUATIONS.glob("*.ndjson.gz")) if path.name != "scripts.ndjson.gz"]


def played_by(script: str, cases: Sequence[Case]) -> list[Environment]:
    """The episodes of a script on the cases."""
    plays = [Play.begin(case, play_id=case.id) for case in cases]
    play_batch(plays, script_player(script))
    return [play.env for play in plays]


def untrained_players(base: str, cache: Path) -> dict[str, LocalModelPlayer]:
    """The base model as it is, which writes its answers freely, and on a worksheet; greedy. By name."""
    lengths = {"untrained": 96, "untrained, on a worksheet": 192}
    return {
        f"{base}, {words}": LocalModelPlayer.load(
            words,
            base,
            cache_directory=cache,
            sampling=Sampling(max_new_tokens=length),
            worksheet="worksheet" in words,
        )
        for words, length in lengths.items()
    }


def evaluations_of(file: Path) -> Iterator[tuple[str, str, list[Environment]]]:
    """Kind of cases, a name, and the episodes played again, for each evaluation of a recorded run."""
    with gzip.open(file, "rt", encoding="utf-8") as text:
        lines = [json.loads(line) for line in text]
    if lines[0]["format"].startswith("invoiceguard.recorded-run/"):
        yield from _evaluated(lines[0], lines[1:])
    else:
        yield from _in_training(file.name.partition(".")[0], lines)


def _evaluated(run: dict[str, Any], lines: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str, list[Environment]]]:
    """Of an evaluation run, by player. Its cases are not in the file, and only those of the catalogue are here."""
    cases = {case.id: case for case in load_catalogue()}
    if missing := sorted(set(run["cases"]) - set(cases)):
        raise SystemExit(f"{run['name']}: {', '.join(missing)} cannot be played again, not being of the catalogue.")
    players: dict[str, list[Environment]] = {}
    for line in lines:
        texts = [step["raw"] for step in line["steps"]]
        ended = Environment.replay(cases[line["case"]], texts, rewards=run["rewards"])
        players.setdefault(line["player"], []).append(ended)
    settings = run["settings"]
    shown = ", with a demonstration" if settings["demonstration"] else ""
    if settings["rendering"] != "append_only":
        shown += f", {settings['rendering']}, {settings['prompt_policy']} at {settings['prompt_budget']}"
    for player, episodes in players.items():
        yield "catalogue", f"{player}{shown}", episodes


def _in_training(name: str, lines: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str, list[Environment]]]:
    cases = {line["case"]["id"]: Case.model_validate(line["case"]) for line in lines if line["line"] == "case"}
    found: dict[tuple[str, str, int], list[Environment]] = {}
    for line in lines:
        if line["line"] == "episode":
            case = cases[line["case"]]
            found.setdefault((kind_of(case), line["set"], line["epoch"]), []).append(ended_episode(case, line))
    worksheet = ", on a worksheet" if lines[0]["config"].get("worksheet") else ""
    for (kind, use, epoch), ended in found.items():
        yield kind, f"{name}, epoch {epoch} ({use}{worksheet})", ended


def ended_episode(case: Case, line: dict[str, Any]) -> Environment:
    """An episode of a recording, played again."""
    return Environment.replay(case, [answer["text"] for answer in line["answers"]], rewards=line["rewards"])


def row_of(name: str, ended: Sequence[Environment]) -> str:
    """A row of the table."""
    right = [resolved(env) for env in ended]
    halves: dict[str, int] = {}
    for env, is_right in zip(ended, right, strict=True):
        halves[siblings_of(env.case)] = halves.get(siblings_of(env.case), 0) + is_right
    pairs = f"; {sum(count > 1 for count in halves.values())} pairs" if len(halves) < len(ended) else ""
    steps = [step for env in ended for step in env.state.steps]
    cells = [
        name,
        str(len(ended)),
        f"{sum(right)}: {in_words(rate(np.array(right, dtype=float)))}{pairs}",
        str(sum(decided_right(env) for env in ended)),
        *(
            in_words(bootstrap_mean(np.array([grade(env.case, env.state, rubric=rubric).score for env in ended])))
            for rubric in ("seed-1", "grounded-1")
        ),
        f"{len(steps) / len(ended):.1f}",
        f"{fmean(not step.valid for step in steps):.3f}",
    ]
    return f"| {' | '.join(cells)} |"


def in_words(estimate: Estimate | None) -> str:
    """`0.41 [0.23, 0.61]`; what rounds to nothing has no sign."""
    return f"{estimate.value:z.2f} [{estimate.low:z.2f}, {estimate.high:z.2f}]" if estimate else "–"


if __name__ == "__main__":
    main()
