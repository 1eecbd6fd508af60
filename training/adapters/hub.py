"""The Hugging Face Hub, by huggingface_hub: an adapter pushed to a repository, and one loaded from there.

Weights go by Git LFS and plain HTTP, whatever else huggingface_hub could use (`hf_xet`): it is what the tests speak.
Imported only where the Hub is asked: the web process starts without huggingface_hub.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx2
from huggingface_hub import CommitOperationAdd, HfApi, RepoFile
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils.tqdm import disable_progress_bars
from pydantic import SecretStr

from evaluation.players.adapters import ADAPTER_FILES
from exceptions.services.errors import DeskError

CARD: Final = "README.md"
#: No adapter that a player loads is larger: rank 512 on all layers of a 30 B model has 3.5 GB in 16 bits.
MAX_BYTES: Final = 4 << 30
_BLOCK: Final = 1 << 20
_HIDDEN: Final = "•••"


class HubFailed(DeskError):
    """The Hub did not do what was asked, in words that say what to do."""

    status = 502
    title = "The Hub did not do it"


@dataclass(frozen=True, slots=True)
class HubCommit:
    """A state of a repository: `revision` is the commit's hash, `url` where people look at it."""

    repo: str
    revision: str
    url: str


@dataclass(frozen=True, slots=True)
class Hub:
    """A Hub and the token that it is asked with; None: as anybody."""

    endpoint: str
    token: SecretStr | None

    def push(self, folder: Path, repo: str, *, card: str, private: bool, message: str) -> HubCommit:
        """Make the repository if it is not there, and put the adapter of this folder and its card into it, in one
        commit. What is there already in this form is not sent again.

        Raises:
            HubFailed: says what to do. Without a commit, nobody sees what was sent before.
        """
        api, config, weights = self._api(), *ADAPTER_FILES
        with self._in_words(repo, "write"):
            api.create_repo(repo, private=private, exist_ok=True)
            if private and not api.model_info(repo).private:
                raise HubFailed(
                    f"{repo} is there already and public; make it private on {self.endpoint}, or name another."
                )
            with (folder / weights).open("rb") as file:
                operations = [
                    CommitOperationAdd(CARD, card.encode()),
                    CommitOperationAdd(config, (folder / config).read_bytes()),
                    # An open file is sent by LFS, a path by hf_xet where that is installed.
                    CommitOperationAdd(weights, file),
                ]
                made = api.create_commit(repo, operations, commit_message=message)
        return HubCommit(repo, made.oid, f"{self.endpoint}/{repo}/tree/{made.oid}")

    def pull(self, repo: str, folder: Path, *, revision: str | None = None) -> HubCommit:
        """Load the two files of an adapter into `folder`, and hold them against the hashes that the Hub gives.

        Raises:
            HubFailed: says what to do.
        """
        api = self._api()
        with self._in_words(repo, "read", revision):
            info = api.model_info(repo, revision=revision)
            if not info.sha:
                raise HubFailed(f"{self.endpoint} does not say at which commit {repo} is; it is no Hub.")
            found = api.get_paths_info(repo, list(ADAPTER_FILES), revision=info.sha)
            listed = {one.path: one for one in found if isinstance(one, RepoFile)}
            for name in ADAPTER_FILES:
                self._check_listed(repo, name, listed.get(name))
                path = Path(api.hf_hub_download(repo, name, revision=info.sha, local_dir=folder))
                _check_content(repo, listed[name], path)
        return HubCommit(repo, info.sha, f"{self.endpoint}/{repo}/tree/{info.sha}")

    def _api(self) -> HfApi:
        disable_progress_bars()
        # False: not the token that somebody on this machine has logged in with.
        return HfApi(self.endpoint, token=self.token.get_secret_value() if self.token else False)

    def _check_listed(self, repo: str, name: str, listed: RepoFile | None) -> None:
        if listed is None:
            raise HubFailed(
                f"{repo} has no {name}: it is no LoRA adapter in PEFT format, saved as safetensors. "
                "A whole model is registered as a local model, by its hub id."
            )
        if listed.size > MAX_BYTES:
            raise HubFailed(f"{name} of {repo} has {listed.size:,} bytes; the desk loads up to {MAX_BYTES:,}.")

    @contextmanager
    def _in_words(self, repo: str, verb: str, revision: str | None = None) -> Iterator[None]:
        try:
            yield
        except DeskError:
            raise
        except (httpx2.HTTPError, OSError, RuntimeError, ValueError) as error:
            words = self._words(error, repo, verb, revision)
            raise HubFailed(self._without_token(words)) from None

    def _words(self, error: Exception, repo: str, verb: str, revision: str | None) -> str:
        # The library wraps what broke an upload.
        cause = error.__cause__ if isinstance(error, RuntimeError) and isinstance(error.__cause__, Exception) else error
        status = cause.response.status_code if isinstance(cause, HfHubHTTPError) else None
        match cause:
            case HFValidationError():
                return f"“{repo}” is no name of a repository; write it like organisation/name."
            case GatedRepoError():
                return f"{repo} is gated: ask for access on {self.endpoint}/{repo}, with the account of the token."
            case RevisionNotFoundError():
                return f"{repo} has no revision “{revision}”; give a branch, a tag or a commit that it has."
            case EntryNotFoundError():
                return f"A file of {repo} was taken away while it was loaded; try again."
            case RepositoryNotFoundError() if self.token is not None:
                return f"{self.endpoint} has no {repo}, or its token may not see it (it says {status})."
            case RepositoryNotFoundError():
                return f"{self.endpoint} has no {repo}, or it is private and no token is set (it says {status})."
            case HfHubHTTPError() if status == 401 and self.token is None:
                return f"{self.endpoint} wants a token (401): set one, or HF_TOKEN for the workers."
            case HfHubHTTPError() if status == 401:
                return f"{self.endpoint} does not take the token (401): it is wrong or has run out; set another."
            case HfHubHTTPError() if status == 403:
                return f"The token may not {verb} {repo} (403): give one that may, or another name of a repository."
            case HfHubHTTPError():
                return f"{self.endpoint} refused with status {status}: {_first_line(cause.server_message)}"
            case OfflineModeIsEnabled():
                return "HF_HUB_OFFLINE is set for this process: it asks no Hub. Take that away, or do this elsewhere."
            case httpx2.TransportError():
                return f"The connection to {self.endpoint} broke off ({_first_line(str(cause))}); try again."
            case _:
                return f"The Hub {self.endpoint} could not be asked to {verb} {repo}: {_first_line(str(cause))}"

    def _without_token(self, words: str) -> str:
        return words.replace(self.token.get_secret_value(), _HIDDEN) if self.token else words


def _check_content(repo: str, listed: RepoFile, path: Path) -> None:
    """Hold a file against the sha256 of Git LFS, or the hash of its Git blob."""
    if listed.lfs is not None:
        expected, digest = listed.lfs.sha256, hashlib.sha256()
    else:
        expected, digest = listed.blob_id, hashlib.sha1(f"blob {path.stat().st_size}\0".encode(), usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    if digest.hexdigest() != expected:
        raise HubFailed(
            f"{listed.path} of {repo} is not what the Hub says that it is: its hash is {digest.hexdigest()[:16]}… and "
            f"should be {expected[:16]}…. Somebody or something altered it on the way; nothing was registered."
        )


def _first_line(text: str | None) -> str:
    lines = (text or "").strip().splitlines()
    return lines[0][:300] if lines else "it says no more"
