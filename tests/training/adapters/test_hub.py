"""An adapter goes to the Hub and comes back the same; what goes wrong is said in words that tell what to do."""

import logging
from pathlib import Path

import pytest
from pydantic import SecretStr

from evaluation.players.adapters import ADAPTER_FILES, adapter_sha256
from tests.training.adapters.fake_hub import GOOD_TOKEN, FakeHub
from training.adapters.hub import Hub, HubFailed

# huggingface_hub sends bytes in a way that httpx2 has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
REPO = "desk/submit-deep"
WEIGHTS = ADAPTER_FILES[1]


def hub_of(server: FakeHub, token: str | None = GOOD_TOKEN) -> Hub:
    return Hub(server.url, SecretStr(token) if token else None)


def push(hub: Hub, adapter: Path, *, repo: str = REPO, private: bool = True) -> str:
    return hub.push(adapter, repo, card="# Card\n", private=private, message="Push").revision


def test_it_makes_the_repository_and_commits_adapter_and_card_together(server: FakeHub, adapter: Path) -> None:
    made = hub_of(server).push(adapter, REPO, card="# Card\n", private=True, message="Submit deep, version 1")
    assert server.files(REPO) == {"README.md": b"# Card\n"} | {n: (adapter / n).read_bytes() for n in ADAPTER_FILES}
    assert server.repos[REPO].private
    assert list(server.repos[REPO].commits)[1:] == [made.revision]
    assert made.url == f"{server.url}/{REPO}/tree/{made.revision}"


def test_what_is_there_already_is_not_sent_again(server: FakeHub, adapter: Path) -> None:
    first = push(hub_of(server), adapter)
    assert push(hub_of(server), adapter) == first
    assert sum(method == "PUT" for method, *_ in server.asked) == 1


def test_what_comes_back_is_what_was_pushed(server: FakeHub, adapter: Path, tmp_path: Path) -> None:
    revision = push(hub_of(server), adapter)
    found = hub_of(server).pull(REPO, tmp_path / "pulled")
    assert found.revision == revision
    assert adapter_sha256(tmp_path / "pulled") == adapter_sha256(adapter)


def test_an_earlier_revision_can_be_loaded(server: FakeHub, adapter: Path, tmp_path: Path) -> None:
    revision = push(hub_of(server), adapter)
    server.put(REPO, {WEIGHTS: b"something else"})
    assert hub_of(server).pull(REPO, tmp_path / "pulled", revision=revision).revision == revision
    assert adapter_sha256(tmp_path / "pulled") == adapter_sha256(adapter)


def test_a_public_one_is_loaded_without_a_token(server: FakeHub, adapter: Path, tmp_path: Path) -> None:
    push(hub_of(server), adapter, private=False)
    server.asked.clear()
    hub_of(server, None).pull(REPO, tmp_path / "pulled")
    assert {token for _method, _path, token in server.asked} == {""}


def test_a_download_that_breaks_off_goes_on(server: FakeHub, adapter: Path, tmp_path: Path) -> None:
    push(hub_of(server), adapter)
    server.break_off[f"resolve/{server.repos[REPO].newest}/{WEIGHTS}"] = 1
    hub_of(server).pull(REPO, tmp_path / "pulled")
    assert adapter_sha256(tmp_path / "pulled") == adapter_sha256(adapter)


def test_an_upload_that_breaks_off_is_sent_again(server: FakeHub, adapter: Path) -> None:
    server.break_off["/lfs/"] = 1
    push(hub_of(server), adapter)
    assert server.files(REPO)[WEIGHTS] == (adapter / WEIGHTS).read_bytes()


@pytest.mark.parametrize("name", ADAPTER_FILES)
def test_an_altered_file_is_refused(server: FakeHub, adapter: Path, tmp_path: Path, name: str) -> None:
    push(hub_of(server), adapter)
    server.alter = name
    with pytest.raises(HubFailed, match=f"{name} of {REPO} is not what the Hub says that it is: its hash is"):
        hub_of(server).pull(REPO, tmp_path / "pulled")


def test_a_repository_without_an_adapter_is_told_from_one_with(server: FakeHub, tmp_path: Path) -> None:
    server.put(REPO, {"config.json": b"{}", "model.safetensors": b""})
    with pytest.raises(HubFailed, match=r"has no adapter_config\.json: .* A whole model is registered"):
        hub_of(server).pull(REPO, tmp_path)


@pytest.mark.parametrize(
    ("token", "repo", "revision", "words"),
    [
        (GOOD_TOKEN, "desk/nothing", None, "has no desk/nothing, or its token may not see it \\(it says 404\\)"),
        (None, "desk/nothing", None, "has no desk/nothing, or it is private and no token is set \\(it says 401\\)"),
        (None, REPO, None, f"has no {REPO}, or it is private and no token is set"),
        ("hf_wrong", REPO, None, "does not take the token \\(401\\): it is wrong or has run out; set another"),
        (GOOD_TOKEN, REPO, "v9", "has no revision “v9”; give a branch, a tag or a commit"),
        (GOOD_TOKEN, "no name at all", None, "“no name at all” is no name of a repository"),
    ],
)
def test_what_cannot_be_loaded_is_said_with_what_to_do(
    server: FakeHub, tmp_path: Path, token: str | None, repo: str, revision: str | None, words: str
) -> None:
    server.put(REPO, {WEIGHTS: b""}, private=True)
    with pytest.raises(HubFailed, match=words):
        hub_of(server, token).pull(repo, tmp_path, revision=revision)


@pytest.mark.parametrize(
    ("token", "refuse", "words"),
    [
        (None, {}, "wants a token \\(401\\): set one, or HF_TOKEN"),
        ("hf_wrong", {}, "does not take the token \\(401\\)"),
        (GOOD_TOKEN, {"repos/create": 403, "api/models": 403}, f"may not write {REPO} \\(403\\)"),
        (GOOD_TOKEN, {"/commit/": 413}, "refused with status 413: refused; you sent Bearer •••"),
    ],
)
def test_what_cannot_be_pushed_is_said_with_what_to_do(
    server: FakeHub, adapter: Path, token: str | None, refuse: dict[str, int], words: str
) -> None:
    server.refuse = refuse
    with pytest.raises(HubFailed, match=words):
        push(hub_of(server, token), adapter)
    assert REPO not in server.repos or not server.files(REPO)


def test_private_is_not_pushed_into_a_public_repository(server: FakeHub, adapter: Path) -> None:
    server.put(REPO, {})
    with pytest.raises(HubFailed, match="is there already and public"):
        push(hub_of(server), adapter, private=True)
    assert WEIGHTS not in server.files(REPO)


def test_a_hub_that_does_not_answer_is_said(adapter: Path) -> None:
    with pytest.raises(HubFailed, match=r"The connection to http://127\.0\.0\.1:9 broke off .*; try again"):
        push(Hub("http://127.0.0.1:9", SecretStr(GOOD_TOKEN)), adapter)


def test_the_token_is_in_no_log_and_no_error(
    server: FakeHub, adapter: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    push(hub_of(server), adapter)
    server.refuse = {"/api/models": 418}
    with pytest.raises(HubFailed) as refused:
        hub_of(server).pull(REPO, tmp_path)
    assert "•••" in str(refused.value)
    assert GOOD_TOKEN not in f"{caplog.text} {refused.value} {hub_of(server)!r}"
