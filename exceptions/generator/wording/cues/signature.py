"""A second signature that the order asks for."""

from exceptions.generator.wording.cue import cue

#: In the terms. Facts: terms, limit.
TWO_SIGNATURES = cue(
    "two signatures required, terms",
    "{terms}. [Above|Over|Beyond] {limit}: «[two|2] [signatures|approvals] [needed|required]»",
    "{terms}; «[four-eyes|dual] [approval|release]» [from|above] {limit}",
    "{terms}; [payments|bills|invoices] [over|above] {limit} «need a [second|further] [signature|approver]»",
    "{terms}. «[Co-signature|Countersignature] [mandatory|required]» [above|from] {limit}",
    "{terms}, «[second|2nd] [release|sign-off] [from|above] {limit}»",
    "[release|approval] rule: «[two|both] [signatories|approvers] above {limit}»; {terms}",
    "{terms}; «joint [approval|signature] of two» if over {limit}",
    "{terms}; «[DOA|delegation of authority]: > {limit} two approvers»",
    "{terms}; over {limit} «[needs|requires] [sign-off|approval] by two [persons|managers]»",
    "{terms}. «[Two-person|4-eyes] [rule|principle]», [limit|threshold] {limit}",
    "{terms}; [invoices|sums] [beyond|exceeding] {limit}: «[signature|release] of a second [manager|officer]»",
    "«[two|2] [names|signatures]» [to release|for] more than {limit}; {terms}",
    "{terms}; «[not to be paid|no payment] above {limit} on one [signature|name]»",
    "{terms}. [Release|Approval] matrix: «[from|above] {limit} A and B sign»",
    "{terms}, «[limit|cap] {limit} for single [approval|release]»",
)

#: Facts: who, boss, when.
SIGNATURE_MISSING = cue(
    "second signature missing",
    "[first|1st] approver {who} [ok|signed|done], «[second|2nd] ({boss}) [pending|outstanding|to come|not done]»",
    "«[waiting|we wait|still waiting] for [the|our] {boss}» to [sign|release|approve], {who} [did|signed] {when}",
    "{who} [released|signed] {when}; «{boss} [has not|did not yet|still has to] [sign|approve|act]»",
    "[approvals|signatures]: «1 [of|/] 2»[, missing: {boss}| ({who} only)|]",
    "«[counter-signature|co-signature] [of|by] the {boss} [absent|missing|not there|lacking]»",
    "[step|stage] [two|2] «[open|not started|stuck|overdue]» [with|at] {boss}[, reminder {when}|]",
    "{boss} [is away|on leave|travelling], «[nothing|not] signed [so far|yet]»; {who} signed {when}",
    "[only|just] «one [name|signature|release] on the [sheet|form|workflow]»: {who}, {when}",
    "[form|sheet] shows {who} [and|then] «an empty [line|box|field]» [for|where] the {boss}",
    "«[release|approval] incomplete»: {boss} [to sign|pending][ since {when}|]",
    "the {boss} «[wants to think|asked for more time|has not opened the request]»[, {when}|]",
    "[second|other] approver «[never clicked|did not respond|silent]», {when}: {who} done",
    "[half|50 %] approved: {who} yes, «{boss} [no answer|blank|outstanding]»",
    "[four eyes|dual control]? «so far two eyes»: {who}",
    "request [to|for] {boss} [sent|resent] {when}, «[no reaction|unanswered|not signed]»",
    "[sent|handed] «the [folder|file] to the {boss}» {when}, [back unsigned|not back|still there]",
    "{who} [ticked|signed] on {when}; the [other|second] [tick|signature] «[is not there|missing|still to get]» ({boss})",
    "[cannot|can't] release: «[need|needs] the {boss}», [only|just] {who} so far",
    "[signature|approval] B «[none|blank|n/a]», A {who} {when}",
    "«{boss} [refuses to sign|will not sign] before [a talk|the budget round]», {who} [did|signed]",
    "[deputy|assistant] of the {boss} «[may not sign|has no right to sign]», [original|boss] [away|abroad]",
    "[DocuSign|e-sign] {when}: {who} [completed|signed], {boss} «[viewed, not signed|waiting|expired]»",
    "[task|ticket] [at|with] {boss} «[untouched|open|unread] since {when}»",
    "«[lacks|is short of] one [signature|release]», that of the {boss}",
    "{who} [approved|okayed] alone, «[nobody else|no second person] [signed|did]»[, {boss} in hospital|]",
    "[the|our] {boss} [asked|wants] to see the contract first, «[unsigned|release pending]» {when}",
    "[second|final] [OK|go] [expected|hoped for] next week, «[so far|until now] [none|nothing]» from {boss}",
    "[verbal|oral] yes from the {boss}, «[nothing signed|no signature]»[, {who} did sign|]",
    "«[wet|ink] signature {boss}: [no|not yet|missing]»",
    "did the {boss} sign? «[no|not yet|not so far]», {who} did {when}",
    "Q: both signed? A: «[only|just] {who}», {boss} [missing|open]",
)

#: Facts as before.
SIGNATURE_GIVEN = cue(
    "second signature given",
    "{who} and {boss} «[both signed|have both signed|signed]»[, {when}|]",
    "[approvals|signatures]: «2 [of|/] 2»[, last {when}| ({who}, {boss})|]",
    "«[second|2nd] [signature|approval] [in|given|there|done]» {when}, {boss}",
    "{boss} «[signed|released|approved|countersigned]» {when}, {who} before",
    "«[release|approval] complete», {who} + {boss}[, {when}|]",
    "[workflow|sheet|form] «fully [signed|approved]» {when} by {who} and {boss}",
    "[four-eyes|dual] [rule|control] «[met|satisfied|fulfilled]»: {who}, {boss}",
    "«both [names|signatures] on the [form|sheet]», {who} and {boss}, {when}",
    "the {boss} «[came back and signed|clicked release|gave the second OK]» {when}",
    "{who} [first|1st], {boss} «second, [done|signed|ok] {when}»",
    "«[countersigned|co-signed] by the {boss}» {when}",
    "[nothing|no approval] outstanding: «{boss} [joined|added the signature]» {when}",
    "[sent|handed] the [folder|file] to the {boss} {when}, «[it |][came back signed|is back with the signature]»",
    "{boss} [was away|travelled], «signed [on return|remotely] {when}», {who} [earlier|too]",
    "[signature|approval] A {who}, B {boss}, «[both|all] [done|green]» {when}",
    "[DocuSign|e-sign] {when}: «[completed|finished] by [both|all]» ({who}, {boss})",
    "[deputy|stand-in] with [power|proxy] «signed for the {boss}» {when}",
    "[task|ticket] [at|with] {boss} «[closed: approved|done]» {when}",
    "[was|had been] [missing|open], «[now|since {when}] [signed|complete]»: {boss}",
    "both [ticks|stamps] [set|there], «{who} then {boss}»",
    "the {boss} «[no longer|does not] [objects|object], [signed|approved]» {when}",
    "[verbal|oral] yes [turned into|became] «a signature» {when}, {boss}",
    "did the {boss} sign? «yes, {when}», {who} too",
    "Q: both signed? A: «[yes|both|all done]» {when}, {who} and {boss}",
)

#: Facts: none.
SIGN_PRESSURE = cue(
    "pressure to pay without the signature",
    "[pay|release] [it|this], [the rest is a formality|paper can follow|I take the blame]",
    "[discount|cash discount|skonto] [lapses|expires|runs out] [tomorrow|soon][, hurry|]",
    "[all|everything] [approved|agreed] [verbally|by phone][, go ahead|]",
    "[I|we] [approve|OK] this[, please pay|]",
    "[boss|everybody] [knows|agrees][, no need to wait|]",
    "[one|a single] signature should [do|be enough], [really|no?]",
    "[can|could] we not [pay first|release now], sign later",
    "[vendor|supplier] [threatens|will charge] [interest|a fee], [release|pay] now",
    "[machine|goods] [is|are] [running|in use], so pay",
)

#: The rule as the desk recalls it. Facts: limit.
SIGNATURE_RULE = cue(
    "two signatures required, said",
    "«[anything|all|whatever] [above|over] {limit} [needs|takes] two [signatures|approvers]»",
    "«[dual|double] [approval|release] [from|above] {limit}», [no exceptions|mind the rule]",
    "[signing|approval] rules: «[over|above] {limit} [a second|one more] [manager|name]»",
    "[remember|reminder]: «[second|2nd] [signature|OK] above {limit}»",
    "«[limit|threshold] for one signature is {limit}», [then|beyond it] two",
    "[finance|board] [rule|policy]: «two [sign|approve] beyond {limit}»",
    "«four eyes [from|above] {limit}», [in force|valid] since last year",
    "[no|not any] [payment|release] [over|above] {limit} «[with|on] one signature»",
    "«[single|one-man] [release|approval] ends at {limit}», mind [that|it]",
    "[auditors|bank] [want|wants] «two [names|approvers] [over|above] {limit}»",
)
