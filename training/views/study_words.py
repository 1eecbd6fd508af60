"""What held and what did not, in plain words; every number in them is from the database or published.

To be imported when a figure is asked for: NumPy and SciPy come with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

import numpy as np

from evaluation.statistics.paired import FEWEST_CASES, Difference, paired_differences
from evaluation.statistics.verdicts import outcome, p_words, signed
from training.forms.run import field_label
from training.models import TrainingRun
from training.selectors.curves import Point
from training.selectors.study.claims import RESOLVED, Claim, Finding, findings
from training.selectors.study.collapse import Replay
from training.selectors.study.measured import Study
from training.selectors.study.pooling import Pool
from training.selectors.study.stages import BEFORE, UNTRAINED

#: Verdict: how it is called, and the class of its tag.
TAGS: Final = {
    "held": ("held", "tag-ok"),
    "not": ("did not hold", "tag-bad"),
    "open": ("cannot be told", "tag-warn"),
    "too_few": ("cannot be told", "tag-warn"),
    "failed": ("cannot be told", "tag-warn"),
    "untried": ("not tried", ""),
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A claim, what came of it, and the runs that say so."""

    verdict: str
    claim: str
    words: str
    runs: Sequence[TrainingRun] = ()

    @property
    def tag(self) -> str:
        return TAGS[self.verdict][0]

    @property
    def tag_class(self) -> str:
        return TAGS[self.verdict][1]


def sentences(study: Study) -> list[Sentence]:
    """A sentence for each claim and set of cases; one that nothing was run for says so."""
    said: list[Sentence] = []
    for claim, found in findings(study):
        said += [_found(study, one) for one in found] or [_untried(study, claim)]
    return said


def _untried(study: Study, claim: Claim) -> Sentence:
    measured = {pool.stage for pool in (*study.pools, *study.before)}
    missing = [name for name in (claim.first, claim.second) if name not in measured]
    if missing:
        words = f"Nothing here has been measured of {' and of '.join(map(_named, missing))} yet."
    else:
        words = f"There are episodes of {_named(claim.first)} and of {claim.second}, but on no cases in common."
    return Sentence("untried", f"{claim.words}.", _said(claim) + words)


def _said(claim: Claim) -> str:
    if claim.published is None:
        return ""
    before, after = claim.published
    return f"Published: {before:.3f} → {after:.3f}, n = 4. "


def _found(study: Study, one: Finding) -> Sentence:
    claim, difference = one.claim, one.difference
    places = 2 if claim.metric == RESOLVED else 3
    before, after = (pool.figures[claim.metric].value for pool in (one.first, one.second))
    what = "resolved" if claim.metric == RESOLVED else "score by seed-1"
    words = (
        f"{_said(claim)}Ours on {study.sets[one.of_set]}: {what} {before:.{places}f} → {after:.{places}f} "
        f"({_runs(one.first)} → {_runs(one.second)}), {_difference(difference, places)}"
    )
    words += f", McNemar {p_words(difference.p)}. " if claim.metric == RESOLVED else ". "
    caveats = (_why(one.verdict, difference), _forms(one), _caveat(one.first), _caveat(one.second))
    words += " ".join(part for part in caveats if part)
    # Which runs the untrained model was played in does not matter: the table below has them.
    pools = [pool for pool in (one.first, one.second) if pool.stage != UNTRAINED]
    runs = {run.pk: run for pool in pools for reading in pool.readings if (run := reading.run) is not None}
    return Sentence(one.verdict, f"{claim.words}.", words.strip(), list(runs.values()))


def _difference(difference: Difference, places: int) -> str:
    mean = difference.mean
    sign = "+" if round(mean.value, places) > 0 else ""
    ends = f"{signed(mean.low, places)} to {signed(mean.high, places)}"
    return f"difference {sign}{signed(mean.value, places)}, 95 % {ends}, n = {difference.n}"


def _why(verdict: str, difference: Difference) -> str:
    if verdict == "too_few":
        return f"This cannot be told from n = {difference.n}: {FEWEST_CASES} cases are the fewest that could tell."
    if verdict == "failed":
        return "No episode of either succeeded: the scores differ by how they failed."
    if verdict == "open":
        return f"This cannot be told from chance with n = {difference.n}."
    return ""


def _forms(one: Finding) -> str:
    """That one of both had a form to fill in, where it did."""
    first, second = (pool.readings[0].worksheet for pool in (one.first, one.second))
    if first == second:
        return ""
    on_sheet, freely = (one.first, one.second) if first else (one.second, one.first)
    return (
        f"The answers of {_named(on_sheet.stage)} were written on a worksheet, those of {_named(freely.stage)} freely."
    )


def _runs(pool: Pool) -> str:
    count = len(pool.readings)
    return f"{_named(pool.stage)}, {count} run{'' if count == 1 else 's'}"


def _named(stage: str) -> str:
    return f"what {stage.removeprefix(BEFORE)} began with" if stage.startswith(BEFORE) else stage


def _caveat(pool: Pool) -> str:
    if not pool.changed or pool.stage.startswith(BEFORE):
        return ""
    names = ", ".join(field_label(name).lower() for name in pool.changed[:6])
    more = f" and {len(pool.changed) - 6} more" if len(pool.changed) > 6 else ""
    return f"No run of {pool.stage} has the recipe’s present settings; this one differs in {names}{more}."


def cold_sentence(runs: Sequence[TrainingRun], curves: Mapping[str, Sequence[Point]]) -> Sentence:
    """Whether a cold start had a signal: the spread of rewards within groups, of the newest run (first of `runs`)."""
    claim = "Reinforcement from a cold start has nothing to learn from."
    published = "Published: group_reward_std = 0 and n_pairs = 0, every sample of a case earned the same. "
    spreads = [value for _iteration, value in curves.get("grpo/reward_std", ()) if value is not None]
    if not runs or not spreads:
        return Sentence("untried", claim, f"{published}Nothing here has been measured of grpo-cold yet.")
    flat = [value for _iteration, value in curves.get("grpo/zero_variance_groups", ()) if value is not None]
    words = f"{published}Ours, {runs[0].name}: mean spread of rewards {sum(spreads) / len(spreads):.3f} over "
    words += f"{len(spreads)} iteration{'' if len(spreads) == 1 else 's'}"
    if flat:
        words += f", {sum(flat) / len(flat):.1f} groups without variance in each"
    without = not any(spreads)
    words += ". " + ("No group of any iteration had a signal." if without else "Some groups of it had a signal.")
    return Sentence("held" if without else "not", claim, f"{words} One run, without an interval.", runs[:1])


@dataclass(frozen=True, slots=True)
class ReplayWords:
    """A replay in words: how many were cut and when, and what that cost."""

    replay: Replay
    sentence: Sentence
    #: How many rows are left out, for the reader may not see those cases' answers.
    hidden: int


def no_replay() -> Sentence:
    """Nobody has played with the published cut."""
    return Sentence(
        "untried",
        "The prompt that repeats itself and is cut, not the model, made the untrained model fail.",
        "Published: 0.137, n = 4. Nobody has played with the published cut here yet; the end of the page says how.",
    )


def replay_words(replay: Replay, *, tellable: bool, hidden: int) -> ReplayWords:
    """`tellable`: means of its cases may be told to the reader."""
    claim = f"The prompt that repeats itself and is cut, not the model, made {replay.player.name} fail."
    pairs, turns, compared = replay.pairs, replay.cut_turns, replay.compared
    words = f"{len(turns)} of {len(pairs)} episodes were cut"
    if turns and turns[0] == turns[-1]:
        words += f", first at turn {turns[0]}"
    elif turns:
        words += f", first at turn {turns[0]} to {turns[-1]}, half of them by turn {median(turns):.0f}"
    words += ". "
    if not compared:
        words += "The same player has not played these cases in our rendering yet."
        return ReplayWords(replay, Sentence("untried", claim, words), hidden)
    if not tellable:
        words += "Their mean is told once you may see the answers, or from five cases on."
        return ReplayWords(replay, Sentence("untried", claim, words), hidden)
    ours = np.array([pair.ours.score for pair in compared if pair.ours is not None])
    cut = np.array([pair.cut.score for pair in compared])
    [difference] = paired_differences(ours[:, None], cut[:, None])
    told = outcome(difference, by_test=False)
    verdict = {"first": "held", "second": "not"}.get(told, told)
    words += f"Score by seed-1: {cut.mean():.3f} cut, {ours.mean():.3f} append-only on the same cases, "
    words += f"{_difference(difference, 3)}. {_why(verdict, difference)}"
    return ReplayWords(replay, Sentence(verdict, claim, words.strip()), hidden)
