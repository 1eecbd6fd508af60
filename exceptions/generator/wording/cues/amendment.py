"""An amendment of the order's price that the printed order does not show."""

from exceptions.generator.wording.cue import cue

#: Facts: item, po, new_price, when, amendment.
PRICE_LOWERED = cue(
    "amendment lowers the price",
    "{amendment} of {when}: «{item} [at|now|for] {new_price}[ instead of {order_price}|]», [valid|applies] [for|to] [all of|the whole of] {po}",
    "«price of {item} [lowered|reduced|cut|brought down] to {new_price}» [by|with|under] {amendment}, [signed|agreed] {when}",
    "[vendor|supplier] [granted|gave|conceded] «{new_price} for {item}» on {when}, [covers|includes] {po}; [printout|PDF|form] [not renewed|still the old one]",
    "[agreed|settled|negotiated] {when}: «{item} [costs|is] {new_price}», also [for the running order|for {po}|on what is open]",
    "{po} was amended {when}, «new [unit price|price] {new_price}» [for|on] {item}[ ({amendment})|]",
    "[rebate|price cut|reduction] [signed|confirmed] {when}: «{order_price} becomes {new_price}», {po} [included|in scope]",
    "[buyer|we] and [vendor|supplier] [signed|initialled] {amendment} ({when}): «{new_price} per unit {item}» [retroactively|from the first piece] on {po}",
    "[mind|note|careful]: printed {po} is [outdated|old], «{item} [went down|fell|dropped] to {new_price}» with {amendment}",
    "[their|the] [e-mail|letter|confirmation] of {when} [accepts|confirms] «{new_price} for {item}» on {po}",
    "change order {amendment}, {when}: «{item} {order_price} -> {new_price}», [both|all] [parties|sides] [agreed|on board]",
    "[contract|order] change [in force|effective] since {when}; «[unit price|price] {item} = {new_price}»[, paper order not updated|]",
    "after the [steel|market|index] review of {when} we [owe|pay] «only {new_price} for {item}», {po} [counts in|falls under it]",
    "«the right price is {new_price}», see {amendment} [dated|of] {when}, [not in the ERP yet|ERP master not maintained|never keyed in]",
    "{amendment} ({when}) [supersedes|replaces] the price on {po}: «{item} {new_price}»",
    "[renegotiated|reopened the price] {when}, result: «{new_price} [each|a piece|per unit]», {po} [in|included]",
    "[they|vendor] [cut|trimmed] {item} «from {order_price} to {new_price}» {when}, [order|PO] [print|copy] predates it",
    "«{new_price}, not {order_price}», is what [counts|holds] for {item} since {amendment}",
)

#: The amendment is there, but not for this order. Facts as before, and orders_from.
LOWERED_ELSEWHERE = cue(
    "amendment does not apply",
    "{amendment} of {when}: {item} at {new_price} «for orders placed [from|after|as of] {orders_from}»[, earlier ones unchanged| only|]",
    "{new_price} for {item} [is|was] «[only|just] [proposed|offered|a draft]», [vendor|supplier] [never signed|did not sign|declined] {amendment}",
    "{amendment} ({when}, {new_price}) «[was withdrawn|fell through|was cancelled|never took effect]», [price|order price] [stands|stays]",
    "[talks|negotiation] of {when} about {new_price} «[ended|closed] without [agreement|result]», {order_price} [holds|remains]",
    "the {new_price} of {amendment} «[does not cover|excludes|leaves out] {po}»[, new orders only|]",
    "[lower|new] price {new_price} «starts with [next year's|the next|the following] [orders|contract|order]», {po} [keeps|stays at] {order_price}",
    "«no amendment [in force|signed|agreed] [for|on] {po}», {amendment} with {new_price} [is unsigned|is a draft|lapsed]",
    "[asked|pushed] for {new_price} on {when}, «[vendor|supplier] [said no|refused|declined]»",
    "{amendment}: {new_price} [applies|is valid] «[for|at] [the other plant|the sister company|site 2] only», not {po}",
    "{po} [is|remains] «at {order_price} [as printed|as agreed]», {new_price} [counts from|begins] {orders_from}",
    "[idea|plan] to go to {new_price} was «[dropped|shelved|not pursued]» {when}",
    "«[valid|in effect] from {orders_from}»: {item} {new_price}; [older|existing] orders [run on|keep their price]",
)
