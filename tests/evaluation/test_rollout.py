"""Rollouts: the same episodes in any company, no more in flight than memory has room for, shared prompts once."""

from collections.abc import Callable, Sequence

import pytest

from evaluation.play import Play, play_batch
from evaluation.players.local_model import LocalModelPlayer
from evaluation.players.protocol import Completion, Conversation
from evaluation.prompting import PromptPolicy, PromptSettings
from evaluation.rollout import rollout
from exceptions.catalogue import load_catalogue
from exceptions.environment import Case, Environment
from tests.evaluation.model_episodes import TinyPlayer, generate

CASES = load_catalogue()
TURNS = 3
LONG = PromptSettings(budget=4000)


class Watched:
    """Asks the player, and notes in what company each turn was played."""

    reads_ground_truth = False

    def __init__(self, player: LocalModelPlayer) -> None:
        self.name = player.name
        self.player = player
        self.together: list[list[str]] = []
        self.most_bytes = 0

    def complete(self, conversations: Sequence[Conversation]) -> list[Completion]:
        self.together.append([conversation.id for conversation in conversations])
        completions = self.player.complete(conversations)
        self.most_bytes = max(self.most_bytes, self.player.cache_bytes)
        return completions

    def prompt_tokens(self, conversation: Conversation) -> int:
        return self.player.prompt_tokens(conversation)

    def release(self, conversation_ids: Sequence[str]) -> None:
        self.player.release(conversation_ids)


def played_turns(plays: Sequence[Play], turns: int) -> Callable[[], bool]:
    return lambda: max(len(play.steps) for play in plays) == turns


def some_turns(
    cases: Sequence[Case], player: LocalModelPlayer, at_once: int, settings: PromptSettings = LONG
) -> dict[str, list[Completion]]:
    """The first turns of the cases, so many of them at once."""
    played = {}
    for first in range(0, len(cases), at_once):
        plays = [
            Play.begin(case, play_id=case.id, prompt=settings, seed=CASES.index(case))
            for case in cases[first : first + at_once]
        ]
        play_batch(plays, player, should_stop=played_turns(plays, TURNS))
        played |= {play.conversation.id: [step.completion for step in play.steps] for play in plays}
    return played


def ids(played: dict[str, list[Completion]]) -> dict[str, list[Sequence[int]]]:
    return {name: [completion.token_ids for completion in turns] for name, turns in played.items()}


@pytest.mark.parametrize(("temperature", "constrained"), [(0.0, False), (1.0, False), (1.0, True)])
def test_answers_depend_neither_on_batch_size_nor_on_order_nor_on_company(
    tiny: TinyPlayer, temperature: float, constrained: bool
) -> None:
    settings = PromptSettings(budget=4000, constrained=constrained)

    def play(cases: Sequence[Case], at_once: int) -> dict[str, list[Sequence[int]]]:
        return ids(some_turns(cases, tiny(max_new_tokens=12, temperature=temperature), at_once, settings))

    all_at_once = play(CASES, 22)

    assert len({tuple(turns[0]) for turns in all_at_once.values()}) > 5, "equal answers would prove nothing"
    assert play(CASES, 5) == all_at_once
    assert play(CASES[:6], 1) == {case.id: all_at_once[case.id] for case in CASES[:6]}
    assert play(CASES[::-3], 7) == {case.id: all_at_once[case.id] for case in CASES[::-3]}


def test_greedy_answers_of_a_batch_are_those_of_generate(tiny: TinyPlayer) -> None:
    player = tiny(max_new_tokens=12)
    plays = [Play.begin(case, play_id=case.id, prompt=LONG) for case in CASES[:5]]
    prompts: dict[str, list[list[int]]] = {case.id: [] for case in CASES[:5]}

    def note_prompts() -> bool:
        for play in plays:
            prompts[play.conversation.id].append(player.chat.prompt(play.conversation.messages))
        return len(plays[0].steps) == TURNS

    play_batch(plays, player, should_stop=note_prompts)

    for play in plays:
        for prompt, step in zip(prompts[play.conversation.id], play.steps, strict=False):
            assert step.completion.token_ids == generate(player.model, prompt, 12)


def test_tokens_that_tie_exactly_go_to_the_lower_id_in_any_company(tiny: TinyPlayer) -> None:
    played = []
    for at_once in (1, 3):
        player = tiny(max_new_tokens=4)
        embedding = player.model.get_input_embeddings().weight.data
        embedding[200:400] = embedding[:200]
        played.append(ids(some_turns(CASES[:3], player, at_once)))

    assert played[0] == played[1]
    assert not any(200 <= token < 400 for turns in played[0].values() for turn in turns for token in turn)


def test_what_cases_share_is_computed_once(tiny: TinyPlayer) -> None:
    first = [turns[0] for turns in some_turns(CASES, tiny(max_new_tokens=4), 22).values()]

    cold, others = first[0], first[1:]
    assert cold.computed_tokens == cold.prompt_tokens
    assert all(one.computed_tokens < one.prompt_tokens / 3 for one in others)


def test_samples_of_a_case_share_its_whole_prompt_and_differ_by_seed(tiny: TinyPlayer) -> None:
    player = tiny(temperature=1.0, max_new_tokens=8)

    samples = rollout(player, CASES[:2], samples=4, prompt=LONG)

    firsts = [one.play.steps[0].completion for one in samples]
    assert [one.computed_tokens for one in firsts if one.computed_tokens > 1] == [
        firsts[0].prompt_tokens,
        firsts[4].computed_tokens,
    ]
    assert len({one.token_ids for one in firsts}) == 8
    assert [(one.case.id, one.sample) for one in samples] == [
        (case.id, sample) for case in CASES[:2] for sample in range(4)
    ]


def test_a_rollout_is_the_same_again_and_its_samples_are_the_seeds_after_it(tiny: TinyPlayer) -> None:
    def play(seed: int, samples: int) -> list[object]:
        return [
            one.transcript.ids if one.transcript else None
            for one in rollout(
                tiny(temperature=1.0, max_new_tokens=8), CASES[:1], samples=samples, seed=seed, prompt=LONG
            )
        ]

    three = play(seed=10, samples=3)

    assert play(seed=12, samples=1) == three[2:]


def test_the_token_budget_decides_how_many_episodes_are_in_flight(tiny: TinyPlayer) -> None:
    settings = PromptSettings(budget=3000)
    player = Watched(tiny(max_new_tokens=6))
    plays = [Play.begin(case, play_id=case.id, prompt=settings) for case in CASES[:5]]
    room = 2 * plays[0].most_tokens + 100

    play_batch(plays, player, max_tokens_in_flight=room)

    assert all(play.env.state.done for play in plays)
    assert max(map(len, player.together)) == 2
    assert player.together[0] == [CASES[0].id, CASES[1].id]
    assert {name for names in player.together for name in names} == {case.id for case in CASES[:5]}
    free = some_turns(CASES[:5], tiny(max_new_tokens=6), 5, settings)
    for play in plays:
        assert [step.completion.token_ids for step in play.steps[:TURNS]] == ids(free)[play.conversation.id]


def test_a_player_s_own_memory_is_the_budget_when_none_is_given(tiny: TinyPlayer) -> None:
    settings = PromptSettings(budget=1792)
    plays = [Play.begin(case, play_id=case.id, prompt=settings) for case in CASES[:4]]
    token_bytes = 512
    player = Watched(tiny(max_new_tokens=6, max_cache_bytes=3 * plays[0].most_tokens * token_bytes))
    bounded = player.player

    play_batch(plays, bounded, should_stop=lambda: len(plays[0].steps) == 2)

    assert bounded.max_tokens_in_flight == 3 * plays[0].most_tokens
    assert [len(play.steps) for play in plays] == [2, 2, 2, 0]


def test_more_conversations_than_memory_has_room_for_are_answered_all_the_same(tiny: TinyPlayer) -> None:
    expected = ids(some_turns(CASES[:5], tiny(max_new_tokens=6), 5))
    # 512 bytes a token: two conversations of a thousand tokens.
    tight = Watched(tiny(max_new_tokens=6, max_cache_bytes=512 * 2048))
    plays = [Play.begin(case, play_id=case.id, prompt=LONG, seed=CASES.index(case)) for case in CASES[:5]]

    play_batch(plays, tight, should_stop=played_turns(plays, TURNS))

    assert {play.conversation.id: [step.completion.token_ids for step in play.steps] for play in plays} == expected
    assert len(tight.together[0]) == 5
    assert tight.most_bytes <= 512 * 2048


def test_an_episode_that_ended_leaves_the_batch(tiny: TinyPlayer) -> None:
    player = Watched(tiny(max_new_tokens=6))
    plays = [Play.begin(case, play_id=case.id, prompt=LONG) for case in CASES[:2]]
    for _ in range(plays[0].env.state.max_steps - 2):
        plays[0].env.step('{"action_type": "compare_price"}')
    plays[0].conversation.observation = plays[0].env.step('{"action_type": "compare_price"}')

    play_batch(plays, player, should_stop=lambda: len(plays[1].steps) == 3)

    assert player.together == [[CASES[0].id, CASES[1].id], [CASES[1].id], [CASES[1].id]]


def test_new_weights_are_played_with_once_the_player_is_told(tiny: TinyPlayer) -> None:
    player = tiny(max_new_tokens=12)
    player.warm_up(Play.begin(CASES[0], play_id="warm", prompt=LONG).conversation.messages)
    before = ids(some_turns(CASES[:2], player, 2))
    for weight in player.model.parameters():
        weight.data *= 1.5
    player.weights_changed()

    after = ids(some_turns(CASES[:2], player, 2))

    fresh = LocalModelPlayer("fresh", player.model, player.chat.tokenizer, sampling=player.sampling)
    assert after == ids(some_turns(CASES[:2], fresh, 2)) != before


def test_a_policy_that_may_shorten_prompts_is_refused(tiny_player: LocalModelPlayer) -> None:
    with pytest.raises(ValueError, match="drop_oldest_turns"):
        rollout(tiny_player, CASES[:1], prompt=PromptSettings(policy=PromptPolicy.DROP_OLDEST_TURNS))


def test_a_case_whose_first_prompt_is_beyond_the_budget_has_no_transcript(tiny_player: LocalModelPlayer) -> None:
    [one] = rollout(tiny_player, CASES[:1], prompt=PromptSettings(budget=100))

    assert one.transcript is None
    assert isinstance(one.play.env, Environment)
    assert one.play.env.state.stop_reason == "prompt_budget_exceeded"
