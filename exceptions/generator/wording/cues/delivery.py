"""What arrived, when and for which delivery."""

from exceptions.generator.wording.cue import cue

#: On a receipt or said by the warehouse: goods are short. Facts: item, missing, accepted.
SHORT_NOTE = cue(
    "part delivery",
    "[rest|balance|remainder] [to follow|on next truck|outstanding|announced]",
    "[partial|incomplete|split] [shipment|consignment]",
    "{missing} {item} [missing|short|not on the truck|lacking]",
    "[delivery note|packing list] says {accepted}",
    "[short|fewer] than ordered",
    "{missing} [backordered|to come|still due]",
    "[got|received|counted] {accepted} [only|not more]",
    "[1 of 2|first] [pallet|truck] [only|]",
    "[second|next] [truck|lorry|drop] [not seen|due later]",
    "",
    "[just|only] part of {item} on the truck",
    "{accepted} [scanned|weighed|in stock]",
    "[gap|difference] of {missing} noted on the [waybill|CMR]",
    "[second|other] [part|half] [later|follows]",
    "[truck|container] not [full|complete]",
)

#: Facts: item, missing, accepted, grn.
SHORT_SAID = cue(
    "part delivery, said",
    "{missing} {item} «[still|yet] [to come|missing|outstanding|open]»",
    "«[counted|booked|we have] {accepted} {item}», [no more|not the rest]",
    "[vendor|supplier] [says|promises] the «[missing|remaining] {missing}» [next week|soon|by month end]",
    "[rest|balance] of {item} «[has not arrived|not in|did not come]»[, {grn} is all|]",
    "«[short|shortage]: {missing} {item}»[, vendor informed|, asked carrier|]",
    "[carrier|haulier] [lost|left|forgot] [a pallet|part], «{missing} {item} [missing|absent]»",
    "[production|plant] [waits|is waiting] for the «[other|missing] {missing} {item}»",
    "[billed|invoiced] [in full|everything], «[delivered|arrived] {accepted}»",
    "{item}: «{accepted} [in|here|received], {missing} not»",
    "[do not|don't] have the «[last|other] {missing}» [of|pieces of] {item}",
    "[shelf|stock] count {item}: «{accepted}», [billed|they bill] more",
    "[when is the rest due?|any news on the rest?] «{missing} {item} [open|missing]»",
    "«[half-empty|light] truck», {missing} {item} [not loaded|left behind]",
    "«[we|the line] got {accepted} so far», [vendor|supplier] [sends|will send] the others",
    "[confirmed|yes]: «{missing} {item} [on back order|unsent|at their plant]»",
    "[supplier|vendor] [out of stock|sold out], «{missing} [to be made|in production]»",
    "[no|without] second [truck|parcel] «[by now|until today], {accepted} it is»",
    "«[incomplete|in part]: {accepted} {item}», [waybill|papers] say [the same|so too]",
    "[they|vendor] bill {missing} {item} «[nobody|none of us] has seen»",
)

#: Nothing usable: all rejected. Facts: item, defect.
REFUSED_NOTE = cue(
    "all refused at the gate",
    "[all|everything|whole lot] [refused|rejected|blocked], {defect}",
    "{defect}, [not accepted|nothing accepted|acceptance refused]",
    "[quarantined|blocked stock|on hold by QA], {defect}",
    "[load|lot] [turned away|sent away|refused] at the [gate|dock]",
    "[failed|did not pass] [inspection|the test]: {defect}",
    "[inspection|test] [pending|not passed], zero [released|accepted]",
    "{defect} [throughout|on every piece]",
    "",
    "[lot|batch] on hold, {defect}, [zero|none] released",
    "[refused|declined] to sign, {defect}",
    "[QA|inspection] stop: {defect}",
    "{defect}, [back|to be] [collected|fetched]",
)

#: Said of it. Facts: item, defect, grn.
REFUSED_SAID = cue(
    "all refused, said",
    "«[nothing|no piece|none] [of it|of {item}] [accepted|was taken|usable]», {defect}",
    "[whole|entire] [lot|delivery] «[rejected|refused|blocked]» [at inspection|by QA|], {grn}",
    "«zero [accepted|released|taken]» on {grn}, {defect}",
    "[replacement|new delivery] [asked for|promised|ordered], «[present|this] lot [refused|useless]»",
    "{item} {defect}, «[we took none|all refused|acceptance denied]»",
    "[vendor|supplier] [will|must] [collect|fetch] [all|the lot], «[none|nothing] [kept|accepted]»",
    "«[not a single|not one] {item} [passed|accepted]»",
    "[sample|test] [failed|bad], «[lot|everything] [barred|blocked]»: {defect}",
    "[cannot|can't] use «[any|one single piece] of it», {defect}",
    "«[truck|delivery] [turned round|went home]», {defect}, [new|fresh] lot [asked|promised]",
    "{grn} «[booked with zero good pieces|all to scrap|all blocked]»",
    "[we wait|waiting] for «[good|proper] ones», these are {defect}",
)

#: The receipt on the order is that of an earlier delivery. On the receipt. Facts: earlier (a period).
EARLIER_NOTE = cue(
    "receipt of an earlier cycle, note",
    "«{earlier} [lot|delivery|call-off|instalment|drop|round]»",
    "«[for|covers|belongs to] {earlier}»",
    "«[call-off|cycle|release|period] {earlier}»",
    "«{earlier} [quota|share|portion]», [complete|as planned]",
    "«[service|supply] period {earlier}»",
    "«[previous|first|earlier] [call-off|release|instalment]»",
    "«batch of {earlier}»",
    "",
    "«{earlier}», [as called|on schedule|1st truck]",
    "«[stock|supply] for {earlier}»",
    "«[goods|items] of the {earlier} [round|plan]»",
    "[label|slip]: «{earlier}»",
)

#: Facts: now (a period), earlier, grn, grn_day, other.
NOTHING_SINCE = cue(
    "nothing came for this cycle",
    "«[no|not one] [truck|delivery|parcel|drop] [from them|came|arrived|booked] since {grn_day}»",
    "{grn} «[was|is] the {earlier} [lot|delivery|goods]»[, billed with {other}|], {now} [missing|not here]",
    "«{now} [goods|lot|delivery] [not in|never arrived|not seen|still to come]»",
    "[stock|shelf] [empty|down to nothing], «{now} [call-off|lot] [not delivered|not arrived]»",
    "[we|stores] «wait for the {now} [lot|delivery|drop]»",
    "[receipt|booking] on file is «[of the round before|the {earlier} one|last period's]»",
    "«[no|zero] [receipt|goods receipt|booking] for {now}»[, only {grn} for {earlier}|]",
    "[they|vendor] [billed|charged] {now} «[ahead of delivery|before shipping|without delivering]»",
    "{grn} [went with|was used for|is consumed by] {other}, «[nothing|no receipt] left for this bill»",
    "[asked|called] the carrier: «{now} [is not|was not] [loaded|shipped|picked up]»",
    "«last [seen|delivery|unloading] {grn_day}», [that was|for] {earlier}",
    "[the|their] {now} [lot|pallets] «[stuck in customs|delayed|still at the factory]»",
    "«[nothing|none] [delivered|received] against the {now} [release|call-off]»",
    "[{now}|this period]? «[not a|no] [box|pallet|piece] [so far|yet]»",
    "[ramp|gate] log: «last entry {grn_day}», then [nothing|none]",
    "{other} [ate up|took|covers] {grn}; «[this bill|{now}] [hangs in the air|has no goods behind it]»",
    "[planner|dispatcher]: «{now} [moved|postponed|pushed back]», [yet|still] billed",
    "[we|line] [run|runs] on old stock, «{now} [not supplied|outstanding]»",
    "«[only|just] the {earlier} [delivery|goods] [on hand|here]», {grn}",
    "[I|we] [booked|signed] nothing [after|past] {grn_day}: «{now} [open|awaited]»",
    "[vendor|supplier] [admits|says] {now} «[ships|goes out] [next week|later]»",
    "one receipt, two bills: «{grn} [went|belongs] to {earlier}»",
    "[tracking|carrier page]: {now} «[label created|not handed over|no movement]»",
    "{grn_day} was {earlier}; «[between then and today|since] [zero|nothing]»",
    "is {now} here? «no, [last was|only] {grn_day}»",
    "Q: {now} [delivered|received]? A: «[no|not yet|nothing]», {grn} was {earlier}",
)

#: Facts as before.
CAME_NOW = cue(
    "this cycle arrived",
    "{grn} «is the {now} [lot|delivery|drop]», [{earlier} was booked before|not {earlier}]",
    "«{now} [goods|lot] [in|arrived|here|received]» with {grn}",
    "[receipt|booking] {grn} «[belongs to|covers|is for] {now}», {other} had its own",
    "[yes|confirmed], {grn_day} «[was|brought] the {now} [delivery|instalment]»",
    "{other} [covered|was for] {earlier}; «{grn} [is new|is this period's|is {now}]»",
    "«{now} call-off [delivered|complete]», {grn_day}",
    "[label|delivery note] on {grn} [says|reads] «{now}»",
    "[mixed up at first|typo on the note]: {grn} «[really is|covers] {now}»",
    "[stock|shelf] [refilled|full again] {grn_day}, «{now} [lot|delivery]»",
    "not last period's: «{grn} = {now}»",
    "[gate|ramp] log {grn_day}: «{now} [unloaded|received]»",
    "[sorry|correction], «{now} [did come|is here]», {grn}",
    "[planner|dispatcher]: «{now} [shipped|came] on time», {grn_day}",
    "{earlier} [is|was] [closed|settled] with {other}; «{grn} [opens|is] {now}»",
    "[tracking|carrier page]: {now} «[delivered|handed over]» {grn_day}",
    "«[new|fresh] [goods|pallets] for {now}» [counted|on the shelf], {grn}",
    "[asked|checked]: {grn} «not {earlier} but {now}»",
    "is {now} here? «yes, {grn_day}», {grn}",
    "Q: {now} [delivered|received]? A: «[yes|all in]», {grn}",
    "[driver|carrier] [note|slip] of {grn_day}: «{now}»",
    "[lot|batch] label [fresh|new], «{now} [in stock|shelved]» [with|under] {grn}",
    "«{grn} [stands|counts] for {now}», the one before was [booked|billed] [with|as] {other}",
    "[yes|ok], [second|new] [truck|drop] {grn_day}, «[that is|so] {now}»",
    "we [unloaded|counted] «{now} on {grn_day}»",
    "[plan|schedule] and truck agree: «{now} came», {grn}",
)

#: Terms of an order with several deliveries. Facts: terms, billed.
CYCLE_TERMS = cue(
    "order with cycles, terms",
    "{terms}; [call-off|blanket|frame] order, {billed} [a|per] [month|period|release]",
    "{terms}, {billed} [each|every] [month|period|cycle]",
    "{terms}. [Delivery|Shipment] in [monthly|equal] [lots|instalments] of {billed}",
    "[scheduling|framework] agreement, {billed} per [release|month]; {terms}",
    "{terms}; [rolling|recurring] [deliveries|supply] of {billed}",
    "{terms}; [delivery|supply] plan: {billed} per [month|release|period]",
    "{terms}, [yearly|annual] order, drawn in lots of {billed}",
    "{terms}; [on call|call-off], each [call|time] {billed}",
)

#: What the vendor writes. Facts: now.
CYCLE_NOTE = cue(
    "cycle, note",
    "{now} [instalment|release|lot|drop|share]",
    "[for|covering|period] {now}",
    "[call-off|release] {now}",
    "[supply|delivery] [of|for] {now}",
    "[goods|quantity] [for|of] {now}",
    "{now}, as per [delivery plan|schedule|contract]",
    "[our|the] {now} [bill|invoice|statement]",
    "[invoice|bill] for {now}",
    "[this|the] [bill|invoice] [covers|is for] {now}",
    "[contract|frame] [delivery|share] {now}",
    "{now} [quota|portion|batch]",
)
