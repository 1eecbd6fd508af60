"""Two questions on one invoice, neither settled."""

from exceptions.generator.wording.cue import cue

#: Facts: grn, item, missing.
RECOUNT_OPEN = cue(
    "count not settled",
    "«[recount|second count|stock-take] [of {item} |][pending|planned|not done|outstanding]»",
    "[vendor|supplier|carrier] [claims|swears] all was [delivered|on the truck], «[we are still searching|search goes on|not proven]»",
    "«[unclear|not clear|open] whether the {missing} [are lost|came|were loaded]»",
    "[counting|checking] {grn} [again|anew], «[result|outcome] [open|next week|unknown]»",
    "[cannot|can't] [confirm|say] yet, «{missing} {item} [missing or misplaced|maybe in hall 3]»",
    "[dispute|argument] about {missing} {item}, «[carrier's|driver's] answer [outstanding|awaited]»",
    "«{missing} short [or not|?], nobody [knows|can tell]» so far",
    "[stores|warehouse] and [vendor|carrier] «[disagree|contradict each other]» [about|on] {missing} {item}",
    "{missing} {item}: «[lost or never sent|stolen or miscounted]? [no answer|unknown]»",
    "[weigh bridge|scale] [slip|ticket] [awaited|requested], «[count|quantity] [not certain|in doubt]»",
    "«[two|both] counts differ», third one [to be done|next week]",
    "[driver|carrier] [asked|questioned] on {grn}, «[nothing|no word] yet»",
    "[claim|report] for {missing} {item} [filed|open], «not [decided|settled]»",
    "[CCTV|camera] [tape|footage] of the dock [asked for|to be seen], «{missing} [in question|disputed]»",
    "[shift|night crew] [says|thinks] {accepted}, [driver|vendor] says more, «[nobody sure|open]»",
    "[annual|spot] count [next week|on Friday] will tell, «[until then unclear|not sure now]»",
    "[insurer|carrier's insurer] [informed|asked], «no [finding|reply] so far» on {missing}",
)

#: Facts: other.
DUPLICATE_OPEN = cue(
    "duplicate suspicion not settled",
    "«{other} [may be|might be|is perhaps] the same [bill|claim]», [asked|wrote to] the vendor, no [answer|reply]",
    "[same|equal] [amount|sum] as {other}, «[not clear|unclear|open] which [one is right|counts]»",
    "«[cannot|could not] rule out [a duplicate|double billing]» with {other}, [pending|query running]",
    "[is this|maybe] {other} [once more|again]? «[no answer|unsolved|being checked]»",
    "{other} [also|too] [in query|parked|unpaid], «[one of them|one] may be [too many|wrong]»",
    "«[duplicate|double] or not? [open|undecided|nobody answered]» ({other})",
    "[vendor|supplier] [cannot|could not] [explain|say] {other} [versus|and] this one, «[still|remains] open»",
    "{other} and this one «[cannot both be right|look alike]», [vendor|they] [silent|looking into it]",
    "[which|what] [of the two|one] is [valid|real]? «[vendor|AR] [has not said|owes an answer]» ({other})",
    "«[perhaps|possibly] [billed twice|a second copy]», see {other}, [not proven|unproven]",
    "[case|query] {other}: «[same|one] order, two bills, [no|without] explanation»",
    "[asked|mailed] AR [twice|again] about {other}, «[silence|open|no reaction]»",
    "[likeness|similarity] to {other} [noted|seen], «[neither confirmed nor ruled out|no verdict]»",
    "[I|we] [do not|don't] know [if|whether] {other} «is this [bill|one] [under another number|again]»",
    "[two|both] papers, {other} and this, «[same goods or not|one claim or two]? [still asking|unknown]»",
    "[collections|their sales] could not [tell|say] «[if|whether] {other} was replaced»",
    "[open|unsolved] since days: «{other} [again|resent|a second order]?»",
    "[matcher|robot] says {other}, vendor says [nothing|no], «[unproven|not settled] [so far|either way]»",
)

#: Facts: other.
DUPLICATE_SETTLED = cue(
    "duplicate suspicion settled",
    "{other} «[is cancelled|was cancelled|withdrawn|was credited in full] by the vendor», [not a duplicate|only this one counts]",
    "[vendor|supplier] [answered|explained]: {other} «[covers|is for] [other goods|another order|the sister site]»",
    "«[no|not a] duplicate», {other} [belongs to|is for] another [order|plant]",
    "{other} [checked|compared]: «[different|other] [goods|delivery|order]», [question|query] closed",
    "[duplicate|double] [suspicion|question] on {other} «[cleared|settled|resolved|answered]»",
    "{other} «[has been|was] [voided|struck] by them», so this [is the one|counts]",
    "[AR|vendor] [replied|wrote back]: {other} «[was a test|never valid|is for another customer]»",
    "{other} «[concerns|is about] [another|a different] order», [so no|hence no] duplicate",
    "[solved|cleared]: {other} «[withdrawn|deleted|void]»",
    "[compared|put] both [side by side|together]: «[not the same|different] [goods|order]» ({other})",
    "[proved|turned out]: {other} «[belongs to|was for] the [spring|other] order», [no double|clear]",
    "{other} [and|versus] this: «[separate|two] orders», vendor [sent|showed] both delivery notes",
    "[vendor|AR] [sent|issued] a credit «[for all of|cancelling] {other}»",
    "«{other} [is void|does not count|has been annulled]», letter [here|on file]",
    "[doubt|query] on {other} «[answered|closed|done]»: [other|different] site",
)

#: The rule. Facts: none.
BOTH_RULE = cue(
    "two open questions",
    "[several|two or more] unsolved [points|issues|doubts] on [one|a] [bill|invoice] [go|belong] to the supervisor",
    "[if|when] [hold and reject|two reasons] [compete|conflict], [escalate|supervisor decides|pass it up]",
    "[conflicting|contradictory] [signals|reasons] are [escalated|passed up]",
    "[clerks|we] do not [choose|pick] between two open [doubts|questions], [supervisor|lead] does",
    "[mixed|double] [trouble|issues]: up the line, not hold",
    "more than one [doubt|flag] unresolved: [to|goes to] the [supervisor|team lead]",
    "[two|several] [flags|blocks] at once [are not|is not] ours to [settle|decide]",
    "hold plus [duplicate|reject] [flag|suspicion] = [escalate|hand up]",
    "[combined|stacked] [issues|queries] [get|need] a supervisor",
)
