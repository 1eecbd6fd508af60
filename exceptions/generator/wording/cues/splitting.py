"""One order cut into several invoices, and invoices just under a limit."""

from exceptions.generator.wording.cue import cue

#: What the vendor writes. Facts: part, parts, whole (quantity), item, job.
SPLIT_NOTE = cue(
    "split order, note",
    "«[instalment|invoice|bill|partial bill] {part} [of|/] {parts}», job {job}",
    "«{part}/{parts}» [for|of] [your order|our job|sales order] {job}",
    "[our job|sales order|project] {job}, «[billed|invoiced] in {parts} [parts|portions]» [as you wished|at your request|as agreed]",
    "«[split|divided|broken up] into {parts}» [on request|for you|by wish of your plant], {job}",
    "[portion|section] {part}, «[total|all in all] {whole} {item}», {job}",
    "[see also|together with] [the other|our other] bills of [today|the same day], «job {job}, {whole} {item}»",
    "«one [delivery|project|job] {job}», {parts} [bills|invoices]",
    "",
    "«[bill|invoice] [no. |]{part} of the {parts}», {whole} {item} [all told|altogether]",
    "«{whole} {item} [over|across|spread over] {parts} [bills|invoices]», [as you wanted|as your site asked]",
    "[project|job] {job}, «[slice|tranche] {part}»",
    "[you|your plant] [asked|wanted] «[smaller|several] [bills|invoices]» for {job}",
    "[shipped|delivered] «in one load with {others}»",
    "«[continues|continued from] {others}», job {job}",
)

#: Facts: parts, whole, item, job, others.
SPLIT_SAID = cue(
    "split order, said",
    "«{whole} {item} in one go», [papers|POs|bills] [cut|divided] into {parts}",
    "{inv} and {others} «[are|is] one [purchase|job|need|project]», [cut up|split|sliced] [so nobody has to sign|to save the approval|for speed]",
    "«[one|a single] [delivery|truck|installation]», {parts} [bills|POs][, handy for the limit|, each small enough|]",
    "[plant|requester] «asked [the vendor|them] to [split|break up] the [bill|job]» into {parts}",
    "«[split|divided] on purpose», {parts} [pieces|parts], same day, same [goods|job {job}]",
    "[belongs|go] together: {others}, «job {job}, {whole} {item}»",
    "[we|I] made {parts} POs [out of|from] «one [request|need|quote] {job}»[, less paperwork|, quicker that way|]",
    "[quote|offer] {job} was for «{whole} {item}», [ordered|entered] in {parts} [slices|steps]",
    "[all|the] {parts} [bills|invoices] «[stem|come] from one [quote|offer|project] {job}»",
    "[cut|chopped] «{whole} {item} into {parts}» [to stay below|to keep under] the approval",
    "[same|one] [requester|site|quote {job}], «{parts} times under the [limit|bar]»",
    "add up {inv} and {others}: «[a single|one] [job|order] {job}»",
    "[one|a] [crane|truck|crew] did it all «in one day, {whole} {item}», [paper|bill] in {parts}",
    "[told|asked] [them|the vendor] [to bill|for] «[pieces|slices] [below|under] the limit»",
    "[nobody|no one] wanted to wait for the [board|boss], «so [it became|we made] {parts} [orders|bills]»",
    "[budget|request] was for «{whole} {item} together», [then|later] [carved up|divided]",
    "[sister|twin] bills {others}: «same [day|job|request], same [goods|price]»",
    "[numbers|bills] in a row, «[one|the same] project {job}»",
    "[workaround|trick]: «{parts} small instead of one [big|large]»",
    "[I|we] [entered|keyed] it as {parts} [POs|lines] «since the [form|system] stops at the limit»",
    "[requisition|request] {job} «[was for all {whole}|covers all {parts}]»",
    "one job or several? «one, {whole} {item}», [billed|cut] in {parts}",
    "Q: why {parts} bills? A: «[to stay under|because of] the limit», one [order|job]",
    "«[one|a single] [request|contract|tender]» [behind|under] {inv} and {others}",
    "[signed|agreed] as «one lot of {whole} {item}», [billed|ordered] in {parts}",
    "[they|vendor] [offered|proposed] «to bill in {parts}, [to spare|so we avoid] the approval»",
    "[from|of] the same [pallet|truck|drawing]: «{inv}, {others}»",
    "{parts} [bills|orders] [typed|made] within minutes, «[one|same] need», says the [requester|log]",
)

#: The rule. Facts: none.
SPLIT_RULE = cue(
    "split orders count together",
    "[sums|amounts] of [one|a single] [project|purchase|need] are added up for [the limit|approval]",
    "[linked|connected|related] [bills|orders] [count|are judged] [together|as one]",
    "splitting [does not|cannot] [avoid|dodge] [the approval|the high-value check]",
    "[for|against] the [threshold|limit] take the whole [job|project], not [the part|each bill]",
    "[divided|split] purchases [go|are taken] to the supervisor",
    "[the|our] limit looks at the [purchase|whole deal], not at the [paper|single bill]",
    "[parts|slices] of one order are [summed|totalled] before approval",
    "[artificial|deliberate] splitting is a [breach|violation]",
    "more than one bill per [job|need]: add them, then check the limit",
    "[bills|orders] that belong together [are approved|count] as one sum",
    "the [policy|rule book] forbids [slicing|cutting] [orders|jobs] to stay low",
    "[partial|part] bills: [take|use] the [total|whole] for the limit",
    "[same|one] need, one limit, however many bills",
)

#: Facts as for SPLIT_SAID.
SEPARATE_SAID = cue(
    "separate orders, said",
    "{inv} and {others} «[are|were] [separate|unrelated|different] [needs|orders|jobs]» [of different sites|from three plants|, own quotes]",
    "«each [plant|site|department] [ordered|asked] [for itself|on its own]», [own|separate] quotes and trucks",
    "[no|not a] split: «[different|separate] [projects|cost centres|buildings]», [own|separate] [budget|approval] each",
    "{others} «[have|has] nothing to do with [this|{inv}]», [other|another] [site|job|year's budget]",
    "[same day by chance|coincidence], «[independent|unconnected] [orders|requests]»",
    "[looked at|asked about] {others}: «[own|different] [requests|needs]», [not one job|nothing was cut up]",
    "«[several|three] [branches|sites] [buy|order] the same {item}», each [has|with] its own [order|PO and quote]",
    "[control|compliance] [checked|looked]: «no [splitting|common project]», {others} [independent|for other sites]",
    "[asked|checked] with the sites: «[three|different] requests, [three|different] [managers|budgets]»",
    "[nothing|no] common [job|project]: «[plants|branches] [north|east] and [south|west] [order|buy] alone»",
    "{others} «[belongs|belong] to [another|the other] [plant|building|contract]», [quote|offer] of its own",
    "«[own|separate] tender for each», [delivered|shipped] to different [addresses|towns]",
    "[compared|read] the requests: «[no link|not connected|unrelated]», [same day|timing] is chance",
    "[quote|request] for {inv} «[is complete in itself|covers this one only]»",
    "[each|every] [site|unit] has «[its own|a separate] [yearly|fixed] order»",
    "one job or several? «several, [own|separate] requests», {others} [not ours|another site]",
    "Q: split? A: «[no|not so], [different|separate] [sites|needs|budgets]»",
    "[asked|rang] all [three|four] requesters: «[none|nobody] knew of the others»",
    "[different|separate] [frames|contracts|cost centres], «[by chance the same|equal] sum», {others}",
    "[each|every] bill has «its own [truck|delivery] and [budget|signature]»",
    "[auditor|compliance] [looked|checked] {others}: «[no pattern|nothing divided|stand alone]»",
    "[school|clinic|depot] orders, «one per [site|house]», not [cut|one job]",
)

#: Said of invoices that keep just under a limit. Facts: limit, others.
HABIT_SAID = cue(
    "just under the limit, said",
    "«[always|every time|each time] [a hair|a little|just] [under|below|short of] {limit}»",
    "[funny|odd|strange|interesting] how [they|these] «[stay|keep|end up] [just|barely] below {limit}»",
    "[amounts|totals|bills] «[tailored|tuned|shaped] to the {limit} [bar|limit|line]»",
    "[vendor|requester] [knows|seems to know] our limit: «[all|every bill] [nearly|almost] {limit}»",
    "[pattern|series] [noticed|seen]: {others}, «[each|all] [close to|near] {limit}»",
    "[fourth|another|one more] «[just below|scraping under|right under] the [limit|approval]»",
    "[orders|needs] [sized|cut] «so that nobody [above|senior] must [look|sign]»",
    "[nice|good] [customer|orders], [nothing special|same as before]",
    "[usual|regular] [batch|lot], [no remarks|fine by me]",
    "[why|how come] «never over {limit}»?",
    "[look|mind]: {others} and {inv}, «[none|not one] reaches {limit}, all [nearly do|come close]»",
    "someone [aims|steers] «[right|straight] below {limit}»",
    "«[conveniently|again] [below|under] the [limit|bar]», [as|like] {others}",
    "[requester|plant] [says|claims] pure chance that «all [stay|are] under {limit}»",
    "[a|some] few [pieces|units] more and «{limit} would be [passed|reached]», each time",
    "[fine|ok], [regular|known] [need|stock]",
    "{others} [all|each] [missed|stayed below] {limit} «by [a little|some euros|a nose]»",
    "«[price|quantity] [trimmed|adjusted] to [fit|end] under {limit}»",
    "[how|why] is it «[always|ever] [a touch|slightly] less than {limit}»?",
    "[friendly|loyal] vendor, «never [bothers|troubles] the [boss|approver]»",
)

#: The rule. Facts: none.
HABIT_RULE = cue(
    "habit of staying under the limit",
    "[repeated|serial] [totals|bills] [right|just] below a [limit|threshold] [go|belong] to the supervisor",
    "[a series|a run] of [near-limit|borderline] [bills|invoices] [is|counts as] [evasion|circumvention]",
    "[who|whoever] [stays|keeps] under the [bar|limit] [again and again|by design] [is reviewed|gets reviewed]",
    "[limit|threshold] [dodging|avoidance] is [reported|escalated], whatever the single [amount|bill]",
    "[look|watch] out for [chains|series] [under|below] the [approval|high-value] [line|limit]",
    "[several|three or more] [bills|totals] [close|next] to the [limit|bar]: treat as above it",
    "near-misses in a row [need|require] a [senior|second] look",
    "[under|below] by a whisker, again and again, is a [matter|case] for the supervisor",
    "[serial|repeated] [undershooting|near-limit billing] breaks the approval rule",
    "[sequence|string] of [bills|totals] [hugging|kissing] the [limit|bar]: [pass up|to the supervisor]",
    "[regular|steady] [near-limit|borderline] amounts [are|count as] a red flag, [escalate|send up]",
    "[we|desk] do not [release|clear] the third [near-miss|bill under the bar] in a row",
    "[structuring|staggering] below [approval|limits] is [banned|not allowed]",
)

#: What the warehouse writes of a delivery that was billed in parts. Facts: whole, item, parts, billed.
SPLIT_RECEIPT = cue(
    "split order, receipt",
    "[one|single] [load|truck|drop] of {whole}, {billed} [on|to] this [receipt|PO]",
    "[came|arrived] [together|as one lot], {whole} in all",
    "[driver|carrier] had {parts} [notes|papers] for one [load|pallet run]",
    "[booked|entered] in {parts} [receipts|portions], one [delivery|truck]",
    "{whole} [unloaded|received] at once",
    "[same|one] truck as [the others|the other POs]",
)
