"""Sums, currencies and prices."""

from exceptions.generator.wording.cue import cue

#: Facts: none.
ROUNDING_NOTE = cue(
    "rounding, note",
    "[rounded|rounding] [per|by] [line|position], [sum|subtotal] [exact|rounded once|unrounded]",
    "[commercial|line-wise] rounding",
    "[cent|penny] [differences|difference] [possible|due to rounding]",
    "[computed|calculated] with [more|unrounded] decimals",
    "[our|the] [system|ERP] rounds [late|at the end|per line]",
    "",
)
#: Facts: gap.
ROUNDING_SAID = cue(
    "rounding, said",
    "[sum|total] check [failed|red|not OK]: [off by|difference] {gap}",
    "[lines|positions] do not [give|make] the subtotal, {gap} [apart|off]",
    "[BLOCK|STOP|HOLD]: [arithmetic|sum] [mismatch|error] {gap}",
    "[tool|system] [complains|nags] about {gap}",
    "{gap} [difference|gap], [decimals|rounding] I guess",
    "[amount|sum] [rule|test] violated ({gap})",
    "[checksum|control sum] [red|fails]: {gap}",
    "[pedantic|strict] [bot|robot]: {gap} too [much|little], stopped",
    "[posting|booking] refused, [sum|difference] {gap}",
)

#: A clerk has not seen the currency. Facts: subtotal, currency_a, currency_b.
CURRENCY_SAID = cue(
    "currency, said",
    "[figures|numbers|digits] [agree|identical|match][, nothing to add|, looks good|]",
    "[quote|offer|contract] [was|is] «[in|made in|priced in] {order_cur}»",
    "[buyer|purchasing]: «[agreed|negotiated|ordered] in {order_cur}»[, why {cur}?|]",
    "[vendor|supplier] «[suddenly|now] [bills|charges] in {cur}»",
    "[same number|same digits], «{cur} [is not|instead of] {order_cur}»",
    "[matched|green|ok] by [the robot|auto-match]",
    "[no|not any] [rate|conversion|exchange rate] [agreed|on file]",
    "[three-way match|match] [passed|100 %]",
    "[all|our] [offers|quotes|contracts] with them are «in {order_cur}»",
    "[nobody|no one] [noticed|saw] the currency[?| on this one]",
    "[they|vendor] [opened|have] a {cur} account «but the [deal|order] is {order_cur}»",
    "[amount|number] [block|check] green, [nice|fine]",
    "[asked|mail to] vendor: {cur} or {order_cur}? «[no answer|typo?]»",
    "[header|form] says {cur}, «[contract|quote|deal] says {order_cur}»",
    "[the|our] ERP [ignored|skipped] the currency field, [amount|number] ok",
    "«[bank|treasury] asks: {cur} or {order_cur}?»",
    "[vendor's|their] [new|export] form prints {cur} «[instead of|not] {order_cur}»",
    "[typo|mistake] by them I guess, «[ordered|agreed] was {order_cur}»",
)

#: Facts: item, order_price, price.
PRICE_SAID = cue(
    "price too high, said",
    "«[nothing|no paper|no mail] [on|about] a [new|higher] price» [for|of] {item}",
    "[buyer|purchasing] [knows|confirms] {order_price} [only|as agreed]",
    "«{price} was never [agreed|offered|discussed]»",
    "[asked|wrote] the vendor why {item} [is|went] up, [no answer|silence|waiting]",
    "[vendor|supplier] [mumbles|talks] about [costs|energy|raw material][, no agreement|]",
    "[contract|quote] [says|has] {order_price}",
    "[price|rate] [block|lock] [set|on]",
    "",
    "[compared|looked] with the [quote|offer]: «{order_price}»",
    "[last|previous] [bill|invoice] had {order_price} [too|as well]",
    "«[we|buyer] [agreed|agree] to no [rise|increase]»",
    "[vendor|they] [promised|want] to explain {price}[, nothing so far|]",
    "[who|anyone] [agreed|signed] {price}? [not me|no one]",
    "[new|higher] price came [out of the blue|unannounced]",
    "[cheaper|as agreed] last time[, {order_price}|]",
    "[vendor|they] [says|say] market, [contract|order] says {order_price}",
    "«[no|not any] [consent|OK] [given|from us] for {price}»",
)
PRICE_NOTE = cue(
    "price too high, note",
    "[prices|rates] [subject to change|as per market|reflect our costs]",
    "[energy|freight|material] [costs|prices] [rose|are up][, please understand|]",
    "[price|rates] [incl.|with] [quality control|small lot fee|new packaging]",
    "[thank you|thanks] for [understanding|accepting] the [adjustment|change]",
    "",
)

#: Facts: po, boss.
UNAPPROVED_SAID = cue(
    "order not approved, said",
    "[release|approval] of {po} [never came|missing|outstanding|not given]",
    "{po} [still|yet] [in|sits in] [the approval queue|workflow|draft]",
    "[goods|order] [called off|ordered] [by phone|before approval], {po} [unsigned|not released]",
    "{boss} [has not|did not] [release|approve] {po}",
    "[vendor|supplier] [delivered|shipped] before {po} was [released|signed]",
    "[please|pls] [approve|release] {po} [afterwards|later], [urgent|was needed]",
    "",
    "{po} [was|got] [sent|given] to the vendor [unapproved|without release]",
    "[approval|release] [request|flow] for {po} [expired|rejected|stuck]",
    "[maverick|wild] [purchase|buying], {po} [after the fact|only later]",
    "who [released|approved] {po}? [no one|nobody] it seems",
)

#: Facts: gap.
SUM_NOTE = cue(
    "sum does not add up, note",
    "[incl.|includes] [handling|packing|small parts]",
    "[freight|toll|energy] [in the total|included]",
    "[as agreed|as offered]",
    "[sum|total] [checked|verified]",
    "[all|total] in all",
    "",
    "[incl.|plus] [insurance|pallets|customs|admin]",
    "[price|offer] [as|per] [phone call|quote]",
    "[total|amount] [rounded up|all inclusive|final]",
    "[various|sundry] [costs|items] [included|contained]",
)
#: Facts: gap.
SUM_SAID = cue(
    "sum does not add up, said",
    "[what|which item] is the [extra|difference of] {gap}?",
    "{gap} [more|extra] than the lines, [no line|not explained|nobody knows why]",
    "[lines|positions] and [sum|subtotal] [differ|do not fit]",
    "[adds|added] up [wrong|wrongly], [asked|wrote to] the vendor",
    "[no|not any] [freight|surcharge] [agreed|ordered]",
    "",
    "[calculator|I] [says|get] {gap} less",
    "[asked|wrote] for a breakdown of {gap}[, no reply|]",
    "[somebody|they] added {gap}",
)
