"""A checkpoint is there whole or not at all."""

from pathlib import Path

import pytest

from training.checkpoints import CheckpointNotWritten, all_checkpoints, latest_checkpoint, write_checkpoint


def _fill(folder: Path) -> None:
    for name in ("adapter_config.json", "adapter_model.safetensors", "trainer_state.pt"):
        (folder / name).write_text(folder.name)


def _broken(folder: Path) -> None:
    (folder / "adapter_config.json").write_text("half")
    raise OSError(28, "No space left on device")


def test_a_disk_that_is_full_leaves_earlier_checkpoints_intact(tmp_path: Path) -> None:
    kept = write_checkpoint(tmp_path, kind="epoch", epoch=1, step=4, scores={"eval/score": 0.5}, write=_fill)
    with pytest.raises(CheckpointNotWritten, match=r"No space left on device.*make room"):
        write_checkpoint(tmp_path, kind="epoch", epoch=2, step=8, scores={}, write=_broken)
    assert all_checkpoints(tmp_path) == [kept]
    assert [path.name for path in tmp_path.iterdir()] == [kept.folder.name]


def test_what_was_being_written_when_the_power_went_is_no_checkpoint(tmp_path: Path) -> None:
    kept = write_checkpoint(tmp_path, kind="epoch", epoch=1, step=4, scores={}, write=_fill)
    unfinished = tmp_path / ".writing-epoch-0002-0000008"
    unfinished.mkdir()
    (unfinished / "checkpoint.json").write_text((kept.folder / "checkpoint.json").read_text())
    assert latest_checkpoint(tmp_path) == kept
    again = write_checkpoint(tmp_path, kind="epoch", epoch=2, step=8, scores={}, write=_fill)
    assert latest_checkpoint(tmp_path) == again
    assert not unfinished.exists()


def test_a_rolling_checkpoint_gives_way_to_the_next(tmp_path: Path) -> None:
    for kind, epoch, step in (("rolling", 0, 2), ("rolling", 0, 4), ("epoch", 1, 4), ("rolling", 1, 6)):
        write_checkpoint(tmp_path, kind=kind, epoch=epoch, step=step, scores={}, write=_fill)  # type: ignore[arg-type]
    assert [(one.kind, one.step) for one in all_checkpoints(tmp_path)] == [("epoch", 4), ("rolling", 6)]


def test_there_is_none_at_first(tmp_path: Path) -> None:
    assert latest_checkpoint(tmp_path / "nowhere") is None
