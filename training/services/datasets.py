"""Data sets: made from the catalogue, by the generator or from what people resolved; stored once, never changed."""

import gzip
import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from evaluation.players.action_texts import action_text
from exceptions.environment import InvalidAction, read_action
from exceptions.models import Episode, EpisodeOrigin, EpisodeStatus, Grade
from exceptions.services.errors import DeskError
from training.models import DatasetKind, TrainingDataset
from training.recipes import SftRecipe, practice_words
from training.traces import Trace, dump_traces, load_traces, traces_sha256

MOST_TRACES = 100_000
#: Cases that the web process makes at once: a few seconds.
MOST_AT_ONCE = 5_000
#: What of a recipe decides a data set of generated cases.
_GENERATED: Final = {
    *("case_count", "case_seed", "families", "twin_share", "wordings", "shuffled_share"),
    *("drills_per_case", "sheets_per_case"),
}


class DatasetRefused(DeskError):
    """A data set that cannot be made or read."""

    status = 422
    title = "The data set was not made"


def dataset_of_recipe(*, recipe: SftRecipe, user: User | None, name: str = "") -> TrainingDataset:
    """The expert traces of a recipe's cases, stored unless they are there already."""
    from training.material import training_traces

    generated = recipe.source == "generated"
    fields = _GENERATED | {"source"}
    spec = recipe.model_dump(mode="json", include=fields if generated else {"source", "trace_lengths"})
    looks = ", ".join(str(length) for length in recipe.trace_lengths)
    words = (
        f"{recipe.case_count:,} generated cases of seed {recipe.case_seed}{practice_words(spec)}"
        if generated
        else f"18 cases of the catalogue, {looks} looks"
    )
    kind = DatasetKind.GENERATED if generated else DatasetKind.CATALOGUE
    return dataset_store(name=name.strip() or words, kind=kind, spec=spec, traces=training_traces(recipe), user=user)


def dataset_make(
    *, kind: str, user: User | None, name: str = "", spec: Mapping[str, Any] | None = None
) -> TrainingDataset:
    """Make a data set of a kind: `catalogue` (`trace_lengths`), `generated` (`case_count`, `case_seed`, `families`,
    `twin_share`, `wordings`, `shuffled_share`, `drills_per_case`, `sheets_per_case`: neither unless asked
    for), or `human`. The same traces once more are the data set that is there.

    Raises:
        DatasetRefused: no such kind or field, a value that it cannot have, or nothing to make it from.
    """
    from training.material import cases_made
    from training.services.runs import TrainingRefused, recipe_with

    spec = dict(spec or {})
    allowed = {
        DatasetKind.CATALOGUE: {"trace_lengths"},
        DatasetKind.GENERATED: _GENERATED,
        DatasetKind.HUMAN: set(),
    }
    if kind not in allowed:
        raise DatasetRefused(f"There is no kind {kind[:40]!r}; choose one of {', '.join(allowed)}.")
    if unknown := sorted(set(spec) - allowed[DatasetKind(kind)]):
        known = ", ".join(sorted(allowed[DatasetKind(kind)])) or "nothing"
        raise DatasetRefused(f"A data set of this kind takes {known}, not {', '.join(unknown)}.")
    if kind == DatasetKind.HUMAN:
        return dataset_of_people(name=name, user=user)
    generated = kind == DatasetKind.GENERATED
    changes = {"drills_per_case": 0, "sheets_per_case": 0} | spec if generated else spec
    try:
        recipe = recipe_with("generated" if generated else "full-trace", changes)
    except TrainingRefused as refused:
        raise DatasetRefused(str(refused)) from refused
    assert isinstance(recipe, SftRecipe)  # noqa: S101 - narrows the type only
    if generated and cases_made(recipe) > MOST_AT_ONCE:
        raise DatasetRefused(f"At most {MOST_AT_ONCE:,} cases at once; a run makes larger sets itself.")
    return dataset_of_recipe(recipe=recipe, user=user, name=name)


def dataset_of_people(*, user: User | None, name: str = "") -> TrainingDataset:
    """What people submitted on cases with an answer, each as it was played: the resolved ones, whoever played them.

    A resolution counts when it was graded as resolved (decision and type both right): only then is it worth learning
    from. The newest of each person on each case version.

    Raises:
        DatasetRefused: there is none.
    """
    resolved = Grade.objects.filter(episode=OuterRef("pk"), revision=None, resolved=True)
    episodes = (
        Episode.objects.filter(
            Q(origin__in=[EpisodeOrigin.DESK, EpisodeOrigin.API]),
            Exists(resolved),
            status=EpisodeStatus.ENDED,
            stop_reason="submitted",
        )
        .select_related("case_version__case", "case_version__truth")
        .prefetch_related("steps")
        .order_by("case_version", "player", "-created_at")
        .distinct("case_version", "player")
    )
    chosen = sorted(episodes[:MOST_TRACES], key=lambda episode: episode.pk)
    traces = [trace for episode in chosen if (trace := human_trace(episode)) is not None]
    if not traces:
        raise DatasetRefused("Nobody has resolved a case yet: decision and type both right, on a case with an answer.")
    spec = {"episodes": [str(episode.pk) for episode in chosen]}
    words = name.strip() or f"{len(traces)} resolutions by people"
    return dataset_store(name=words, kind=DatasetKind.HUMAN, spec=spec, traces=traces, user=user)


def human_trace(episode: Episode) -> Trace | None:
    """An ended episode as a trace: its valid actions as a model would write them. None when its last is no action."""
    answers = []
    for step in episode.steps.all():
        if not step.valid or step.action is None:
            continue
        try:
            answers.append(action_text(read_action(step.action)))
        except InvalidAction:
            return None
    return Trace(episode.case_version.answered, tuple(answers)) if answers else None


def dataset_store(
    *, name: str, kind: str, spec: Mapping[str, Any], traces: Sequence[Trace], user: User | None
) -> TrainingDataset:
    """Store traces as a data set; the same traces are the data set that is there, under whatever name.

    Raises:
        DatasetRefused: no traces, or the storage does not take the file.
    """
    if not traces:
        raise DatasetRefused("A data set needs at least one trace.")
    sha256 = traces_sha256(traces)
    if known := TrainingDataset.objects.filter(sha256=sha256).first():
        return known
    dataset = TrainingDataset(
        name=name.strip()[:150],
        kind=kind,
        spec=dict(spec),
        sha256=sha256,
        traces=len(traces),
        cases=len({trace.case.id for trace in traces}),
        created_by=user,
    )
    packed = io.BytesIO()
    # Without name and time in the header, the same traces give the same bytes.
    with gzip.GzipFile("", "wb", 6, packed, mtime=0) as file:
        file.writelines(dump_traces(traces))
    try:
        dataset.file.save(f"{sha256}.ndjson.gz", ContentFile(packed.getvalue()), save=False)
    except OSError as error:
        raise DatasetRefused(
            f"The storage of data sets does not take the file ({error}); make room, or check DATASET_STORAGE."
        ) from error
    try:
        with transaction.atomic():
            dataset.save(force_insert=True)
    except IntegrityError:
        # Somebody else has made the same at the same time.
        dataset.file.delete(save=False)
        return TrainingDataset.objects.get(sha256=sha256)
    return dataset


def dataset_traces(dataset: TrainingDataset) -> list[Trace]:
    """The traces of a data set, checked against its hash.

    Raises:
        DatasetRefused: the file is gone, damaged or altered.
    """
    try:
        with dataset.file.open("rb") as raw, gzip.open(raw, "rb") as file:
            traces = load_traces(file)
    except (OSError, EOFError, ValueError) as error:
        raise DatasetRefused(
            f"The file of the data set “{dataset.name}” cannot be read ({error}); bring {dataset.file.name} back into "
            "the storage of data sets, or launch the run without it."
        ) from error
    if traces_sha256(traces) != dataset.sha256:
        raise DatasetRefused(
            f"The file of the data set “{dataset.name}” was altered: its traces are no longer those with the sha256 "
            f"{dataset.sha256}."
        )
    return traces
