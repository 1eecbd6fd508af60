"""Other words for the same: what one clerk calls goods is material to the next.

Words that stand in facts (a lot, a release, a form, a change) have none here: a finding has to find them again.
"""

import re
from random import Random

from exceptions.generator.world.drawing import chance, pick

_GROUPS = """
goods: items, material, wares, merchandise, stuff, parts, cargo
delivery: shipment, consignment, supply
deliveries: shipments, consignments
stores: warehouse, storeroom, goods-in
vendor: supplier, seller, provider, contractor
price: rate, unit cost
prices: rates, costs
truck: lorry, van
checked: verified, looked into, examined, reviewed, gone over, controlled
asked: requested, enquired, queried
told: informed, notified, advised
found: discovered, spotted, noticed
wrong: incorrect, mistaken, not right
extra: additional, surplus, excess, added
missing: absent, lacking, not there, unaccounted for
open: outstanding, pending, unresolved
signed: initialled, countersigned
refused: declined, turned down, rejected
rejected: refused, turned down, declined, thrown back
returned: sent back, given back, shipped back, handed back
cancelled: annulled, scrapped, called off, revoked, withdrawn
confirmed: acknowledged, attested, verified, backed up
confirms: acknowledges, attests, verifies
allowed: permitted, granted, sanctioned
approved: authorised, okayed, sanctioned, cleared, green-lit
agreed: settled, arranged, accepted
accepted: taken, approved
paid: settled, remitted
settled: paid, squared, discharged
transferred: wired, remitted, sent over
unpaid: unsettled, not paid, without payment
arrived: came in, turned up, got here, reached us
received: got, taken in
delivered: supplied, shipped, brought
ordered: requested, commissioned, bought
agreement: deal, understanding, arrangement
increase: rise, uplift, hike
surcharge: extra charge, supplement, add-on
premium: surcharge, supplement, extra
express: rush, fast-track, priority
limit: threshold, ceiling, cap
account: bank account, IBAN
fraud: scam, deceit, swindle
fake: forged, bogus, phoney
genuine: real, authentic, bona fide
nothing: none, not a thing, zilch
quantity: count, number of pieces
scratched: scuffed, marked
inspection: examination, test
plant: factory, works, site
wrote: mailed, messaged
says: states, tells us, reports
said: stated, reported
shows: displays, has, tells
needed: required, wanted
stopped: halted, blocked
booked: posted, entered, recorded
kept: retained, held on to
replaces: supersedes, takes the place of, stands in for
corrected: amended, fixed, put right
split: divided, carved up, broken up
together: combined, jointly, as one
different: another, distinct, other
same: identical, equal
twice: two times, double
once: one time, a single time
already: before, by now
quick: fast, speedy
"""
_OTHERS: dict[str, tuple[str, ...]] = {
    word: tuple(others.split(", ")) for word, others in (line.split(": ", 1) for line in _GROUPS.strip().splitlines())
}
_KNOWN = re.compile(r"(?<![\w-])(?:" + "|".join(_OTHERS) + r")(?![\w-])")


def reword(random: Random, text: str) -> str:
    """The text with some of its words replaced by others of the same meaning."""
    return _KNOWN.sub(lambda found: pick(random, _OTHERS[found[0]]) if chance(random, 0.45) else found[0], text)
