"""Payment terms as orders print them."""

from exceptions.generator.wording.cue import wording

TERMS = wording(
    "terms",
    "Net {n}",
    "net {n} days",
    "{n} days net",
    "Payable within {n} days[| of invoice date| of receipt of invoice]",
    "{n} days[| from invoice date| end of month]",
    "Due {n} days after invoice",
    "Net {n}[|, DAP| EOM|, FCA]",
    "ZT{n}",
    "T/T {n} days",
    "Payment {n} days, [no discount|cash discount as per contract]",
    "[2|3] % [7|8|10] days, net {n}",
    "Standard terms, {n} d",
)
