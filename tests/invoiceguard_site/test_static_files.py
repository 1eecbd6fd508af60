"""Static files are collected when they changed, and only then."""

from pathlib import Path

import pytest
from pytest_django import Settings

from invoiceguard_site.static_files import static_files_collect


@pytest.fixture
def source(tmp_path: Path, settings: Settings) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "desk.css").write_text("a{}")
    settings.STATICFILES_DIRS = [folder]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "static"
    return folder


def test_they_are_collected_once(source: Path, tmp_path: Path) -> None:
    assert static_files_collect(target=tmp_path / "static")
    assert not static_files_collect(target=tmp_path / "static")
    assert (tmp_path / "static" / "desk.css").read_text() == "a{}"


def test_a_changed_file_is_collected(source: Path, tmp_path: Path) -> None:
    static_files_collect(target=tmp_path / "static")
    (source / "desk.css").write_text("a{color:red}")
    assert static_files_collect(target=tmp_path / "static")
    assert (tmp_path / "static" / "desk.css").read_text() == "a{color:red}"


def test_a_removed_file_goes(source: Path, tmp_path: Path) -> None:
    (source / "old.css").write_text("")
    static_files_collect(target=tmp_path / "static")
    (source / "old.css").unlink()
    static_files_collect(target=tmp_path / "static")
    assert not (tmp_path / "static" / "old.css").exists()
