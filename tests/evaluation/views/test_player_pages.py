"""/models/: who plays, where from, how good; and what an admin does there."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pydantic import SecretStr

from evaluation.models import PlayerSecret
from evaluation.players.configs import ApiModelConfig
from evaluation.running import run_play
from evaluation.services.players import model_player_change, model_player_register
from evaluation.services.runs import run_launch, run_settle
from exceptions.models import Player
from tests.evaluation.players.asking import KEY
from tests.evaluation.players.faulty_endpoint import completion, faulty_endpoint, hangs_up, says

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]
As = Callable[[str], Client]
API = {
    "name": "Some model",
    "base_url": "https://api.example.com/v1",
    "model": "some-model-1",
    "max_tokens_field": "max_tokens",
    "max_tokens": "256",
    "temperature": "0",
    "send_seed": "on",
    "extra_body": '{"reasoning_effort": "low"}',
    "price_per_million_input": "0.40",
    "price_per_million_output": "1.60",
}
LOCAL = {"name": "Local one", "base_model": "some/model", "temperature": "0.7", "top_p": "0.9", "max_new_tokens": "64"}


@pytest.fixture
def as_role() -> As:
    def client(role: str) -> Client:
        user = User.objects.create_user(f"somebody-{role}")
        user.groups.set([Group.objects.get(name=role)])
        signed_in = Client()
        signed_in.force_login(user)
        return signed_in

    return client


def api_player(url: str = "https://api.example.com/v1", key: str | None = None) -> Player:
    config = ApiModelConfig(base_url=url, model="some-model-1")
    return model_player_register(name="Some model", config=config, key=SecretStr(key) if key else None, user=None)


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_has_models_before_scripts_and_says_what_was_not_evaluated(as_role: As) -> None:
    api_player()
    page = text_of(as_role("reviewer"), "/models/")
    names = ["Some model", "Qwen3-4B-Instruct-2507", "SmolLM2-135M", "Expert (reads the answer)"]
    positions = [page.index(name) for name in names]
    assert positions == sorted(positions)
    assert "https://api.example.com" in page
    assert page.count("not evaluated") == Player.objects.count()
    assert "Register a model" not in page


def test_the_list_narrows_by_words_and_kind(as_role: As) -> None:
    api_player()
    client = as_role("reviewer")
    assert "1 player" in text_of(client, "/models/?q=some-model-1")
    assert "SmolLM2" not in text_of(client, "/models/?kind=api_model")
    assert "No player fits" in text_of(client, "/models/?q=nothing-like-this")
    fragment = client.get("/models/?kind=script", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "Three-way match" in fragment


def test_latest_scores_are_those_of_the_present_version_in_its_newest_run(as_role: As) -> None:
    client = as_role("reviewer")
    run = run_launch(players=list(Player.objects.filter(slug="keyword")), case_set={"set": "catalogue"}, user=None)
    run_play(run_id=run.pk, queue="cpu", worker="here")
    run_settle(run_id=run.pk)
    page = text_of(client, "/models/keyword/")
    assert "0.364" in page, "8 of 22 resolved"
    assert "22 of Catalogue" in page
    assert f"/evaluations/{run.pk}/" in page
    assert "0.364" in text_of(client, "/models/?q=keyword")
    Player.objects.filter(slug="keyword").update(version=2)
    assert "Version 2 has not been evaluated" in text_of(client, "/models/keyword/")


def test_the_list_takes_as_many_queries_for_many_players(as_role: As) -> None:
    client = as_role("reviewer")
    run = run_launch(
        players=list(Player.objects.filter(slug__in=["keyword", "expert"])), case_set={"set": "canonical"}, user=None
    )
    run_play(run_id=run.pk, queue="cpu", worker="here")

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            text_of(client, "/models/")
        return len(captured)

    few = count()
    for number in range(20):
        config = ApiModelConfig(base_url="https://api.example.com/v1", model="m")
        model_player_register(name=f"Model {number}", config=config, user=None)
    assert count() == few


def test_an_admin_registers_a_model_by_api(as_role: As) -> None:
    response = as_role("admin").post("/models/new/", API | {"key": KEY})
    player = Player.objects.get(slug="some-model")
    assert (response.status_code, response["Location"]) == (302, "/models/some-model/")
    assert player.config["extra_body"] == {"reasoning_effort": "low"}
    assert player.config["price_per_million_input"] == "0.40"
    assert player.config["requests_per_minute"] is None
    assert player.config["top_p"] is None
    assert player.config["retries"] == ApiModelConfig.model_fields["retries"].default
    assert PlayerSecret.objects.get().player == player


def test_an_admin_registers_a_local_model(as_role: As) -> None:
    client = as_role("admin")
    assert client.post("/models/new/?kind=local", LOCAL | {"slug": "my-own"}).status_code == 302
    player = Player.objects.get(slug="my-own")
    assert player.config == {
        "base_model": "some/model",
        "adapter": None,
        "sampling": {"temperature": 0.7, "top_p": 0.9, "max_new_tokens": 64},
        "worksheet": False,
    }
    assert "at temperature 0.7, top p 0.9" in text_of(client, "/models/my-own/")
    assert "on a worksheet" not in text_of(client, "/models/my-own/")


def test_a_local_model_may_answer_on_a_worksheet(as_role: As) -> None:
    client = as_role("admin")
    assert client.post("/models/new/?kind=local", LOCAL | {"slug": "my-own", "worksheet": "on"}).status_code == 302
    assert Player.objects.get(slug="my-own").config["worksheet"] is True
    assert "on a worksheet" in text_of(client, "/models/my-own/")
    page = client.get("/models/my-own/change/").content.decode()
    assert re.search(r'<input[^>]* name="worksheet"[^>]* checked', page)


@pytest.mark.parametrize(
    ("kind", "change", "words"),
    [
        ("api", {"base_url": "ftp://x"}, "Must begin with http:// or https://"),
        ("api", {"base_url": ""}, "This field is required."),
        ("api", {"temperature": "hot"}, "Enter a number."),
        ("api", {"temperature": "3"}, "less than or equal to 2"),
        ("api", {"extra_body": "{"}, "This is no JSON."),
        ("api", {"extra_body": "[" * 3000}, "This is no JSON."),
        ("api", {"extra_body": '{"a": NaN}'}, "what JSON cannot say"),
        ("api", {"extra_body": '{"model": "x"}'}, "Sets model, which the desk sets itself."),
        ("api", {"api_key_env": "SECRET_KEY"}, "ends with _API_KEY or _TOKEN"),
        ("api", {"api_key_env": "SOME_TOKEN", "key": KEY}, "not both"),
        ("api", {"key": "two words"}, "no spaces"),
        ("api", {"slug": "new"}, "reserved"),
        ("api", {"slug": "No Slug"}, "Small letters, digits and single hyphens"),
        ("api", {"slug": "keyword"}, "“keyword” is taken"),
        ("local", {"adapter_path": "/no/such/folder"}, "has no readable adapter_config.json"),
        ("local", {"adapter_path": "/no/such/folder", "adapter_sha256": "abc"}, "String should match pattern"),
        ("local", {"top_p": "0"}, "greater than 0"),
        ("local", {"max_new_tokens": "1.5"}, "Enter a whole number."),
    ],
)
def test_a_form_with_a_mistake_says_where_and_saves_nothing(
    as_role: As, kind: str, change: dict[str, str], words: str
) -> None:
    before = Player.objects.count()
    response = as_role("admin").post(f"/models/new/?kind={kind}", (API if kind == "api" else LOCAL) | change)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Nothing was saved." in page
    assert words in page
    assert Player.objects.count() == before


def test_a_change_is_the_next_version_and_says_what_changed(as_role: As) -> None:
    client = as_role("admin")
    client.post("/models/new/", API)
    form = text_of(client, "/models/some-model/change/")
    assert 'value="some-model-1"' in form
    assert "{&quot;reasoning_effort&quot;: &quot;low&quot;}" in form
    assert 'name="key"' not in form
    changed = client.post("/models/some-model/change/", API | {"temperature": "0.7"})
    assert changed.status_code == 302
    page = text_of(client, "/models/some-model/")
    assert "This is version 2 now." in page
    assert "temperature: 0.0 → 0.7" in page
    client.post("/models/some-model/change/", API | {"temperature": "0.7", "name": "Renamed"})
    assert Player.objects.get(slug="some-model").version == 2


def test_players_of_the_project_offer_no_change(as_role: As) -> None:
    client = as_role("admin")
    assert "/change/" not in text_of(client, "/models/smollm2-135m-instruct/")
    assert client.get("/models/expert/change/").status_code == 302


def test_a_retired_model_is_not_offered_for_evaluation_until_it_returns(as_role: As) -> None:
    client = as_role("admin")
    api_player()
    client.post("/models/some-model/retire/")
    page = text_of(client, "/models/some-model/")
    assert "retired" in page
    assert "/evaluations/new/?players=some-model" not in page
    client.post("/models/some-model/return/")
    assert "/evaluations/new/?players=some-model" in text_of(client, "/models/some-model/")


def test_people_are_no_players_here(as_role: As) -> None:
    client = as_role("admin")
    from exceptions.services.episodes import human_player

    slug = human_player(User.objects.get()).slug
    assert client.get(f"/models/{slug}/").status_code == 404


def test_a_key_is_set_moved_and_forgotten(as_role: As) -> None:
    client = as_role("admin")
    player = api_player()
    assert "Requests carry no key." in text_of(client, "/models/some-model/")
    client.post("/models/some-model/key/", {"key": KEY})
    assert "kept, encrypted" in text_of(client, "/models/some-model/")
    elsewhere = ApiModelConfig(base_url="http://10.0.0.7:8000/v1", model="some-model-1")
    model_player_change(player=player, name=player.name, config=elsewhere, user=None)
    page = text_of(client, "/models/some-model/")
    assert "for another address" in page
    assert "plain HTTP to another machine" in page
    client.post("/models/some-model/key/clear/")
    assert "Requests carry no key." in text_of(client, "/models/some-model/")


def test_a_key_that_is_none_is_refused_where_it_was_typed(as_role: As) -> None:
    api_player()
    response = as_role("admin").post("/models/some-model/key/", {"key": "two words"})
    assert response.status_code == 422
    assert "no spaces" in response.content.decode()
    assert "two words" not in response.content.decode()


def test_who_only_reads_sees_neither_key_nor_try(as_role: As) -> None:
    api_player(key=KEY)
    page = text_of(as_role("supervisor"), "/models/some-model/")
    assert "https://api.example.com/v1" in page
    for words in ("kept, encrypted", "Send one request", "Retire", "Change"):
        assert words not in page


def test_trying_the_endpoint_shows_what_came_back(as_role: As) -> None:
    client = as_role("admin")
    with faulty_endpoint(says(completion('{"ready": true}')), hangs_up) as endpoint:
        api_player(endpoint.url, key=KEY)
        worked = client.post("/models/some-model/try/", headers={"HX-Request": "true"}).content.decode()
        broke = client.post("/models/some-model/try/").content.decode()
    assert "It answered" in worked
    assert "{&quot;ready&quot;: true}" in worked
    assert "120 tokens in, 14 out" in worked
    assert "<html" not in worked
    assert "No answer." in broke
    assert "the connection broke" in broke
    assert len(endpoint.requests) == 2, "no further attempts while somebody waits"


def test_trying_has_a_rate_limit(as_role: As, settings: object) -> None:
    client = as_role("admin")
    with faulty_endpoint(says(completion())) as endpoint:
        api_player(endpoint.url)
        answers = [client.post("/models/some-model/try/").status_code for _ in range(21)]
    assert answers == [200] * 20 + [429]
    assert len(endpoint.requests) == 20


def test_a_script_has_no_endpoint_to_try(as_role: As) -> None:
    assert as_role("admin").post("/models/expert/try/").status_code == 404
