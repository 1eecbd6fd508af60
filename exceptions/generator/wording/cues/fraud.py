"""Who sends the bill, and to which bank account."""

from exceptions.generator.wording.cue import cue

#: What the sender writes. Facts: new_account.
NEW_BANK_NOTE = cue(
    "new bank account, note",
    "[please|kindly] [pay|remit|transfer] to [our|the] new [account|IBAN] [ending|ends|..] {new_account}",
    "[bank details|bank|account] [changed|have changed|updated]: [account|IBAN] [ending|with] {new_account}",
    "[our|the] [old|former] account is [closed|frozen], use [the one ending|no.] {new_account}",
    "[new|different] [beneficiary|payee] [account|bank], [ends|last digits] {new_account}",
    "we [moved|switched] to [another|a new] bank[, account|:] [ending|..] {new_account}",
    "[remit|remittance] [to|details]: [IBAN|acct] ...{new_account}[, old one invalid|]",
    "[due to|because of] an audit our [account|bank] [is|was] changed, [now|see] {new_account}",
    "[future|all] payments [only|please] to {new_account}, [old|previous] [account|bank] [out of use|closed]",
    "[bank|account] switch: [ends in|last four] {new_account}",
    "[our|the] treasury [works|banks] with a new [house|bank], {new_account}",
    "to avoid delay [pay|transfer] to {new_account} [today|directly]",
    "[see|note] changed [details|IBAN] below: {new_account}",
    "[interim|temporary] [account|IBAN] {new_account}",
)

#: Facts: new_account, old_account, supplier, real_supplier, inv, po.
BANK_FRAUD = cue(
    "not the real vendor",
    "«[the real|our true|the genuine] vendor [knows nothing of|did not send|denies] {inv}», [asked|rang] [them|the known number]",
    "[called|rang|phoned] the [number|contact] [on file|we know]: «{inv} is not [theirs|from them]»",
    "«account {new_account} [belongs to|is held by] [a stranger|somebody else|a private person]», [ours|master] [says|has] {old_account}",
    "«{new_account} [on|is on] the [fraud|warning|black] list» [of the bank|since last month|], [known|registered] account {old_account}",
    "{supplier} [was created|set up|registered] [last week|yesterday|by mail request], «[imitates|copies|poses as] {real_supplier}»",
    "«[fake|phishing|fraud attempt|scam]»: [sender domain|mail address|letterhead] [differs by one letter|not theirs|copied]",
    "[our|the] [partner|contract] is {real_supplier}; «{supplier} is [unknown|nobody we buy from|an imitation]»",
    "[police|bank] [warned|alerted]: «{new_account} [used|seen] in [payment fraud|invoice fraud]»",
    "[vendor|real supplier] [confirms|states]: [account|bank] [unchanged|still] {old_account}, «{inv} [unknown|not issued by them]»",
    "«[bank change|new account] [not confirmed|unconfirmed|could not be verified]», [vendor|contact] denies it; {old_account} [valid|is right]",
    "[two|three] [other|sister] firms [got|paid] such a bill, «[money|cash] [lost|gone]», {new_account}",
    "«[the|our] [known|usual] contact [never|did not] [sent|send] it», [account|IBAN] {new_account} [unknown|foreign]",
    "{real_supplier} [says|tells us]: «[we|they] did not bill {inv}», [keep|stay with] {old_account}",
    "[number|id] {supplier} «[is not in the contract|does not exist with us|was opened without papers]»",
    "[mail|letter] came from «a [free mail|lookalike] [address|domain]», {new_account}",
    "«[someone|somebody] [poses as|pretends to be|imitates]» {vendor}, [real|true] id {real_supplier}",
    "«[owner|holder] of {new_account} is [a person|another firm|unknown]», not {vendor}",
    "[bank|police] [froze|blocked] {new_account}: «[fraud|scam|mule account]»",
    "[phone|call] to the number in our [files|master]: «they [deny|know nothing of] {inv} and {new_account}»",
    "[hold|stop] everything: «[fake|forged] letterhead», [genuine|right] account {old_account}",
    "«[never|not] [ordered|bought] from {supplier}», [order|contract] is with {real_supplier}",
    "[account|IBAN] {new_account} [abroad|at an online bank], «[vendor|contact] [denies|disowns] the change»",
    "[compare|look]: {supplier} [vs|versus] {real_supplier}, «[copycat|impostor|cloned identity]»",
    "is the new account real? «no, [vendor|bank] [denies it|warns]», {new_account}",
    "Q: did they change bank? A: «[no|never]», still {old_account}, {inv} [fake|not theirs]",
)

#: Facts as before.
BANK_FINE = cue(
    "bank account verified",
    "[account|bank change to] {new_account} «[verified|confirmed] [by call-back|with the vendor|on the known number]»",
    "«[call-back|phone check] [done|ok]», {new_account} is [theirs|the vendor's]",
    "{new_account} «[matches|agrees with|is] the [account|bank] [on file|in the master|since 2021]»",
    "[bank letter|confirmation of the bank] [here|on file], «{new_account} [genuine|valid|belongs to the vendor]»",
    "[changed|updated] the master to {new_account} «after [verification|two-person check|call-back]»",
    "[vendor|supplier] [known|met in person], «new account {new_account} [is right|confirmed|in order]»",
    "[treasury|payments] [tested|checked] {new_account} with a cent, «[holder|name] [matches|is the vendor]»",
    "[fraud|change] [check|review] «[passed|without finding|green]» for {new_account}",
    "{new_account} «[is in the signed contract|is in the master|has been ours for years]»",
    "[rang|called] [them|the known contact]: «[yes|correct], new account {new_account} is [ours|theirs]»",
    "[letter|notice] of change «[genuine|verified]», two of us [checked|called], {new_account}",
    "[paid|paying] to {new_account} [since|from] spring, «[never|no] [trouble|complaint]»",
    "«[holder|owner] of {new_account}: the vendor itself», [bank|treasury] [says|confirms]",
    "[master data|treasury] [updated|changed] to {new_account} «with [proof|bank letter]»",
    "is the new account real? «yes, [called|verified]», {new_account}",
    "Q: did they change bank? A: «[yes|right], {new_account} [confirmed|verified]»",
)
