"""A surcharge for speed: approved or not."""

from exceptions.generator.wording.cue import cue

#: What the vendor writes. Facts: billed_rush.
RUSH_NOTE = cue(
    "rush surcharge, note",
    "[price|unit price] [includes|with|incl.] {billed_rush} % [express|rush|speed] [fee|premium|supplement|uplift]",
    "[express|weekend|overnight|priority] [production|handling|delivery][: +{billed_rush} %| at {billed_rush} % extra|]",
    "{billed_rush} % [added|extra|on top] for [speed|priority|the short lead time|same-week delivery]",
    "[expedite|expediting] [fee|charge] {billed_rush} % [contained|in the price|worked into the price]",
    "[rush|hurry] [job|order], [premium|uplift] {billed_rush} %",
    "[ahead of the queue|special shift|night shift]: +{billed_rush} %",
    "{billed_rush} % [courier|air freight|quick-turn] [extra|component]",
    "[thanks|thank you] for the [quick|short] [order|call], [rate|price] +{billed_rush} %",
    "[emergency|breakdown] [service|supply], {billed_rush} % [uplift|on list]",
    "[lead time|delivery] [cut|shortened] as [asked|ordered]: {billed_rush} %",
    "[speed|priority] has its price: {billed_rush} %",
    "[week instead of a month|48 h service], {billed_rush} % [added|premium]",
    "express [delivery|slot] [kept|met], {billed_rush} % as per form",
)

#: Facts: allowed, form, when, who.
RUSH_ALLOWED = cue(
    "rush surcharge allowed",
    "«[express|rush|speed] [fee|premium|supplement] [of|up to] {allowed} % [approved|authorised|released|okayed]» [by {who}|] {when}[, {form}|]",
    "{form} ({when}): «{allowed} % [for|on] [express|priority|expedited] [delivery|production]», [signed|stamped|approved]",
    "[line|plant|machine] [stood still|was down], {who} «[agreed to|signed|granted] {allowed} % [extra|on top]» {when}",
    "«we [asked|begged] for [speed|express|earliest delivery] and [accepted|agreed] {allowed} %», {form}",
    "[premium|uplift|extra charge] «[cleared|signed off|in order] up to {allowed} %», [see|under|ref] {form}",
    "{who} [approved|authorised] the «[expedite|speed] [fee|cost] of {allowed} %» [on {when}|before the order went out]",
    "«[yes|ok] to {allowed} % [more|extra] for [delivery this week|express]», [mail|note] [of|from] {when}",
    "[budget holder|cost centre owner] «[took|accepted|approved] the {allowed} % [express|rush] [cost|surcharge]» ({form})",
    "[documented|on file]: {form}, «{allowed} % [speed|urgency] [bonus|supplement]», [dated|from] {when}",
    "[short notice|tight date] [cost|costs] us «{allowed} %, [as agreed|agreed beforehand|with our signature]» {when}",
    "[surcharge|supplement] request {form} «[granted|passed|released], {allowed} %»",
    "«[price + {allowed} %|{allowed} % over order price] [is right|is agreed]» because we [wanted it fast|jumped the queue], {when}",
    "{who}: «[go|do it], I [carry|take] the {allowed} %», [form|paper] {form}, {when}",
    "[machine|press|line] 4 [broke|failed], «[premium|extra] {allowed} % [cheaper than waiting|worth it], approved» {when}",
    "[mail|chat] of {when} to the vendor: «[faster please|speed up], {allowed} % [extra ok|accepted]»",
    "{form} [countersigned|complete]: «[surcharge|supplement] {allowed} % for [air freight|weekend work|priority]»",
    "«[both|two] [managers|heads] [signed|ok'd] {allowed} %» ({form}) {when}",
    "[unit|order] price [plus|+] «{allowed} % [is covered|as signed] by {form}»",
    "[we|I] [ordered|chose] the express [option|rate], «{allowed} % [known|accepted] beforehand», {when}",
    "[requester|plant] [asked for|needed] it in three days; «{who} [released|cleared] {allowed} %»",
    "[written|signed] [order|release] [for|of] speed {when}: «[max|up to] {allowed} % [on top|extra]»",
    "«extra {allowed} % [budgeted|in the budget] and [signed|released]», see {form}",
    "[exception|special] [approval|release] {form}: «{allowed} %, [valid|granted] {when}»",
    "«[uplift|premium] [agreed|fixed] at {allowed} % before [shipping|production]», {who}",
    "[customer|stop of production] [pressed|threatened], so «{allowed} % [premium|more] was [granted|signed]» {when} ({form})",
    "was express ordered? «yes, {allowed} % [agreed|signed]» {when}, {form}",
    "Q: {allowed} % on top? A: «[approved|right|ordered so]», {form} {when}",
)

#: Facts: form, when, who, billed_rush.
RUSH_REFUSED = cue(
    "rush surcharge refused",
    "«[nobody|no one here] [approved|ordered|asked for] [express|a rush|a speed fee]»",
    "{form} «was [refused|not signed|declined|turned down]» [by {who}|] {when}",
    "«no [approval|signature|form] for [the|any] [surcharge|express fee|premium]», [normal|standard] [delivery|lead time] [agreed|ordered]",
    "[request|application] {form} for {billed_rush} % «[came back unsigned|was not granted|expired]»",
    "[surcharge|premium|uplift] «[not agreed|not authorised|was never agreed]» [with us|by purchasing|]",
    "{who} «[refused|declined|said no to] the [premium|express cost]» {when}",
    "[express|speed] was [the vendor's|their] [own idea|choice], «we [did not order|never wanted] it»",
    "[offered|proposed] {when}, «[we declined|declined|not taken up]», yet [billed|charged]",
    "[no urgency|nothing urgent] on our side, «[premium|extra] [without|has no] [basis|order]»",
    "«[signature|release] for {form} is [missing|not there|lacking]»",
    "[plant|requester] «denies [asking for|ordering|having approved] [express|a rush]»",
    "{who}: «[no|never]», we [can wait|wait], [normal|usual] [terms|price] please ({when})",
    "[surcharge|premium] [field|box] on {form} «[empty|crossed out|blank]»",
    "[standard|regular] [delivery|service] [ordered|booked], «express [was not ours|not ordered]»",
    "[the|an] express [quote|offer] of {when} «[went unanswered|was left unsigned|never accepted]»",
    "«[no one|nobody] [at|in] [the plant|purchasing] [signed|ordered] [speed|a premium]»",
    "[plant|shift lead] [asked|wanted] it, «{who} [stopped|refused|blocked] the extra» {when}",
    "{form} «[rejected|void|not approved]», [vendor|they] [knew|were told] {when}",
    "[they|vendor] [took|needed] [four|five] weeks anyway; «[premium|uplift] [not earned|not agreed]»",
    "[approval|consent] for the [extra|uplift]: «[none|not on file|cannot be found]»",
    "«[only|just] [talked about|mentioned] by phone, [not approved|nothing signed]»",
    "[budget|cost centre] owner «[does not pay|rejects|will not sign] the [express|premium]»",
    "was express ordered? «no, [nobody signed|refused|not by us]» {when}",
    "Q: {billed_rush} % on top? A: «[not approved|never agreed|refused]», {form}",
)

#: In the terms of the order. Facts: terms, allowed, when, form.
RUSH_TERMS = cue(
    "rush surcharge allowed, terms",
    "{terms}; «[express|rush] [supplement|premium] {allowed} % [agreed|accepted|included]»",
    "{terms}. «Delivery within [3|5|7] days, [premium|surcharge] [up to |]{allowed} %» ({form})",
    "{terms}; {form} [signed|approved]: «{allowed} % for [speed|priority]»",
    "«[urgent|priority] order, price +{allowed} %» [as signed|approved] {when}; {terms}",
    "{terms}, «[buyer|we] [pays|pay] {allowed} % for express»",
    "{terms}; «[breakdown|emergency] [order|supply]: plus {allowed} % [ok|agreed]»",
    "«[short|shortened] lead time against {allowed} % more», {form}; {terms}",
    "{terms}. «Rush [fee|rate] of {allowed} % applies to this order»",
)

#: What a matching system says of it, before anybody has read. Facts: item.
PRICE_ALARM = cue(
    "price alarm",
    "[price|unit price] [over|above|beyond] tolerance[, {item}|]",
    "[PRICE BLOCK|price block|R-block] [set|active]",
    "[variance|deviation] on {item} [too high|red|not ok]",
    "[auto-match|matching] failed: price",
    "[blocked|parked] for price, [please|pls] [check|review]",
    "[price|cost] [check|test]: FAIL",
    "[unit price|price] [differs|deviates] from [order|PO]",
    "[tolerance|limit] [exceeded|broken] on price",
)
