"""What tests ask of the result of a join."""

from exceptions.ubl import JoinedTrade, Severity, TradeJoin


def only_trade(joined: TradeJoin) -> JoinedTrade:
    assert [str(problem) for problem in joined.problems if problem.severity is Severity.ERROR] == []
    (trade,) = joined.trades
    return trade


def waiting(joined: TradeJoin) -> dict[str, str]:
    return {each.document.number: each.waiting_for for each in joined.waiting}


def messages(joined: TradeJoin, severity: Severity) -> list[str]:
    return [problem.message for problem in joined.problems if problem.severity is severity]
