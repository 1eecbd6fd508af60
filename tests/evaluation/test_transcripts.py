"""Transcripts: what was sampled, token for token, live and from what was stored."""

import itertools

import pytest
import torch

from evaluation.play import Play, play_batch
from evaluation.players.chat_tokens import ChatTokens
from evaluation.players.local_model import LocalModelPlayer
from evaluation.players.scripts import script_player
from evaluation.prompting import PromptPolicy, PromptSettings
from evaluation.transcripts import NoTranscript, transcript_of
from exceptions.catalogue import CATALOGUE_PATH, load_catalogue
from exceptions.models import CaseVersion, Episode, EpisodeOrigin, Player
from exceptions.services.cases import case_pack_import
from exceptions.services.played_episodes import played_episode_store
from exceptions.services.players import known_players_register
from tests.evaluation.model_episodes import TinyPlayer, play_turns

CASES = load_catalogue()
SETTINGS = {"prompt_budget": 4000, "seed": 5}


@pytest.fixture
def chat(tiny_player: LocalModelPlayer) -> ChatTokens:
    return tiny_player.chat


def played(player: LocalModelPlayer, *, turns: int, constrained: bool = False) -> Play:
    prompt = PromptSettings.from_settings(SETTINGS | {"constrained": constrained})
    play = Play.begin(CASES[0], play_id="t", prompt=prompt, seed=5)
    play_turns(play, player, turns=turns)
    return play


@pytest.mark.parametrize("constrained", [False, True])
def test_each_turn_s_prompt_and_answer_are_a_prefix_of_the_transcript(tiny: TinyPlayer, constrained: bool) -> None:
    player = tiny(temperature=1.0, max_new_tokens=10)
    play = played(player, turns=3, constrained=constrained)

    transcript = transcript_of(player.chat, play)

    for (start, _end), step in zip(transcript.answers, play.steps, strict=True):
        answer = tuple(step.completion.token_ids)
        assert start == step.completion.prompt_tokens
        assert transcript.ids[start : start + len(answer)] == answer
        assert transcript.logprobs[start : start + len(answer)] == tuple(step.completion.logprobs)
    assert len(transcript.ids) == len(transcript.logprobs) == len(transcript.sampled) == len(transcript.answered)
    assert transcript.answers[-1][1] == len(transcript.ids)


def test_log_probabilities_are_those_that_a_trainer_recomputes_in_one_pass(tiny: TinyPlayer) -> None:
    player = tiny(temperature=1.0, top_p=0.9, max_new_tokens=10)
    transcript = transcript_of(player.chat, played(player, turns=3))

    with torch.inference_mode():
        logprobs = player.model(torch.tensor([transcript.ids])).logits[0].float().log_softmax(-1)

    recomputed = [
        float(logprobs[at - 1, transcript.ids[at]]) if drawn else 0.0 for at, drawn in enumerate(transcript.sampled)
    ]
    assert transcript.logprobs == pytest.approx(recomputed, abs=1e-4)
    assert sum(transcript.sampled) == 30


def test_every_answer_ends_with_the_end_of_its_turn_sampled_or_not(tiny: TinyPlayer) -> None:
    player = tiny(max_new_tokens=10)
    transcript = transcript_of(player.chat, played(player, turns=2))

    for start, end in transcript.answers:
        assert transcript.ids[end - 1] == player.chat.turn_end
        assert transcript.sampled[start:end] == (True,) * 10 + (False,), "it was cut: nobody sampled its end"
    assert [all(run) for _, run in itertools.groupby(transcript.answered)] == [False, True, False, True]


def test_what_a_grammar_forced_is_part_of_the_answer_and_was_not_sampled(tiny: TinyPlayer) -> None:
    player = tiny(max_new_tokens=10)
    play = played(player, turns=1, constrained=True)
    [step] = play.steps

    transcript = transcript_of(player.chat, play)

    [(start, end)] = transcript.answers
    drawn = transcript.sampled[start:end]
    assert drawn.count(False) == step.completion.forced_tokens > 5
    assert drawn.count(True) > 0
    assert transcript.answered[start:end] == (True,) * (end - start)


def test_answers_that_are_text_are_trained_on_but_were_not_sampled(chat: ChatTokens) -> None:
    play = Play.begin(CASES[0], play_id="expert")
    play_batch([play], script_player("expert"))

    transcript = transcript_of(chat, play)

    assert not any(transcript.sampled)
    assert len(transcript.answers) == len(play.steps)
    texts = [chat.text(transcript.ids[start:end]) for start, end in transcript.answers]
    assert texts == [step.completion.text for step in play.steps]


def test_a_shortened_conversation_has_no_transcript(tiny: TinyPlayer) -> None:
    player = tiny(max_new_tokens=6)
    prompt = PromptSettings(budget=player.prompt_tokens(Play.begin(CASES[0], play_id="x").conversation) + 60)
    play = Play.begin(CASES[0], play_id="t", prompt=PromptSettings(budget=prompt.budget, policy=PromptPolicy.CUT_RIGHT))
    play_turns(play, player, turns=3)

    with pytest.raises(NoTranscript, match="shortened"):
        transcript_of(player.chat, play)


def test_an_episode_without_an_answer_has_no_transcript(chat: ChatTokens) -> None:
    with pytest.raises(NoTranscript, match="nothing was answered"):
        transcript_of(chat, Play.begin(CASES[0], play_id="t"))


@pytest.mark.django_db
class TestStored:
    """Episodes read back from the database."""

    @pytest.fixture(autouse=True)
    def desk(self, db: None) -> None:
        case_pack_import(source=CATALOGUE_PATH, user=None)
        known_players_register()

    def stored(self, play: Play, settings: dict[str, object]) -> Episode:
        slug, version = play.env.case.id, CaseVersion.objects
        episode = played_episode_store(
            version=version.get(case__slug=slug, number=1),
            player=Player.objects.get(slug="expert"),
            player_version=1,
            origin=EpisodeOrigin.EVALUATION,
            rewards="grounded-1",
            settings=settings,
            state=play.env.state,
            costs=[step.cost for step in play.steps],
        )
        return Episode.objects.get(pk=episode.pk)

    @pytest.mark.parametrize("constrained", [False, True])
    def test_a_stored_episode_has_the_transcript_that_the_live_one_had(
        self, tiny: TinyPlayer, constrained: bool
    ) -> None:
        player = tiny(temperature=1.0, max_new_tokens=8)
        play = played(player, turns=20, constrained=constrained)
        episode = self.stored(play, SETTINGS | {"constrained": constrained})

        again = Play.resumed(episode)

        assert transcript_of(player.chat, again) == transcript_of(player.chat, play)
        assert again.conversation.messages == play.conversation.messages
        assert again.conversation.constrained is constrained

    def test_a_stored_shortened_episode_has_none(self, tiny: TinyPlayer) -> None:
        player = tiny(max_new_tokens=6)
        budget = player.prompt_tokens(Play.begin(CASES[0], play_id="x").conversation) + 60
        settings: dict[str, object] = {"prompt_budget": budget, "prompt_policy": "cut_right"}
        play = Play.begin(CASES[0], play_id="t", prompt=PromptSettings.from_settings(settings))
        play_batch([play], player)

        with pytest.raises(NoTranscript, match="shortened"):
            transcript_of(player.chat, Play.resumed(self.stored(play, settings)))
