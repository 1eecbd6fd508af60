"""The web process is light: no PyTorch, started in seconds, small."""

import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db(transaction=True)
def test_the_web_process_holds_no_torch_and_under_200_megabytes(fresh_site: Any) -> None:
    with urllib.request.urlopen(f"{fresh_site.url}/accounts/login/") as page:
        assert page.status == 200
    process = psutil.Process(fresh_site.process.process.pid)
    mapped = [place.path for place in process.memory_maps()]
    assert any("site-packages" in path for path in mapped)
    assert [path for path in mapped if "torch" in path or "numpy" in path] == []
    assert process.memory_info().rss < 200e6


def test_a_garbage_collection_does_not_go_through_what_is_loaded(process_environment: dict[str, str]) -> None:
    script = (
        "import gc; from invoiceguard_site.asgi import application\n"
        "from django.urls import get_resolver; get_resolver().url_patterns\n"
        "print(gc.get_freeze_count(), len(gc.get_objects()))"
    )
    said = subprocess.check_output([sys.executable, "-c", script], cwd=ROOT, env=process_environment)
    loaded, looked_at = map(int, said.split())
    assert looked_at < 0.02 * loaded


def test_the_application_is_loaded_in_three_seconds_of_processor_time(process_environment: dict[str, str]) -> None:
    script = (
        "import time, sys; from invoiceguard_site.asgi import application\n"
        "from django.urls import get_resolver; get_resolver().url_patterns\n"
        "assert 'torch' not in sys.modules and 'transformers' not in sys.modules\n"
        "print(time.process_time())"
    )
    # Processor time, so that a busy machine does not fail it; the best of three, because one core may run two threads.
    seconds = min(
        float(subprocess.check_output([sys.executable, "-c", script], cwd=ROOT, env=process_environment))
        for _ in range(3)
    )
    assert seconds < 3
