"""The next token: by probability, by the draw's key alone, and within the nucleus."""

import math

import pytest
import torch

from evaluation.players.drawing import Sampling, draw, draw_key

GREEDY = Sampling()
DRAWN = Sampling(temperature=1.0)
PROBABILITIES = torch.tensor([0.5, 0.25, 0.125, 0.0625, 0.0625])
#: So many draws that a share is known to a hundredth.
DRAWS = 20_000


def shares(sampling: Sampling, allowed: torch.Tensor | None = None) -> list[float]:
    """How often each token is drawn, by as many keys."""
    logits = PROBABILITIES.log().expand(DRAWS, -1)
    ruled = None if allowed is None else allowed.expand(DRAWS, -1)
    drawn = draw(logits, [draw_key(7, 0, position) for position in range(DRAWS)], sampling, ruled)
    counts = torch.bincount(torch.tensor([one.token for one in drawn]), minlength=len(PROBABILITIES))
    return [count / DRAWS for count in counts.tolist()]


def test_tokens_are_drawn_by_their_probability() -> None:
    assert shares(DRAWN) == pytest.approx(PROBABILITIES.tolist(), abs=0.01)


def test_a_temperature_sharpens_or_flattens() -> None:
    expected = (PROBABILITIES**2 / (PROBABILITIES**2).sum()).tolist()

    assert shares(Sampling(temperature=0.5)) == pytest.approx(expected, abs=0.01)


def test_only_the_nucleus_is_drawn_from() -> None:
    assert shares(Sampling(temperature=1.0, top_p=0.75)) == pytest.approx([2 / 3, 1 / 3, 0, 0, 0], abs=0.01)


def test_only_what_is_allowed_is_drawn() -> None:
    allowed = torch.tensor([False, True, False, True, False])

    assert shares(DRAWN, allowed) == pytest.approx([0, 0.8, 0, 0.2, 0], abs=0.01)
    assert {one.token for one in draw(PROBABILITIES.log()[None], [0], GREEDY, allowed[None])} == {1}


def test_neighbouring_keys_draw_independently() -> None:
    logits = torch.zeros(DRAWS, 4)
    for other in ((7, 1), (8, 0)):
        one = draw(logits, [draw_key(7, 0, position) for position in range(DRAWS)], DRAWN)
        two = draw(logits, [draw_key(*other, position) for position in range(DRAWS)], DRAWN)
        agreeing = sum(left.token == right.token for left, right in zip(one, two, strict=True))
        assert agreeing / DRAWS == pytest.approx(0.25, abs=0.015)


def test_a_draw_depends_on_its_key_and_not_on_the_batch() -> None:
    torch.manual_seed(0)
    logits = torch.randn(22, 5000)
    keys = [draw_key(seed, 3, 1) for seed in range(22)]
    together = draw(logits, keys, DRAWN)

    for row in (0, 7, 21):
        assert draw(logits[row : row + 1], keys[row : row + 1], DRAWN)[0].token == together[row].token


def test_the_log_probability_is_the_model_s_own_whatever_was_cut_away() -> None:
    logits, allowed = PROBABILITIES.log()[None], torch.tensor([[False, True, False, False, False]])
    for sampling in (GREEDY, DRAWN, Sampling(temperature=1.0, top_p=0.6)):
        [drawn] = draw(logits, [1], sampling, allowed)
        assert (drawn.token, drawn.logprob) == (1, pytest.approx(math.log(0.25)))


def test_a_certain_token_is_still_told_from_a_forced_one() -> None:
    [drawn] = draw(torch.tensor([[100.0, 0.0]]), [0], GREEDY)

    assert -1e-30 < drawn.logprob < 0


def test_the_margin_says_how_nearly_two_tied() -> None:
    [greedy] = draw(torch.tensor([[1.0, 3.0, 2.5]]), [0], GREEDY)
    [tied] = draw(torch.tensor([[3.0, 1.0, 3.0]]), [0], GREEDY)

    assert greedy.margin == pytest.approx(0.5)
    assert (tied.token, tied.margin) == (0, 0)
