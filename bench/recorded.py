"""What recorded training runs say, in figures: `python -m bench.recorded [FILE ...]`, all shipped ones without a FILE.

Losses from the curves; the rest from the episodes, played again: how many answers begin with a brace, how many cases
are resolved, how many explanations say what the papers show as the papers show it; and where answers were written on a
worksheet, how many of the generated cases' texts were read right.
"""

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from evaluation.statistics.intervals import wilson
from evaluation.worksheet import Looks, filled, quoted, sentence_on_limit, sentences_on_papers
from exceptions.catalogue import load_catalogue
from exceptions.environment import Case, Decision, Environment, Slice
from exceptions.generator import UnknownFamily, readings_of, siblings_of
from training.material import FAMILIES_SEED
from training.reasoning import comparison, meaning

_SHIPPED = Path(__file__).resolve().parent.parent / "training" / "recorded"
#: Steps at either end of a curve over which a loss is averaged.
_ENDS = 12
_HALVES = 2
_CATALOGUE = {case.id for case in load_catalogue()}


def main() -> None:
    parser = argparse.ArgumentParser(description="What recorded training runs say, in figures.")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    for file in parser.parse_args().files or shipped_runs():
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            print_run([json.loads(line) for line in lines])


def shipped_runs() -> list[Path]:
    """The recordings of training runs in this package, by name."""
    return sorted(_SHIPPED.glob("*.ndjson.gz"))


def print_run(lines: Sequence[dict[str, Any]]) -> None:
    run = lines[0]
    print(f"{run['name']}: {run['done']} steps, {run['worked_seconds'] / 60:.0f} min")
    for line in lines:
        if line["line"] == "metric" and line["name"] in ("train/loss_submit", "train/loss_decision"):
            values = [value for _step, value in line["points"] if value is not None]
            first, last = fmean(values[:_ENDS]), fmean(values[-_ENDS:])
            print(f"  {line['name']}: {first:.3f}, then {last:.3f} (means of {_ENDS} steps)")
    cases = {line["case"]["id"]: Case.model_validate(line["case"]) for line in lines if line["line"] == "case"}
    played: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for line in lines:
        if line["line"] == "episode":
            played.setdefault((line["set"], line["epoch"]), []).append(line)
    for (name, epoch), episodes in played.items():
        by_kind: dict[str, list[tuple[Case, dict[str, Any]]]] = {}
        for one in episodes:
            case = cases[one["case"]]
            by_kind.setdefault(kind_of(case), []).append((case, one))
        for kind, some in sorted(by_kind.items()):
            print_evaluation(f"{name}, epoch {epoch}, {kind}", some, worksheet=run["config"].get("worksheet", False))


def kind_of(case: Case) -> str:
    """Where a case is from: twins, families left out, other generated cases, the catalogue, or another human pack."""
    if case.slice is not Slice.GENERATED:
        return "catalogue" if case.id in _CATALOGUE else "written by people"
    if case.id.startswith(f"g{FAMILIES_SEED}-"):
        return "families left out"
    return "generated" if siblings_of(case) == case.id else "twins"


def print_evaluation(name: str, episodes: Sequence[tuple[Case, dict[str, Any]]], *, worksheet: bool) -> None:
    counts: Counter[str] = Counter()
    sentences: Counter[int] = Counter()
    halves: Counter[str] = Counter()
    for case, episode in episodes:
        answers = [answer["text"] for answer in episode["answers"]]
        counts["answers"] += len(answers)
        counts["braces"] += sum(answer.lstrip().startswith("{") for answer in answers)
        resolution = Environment.replay(case, answers, rewards=episode["rewards"]).state.resolution
        truth = case.ground_truth
        if resolution is None or truth is None:
            continue
        counts["submitted"] += 1
        counts["approved"] += resolution.final_decision is Decision.APPROVE
        right = (resolution.final_decision, resolution.exception_type) == (truth.decision, truth.exception_type)
        counts["resolved"] += right
        halves[siblings_of(case)] += right
        explanation, shown = resolution.explanation or "", shown_by_papers(case)
        sentences.update(at for at, sentence in enumerate(shown) if sentence in explanation)
        counts["papers"] += all(sentence in explanation for sentence in shown)
        if worksheet and case.slice is Slice.GENERATED:
            try:
                readings = readings_of(case)
            except UnknownFamily:
                counts["of another generator"] += 1
                continue
            counts["texts"] += len(readings)
            counts["texts right"] += sum(
                f'"{quoted(one.text)}": {meaning(case, one)}. ' in explanation for one in readings
            )
    low, high = (float(end) for end in wilson(counts["resolved"], len(episodes)))
    print(
        f"  {name}: resolved {counts['resolved']} of {len(episodes)} [{low:.2f}, {high:.2f}], submitted "
        f"{counts['submitted']}, approved {counts['approved']}; {counts['braces']} of {counts['answers']} answers "
        "begin with a brace"
    )
    if len(halves) < counts["submitted"]:
        print(f"    both halves right in {sum(count == _HALVES for count in halves.values())} pairs")
    if sentences:
        by_sentence = ", ".join(str(sentences[at]) for at in range(len(shown_by_papers(episodes[0][0]))))
        print(f"    the papers are right throughout in {counts['papers']} explanations; by sentence in {by_sentence}")
    if counts["texts"]:
        print(f"    {counts['texts right']} of {counts['texts']} texts are read right")
    if counts["of another generator"]:
        print(f"    texts of {counts['of another generator']} cases are not counted: they are generated otherwise now")


def shown_by_papers(case: Case) -> list[str]:
    """The sentences on papers and limit as they should be."""
    looks = Looks.all_at(case)
    pieces = [*sentences_on_papers(looks), *sentence_on_limit(looks)]
    return [f"{sentence}." for sentence in filled(pieces, comparison).removesuffix(". ").split(". ")]


if __name__ == "__main__":
    main()
