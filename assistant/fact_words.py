"""The words that make a fact: patterns over a sentence in lower case. English.

Long patterns stay on one line, as in the phrase book.
"""

from __future__ import annotations

import re
from typing import Final

# ---- numbers --------------------------------------------------------------------------------

SMALL: Final = "one|two|three|four|five|six|seven|eight|nine"
LARGER: Final = (
    "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|"
    "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|dozen"
)
DIGITS: Final = r"[$€£]?\d+(?:[.,]\d+)*(?:k|m|bn)?\b(?:\s?%| (?:thousand|million|billion)\b)?"
SPELLED: Final = (
    rf"(?:(?:half )?an? (?=hundred|thousand|million|billion|dozen))?\b(?:{SMALL}|{LARGER})\b"
    rf"(?:[ -](?:and )?(?:a half|half|point|{SMALL}|{LARGER})\b)*(?: and a (?:half|quarter))?"
)
FRACTION: Final = r"\b(?:an?|one|two|three) (?:thirds?|quarters?)\b(?= (?:of|more|less|off|up|down|higher|lower)\b|[.,;?!]|$)"
MONEY: Final = r"percent|per cent|dollars?|euros?|pounds?|cents?|pence|bucks|grand|francs|points"
EVERY: Final = (
    r"(?: ?(?:an?|per|each|every|the) (?:\w+ )?"
    r"(?:month|year|week|day|hour|head|night|pallet|unit|piece|person|seat|square (?:foot|metre|meter)|"
    r"quarter|user|hectare|acre|ton|tonne|kilo))?"
)
NUMBER: Final = re.compile(
    rf"(?P<figure>{DIGITS}|{SPELLED}|{FRACTION})(?P<unit> (?:{MONEY}))?"
    rf"(?P<every>{EVERY})(?P<noun> [a-z]+(?:s|people|children|men|women)\b)?"
)
TWICE: Final = re.compile(r"\b(?:twice|three times|four times)\b")
NO_NOUN: Final = frozenset(
    "is was has does as this us its thats whats lets yes plus minus versus always perhaps less "
    "goes comes makes takes gets says wants needs his hers ours yours theirs means costs sounds "
    "seems looks works gives keeps sits sometimes afterwards unless across thus".split()
)
ONE: Final = re.compile(r"(?:one|1)$")
VAGUE: Final = re.compile(
    r"(?:that|this|the other|another|no|any|every|each|which|the|only|first|last|some|a|your|my|our|these|those) $"
)
NO_NUMBER_AFTER: Final = re.compile(
    r" (?:of (?:us|you|them|these|those|the|my|our|your|his|her)\b|another\b|by one\b|other\b|thing\b|"
    r"things\b|way\b|ways\b|more thing|sides?\b|moments?\b|seconds?\b|minutes?\b)"
)

# ---- dates ----------------------------------------------------------------------------------

DAY: Final = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
MONTH: Final = (
    "january|february|april|june|july|august|september|october|november|december|"
    "march(?= \\d|[.,;?!]|$)|(?<=in )march|(?<=by )march|(?<=of )march|(?<=until )march|(?<=since )march|"
    "(?<=in )may|(?<=by )may|(?<=of )may|(?<=until )may|(?<=since )may|may (?=\\d|the )"
)
ORDINAL: Final = (
    r"\d{1,2}(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|"
    r"eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|"
    r"twentieth|twenty[- ](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|thirtieth|"
    r"thirty[- ]first"
)
CLOCK: Final = (
    r"(?:half past |quarter past |quarter to )?"
    r"(?:\d{1,2}(?::\d\d)?(?: ?[ap]\.?m\b\.?)?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|"
    r"twelve)(?: thirty| fifteen| forty[- ]five| o'?clock)?|noon|midnight|midday"
)
PART: Final = "morning|afternoon|evening|night|noon"
DATES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\bthe (?:{ORDINAL}) of (?:{MONTH})(?:,? \d{{4}})?",
        rf"\b(?:{MONTH})(?: the)? (?:(?:{ORDINAL})\b|\d{{1,2}}\b)(?:,? \d{{4}})?",
        rf"(?<!\ba )(?<!another )\b(?:(?:next|last|this|coming) )?(?:{DAY})\b"
        rf"(?: (?:{PART})| the (?:{ORDINAL}))?(?: (?:at|after|before) (?:{CLOCK})(?! \w+s\b| percent)\b)?",
        rf"\b(?:tomorrow)(?: (?:{PART}))?(?: (?:at|after|before) (?:{CLOCK})(?! \w+s\b)\b)?|\btonight\b|"
        rf"\bday after tomorrow\b",
        rf"\b(?:this|tomorrow) (?:{PART}|weekend)\b|(?<=the )weekend\b",
        r"\b(?:the )?(?:beginning|start|middle|end) of (?:the|this|next|last) (?:week|month|quarter|year)\b",
        rf"\b(?:the )?(?:beginning|start|middle|end) of (?:{MONTH})\b",
        r"\b(?:next|last|this) (?:week|month|quarter|year|weekend|spring|summer|autumn|fall|winter|christmas)\b",
        r"(?:(?<=in )|(?<=until )|(?<=till )|(?<=by )|(?<=before )|(?<=after )|(?<=to )|(?<=since ))"
        r"(?:the )?(?:(?:early|late|mid) )?(?:spring|summer|autumn|winter|christmas|easter|new year)\b",
        rf"\b(?:(?:early|late|mid|next|last) )?(?:{MONTH})\b(?:,? \d{{4}})?",
        rf"(?:(?<=on )|(?<=by )|(?<=from )|(?<=until )|(?<=till )|(?<=before )|(?<=after )|(?<=since ))"
        rf"the (?:{ORDINAL})(?=[.,;?!]|$| (?:at|and|or|to|we|i|they|then|for sure)\b)",
        r"\bthe (?:\d{1,2}(?:st|nd|rd|th))\b(?! (?:time|floor|agency|of (?!january|february)))",
        rf"(?:(?<=\bat )|(?<=\bafter )|(?<=\bbefore )|(?<=\buntil )|(?<=(?<!\bone )\bby ))(?:{CLOCK})"
        r"(?=[.,;?!]|$| (?:on|in the|sharp|then|today|tomorrow|if|and i|works|is fine)\b)",
        r"\b(?:half past|quarter past|quarter to) (?:one|two|three|four|five|six|seven|eight|nine|ten|"
        r"eleven|twelve|\d{1,2})\b|\b\d{1,2}(?::\d\d)? ?[ap]\.?m\b",
        rf"(?<=within )(?:{DIGITS}|{SPELLED}|an?) (?:hours?|days?|weeks?|months?|years?)\b",
        rf"\bin (?:{DIGITS}|{SPELLED}|an?)(?: or (?:two|three|so))? (?:hours?|days?|weeks?|months?)(?:'s? time)?(?=[.,;?!]|$)",
        r"(?:(?<=in )|(?<=since )|(?<=by )|(?<=from )|(?<=until )|(?<=of ))(?:19|20)\d\d\b",
        r"(?<=in the )(?:(?:early|late) )?(?:twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties)\b",
    )
)
TODAY: Final = re.compile(r"\btoday\b")

# ---- who will do what -----------------------------------------------------------------------

I_WILL: Final = re.compile(
    r"\b(?:i'?ll|i will|i'?m (?:going to|gonna)|we'?ll|we will|we'?re (?:going to|gonna)|i promise (?:to|i'?ll|i will)|"
    r"i can(?= (?:have|get|send|bring|talk|ask|email|do|take)\b.*\b(?:by|on|tomorrow|tonight|today|next|monday|"
    r"tuesday|wednesday|thursday|friday|saturday|sunday|to you|you|to my|to our|to the)\b)|"
    r"you'?ll(?= have\b.*\b(?:by|on|before|tomorrow|tonight|this afternoon)\b))"
    r"(?: (?:also|then|just|definitely|certainly|gladly|happily|personally|even|go and|go ahead and|try to|try and|"
    r"make sure to))*"
    r" (?P<verb>[a-z']+)(?P<rest>[^.?!]*)"
)
BARE_WILL: Final = re.compile(r"^(?:yes,? |sure,? |okay,? |of course,? )?(?:i|we) will$")
NO_DEED: Final = frozenset(
    "be see say tell admit need never not think have miss lose regret end die find know want like feel "
    "understand remember believe forget probably maybe always still only wait love hate get lose fail "
    "cost owe go wonder let look start stop keep leave".split()
)
"""Verbs that promise nothing by themselves; some do with what follows them."""
DEED_AFTER: Final = re.compile(
    r"(?:get (?:you|them|him|her|it|that|this|back|the|someone|somebody|a|my|our)\b|let (?:you|him|her|them) know\b|"
    r"look (?:into|at|over|up)\b|see (?:what|if|to|about|whether) (?:i|we|he|she|they|it|that|can)|"
    r"have (?:it|them|that|(?:\S+ ){1,7}(?:look|call|check|send|ready|done|sent|for you|there|write|fix|come|by))\b|"
    r"be (?:there|in touch|back|at|on site|with you)\b|go (?:over|through|and|to|back|up|down|with|for)\b|"
    r"find (?:out|you|a|somebody|someone)\b|start (?:on|with|the|work)|stop by\b|keep (?:you|the|it|that|him|her)\b|"
    r"leave (?:it|the|you|a)\b|tell (?:him|her|them|my|the|our)\b|think (?:it|that) over\b|"
    r"send\b)"
)
NO_PROMISE: Final = re.compile(
    r"\b(?:if|unless|whether|before|until|when|because|that|think|thought|hope|wish|afraid|worried|"
    r"told|sure|guess|suppose|why|what|how|where|whenever)$"
)
NEVERMIND: Final = re.compile(
    r"^(?:get (?:it|that|the point|you wrong|fired|in trouble|there|over)\b|go (?:bankrupt|broke|mad|crazy|to jail|under)\b|"
    r"keep (?:that|it) in mind\b|be (?:honest|frank|straight|blunt|fine|okay)\b|let you go\b|see you\b|give (?:you|him|her|them) that\b)"
)
FIGURE_ASKED: Final = re.compile(
    rf"\b(?:let'?s|let us|can we|could we|how about we|why don'?t we) (?:just |then )?"
    rf"(?:do|make|get|go|say|pay)(?: (?:it|that|this))?(?: (?:to|for|with|down to|up to|about|around))? "
    rf"(?:{DIGITS}|{SPELLED})(?! (?:more )?(?:of us|calls?|meetings?|visits?|sessions?|people|o'?clock|minutes?|hours?|days?|weeks?)\b)|"
    r"\b(?:can|could) we (?:get|have|make|do) (?:it|that|this) any\b"
)
"""An offer, or the wish for one: a figure and nothing to be done."""
LETS: Final = re.compile(
    r"\b(?:let'?s|let us|we should|shall we|why don'?t we|can we|could we|how about we)"
    r"(?: (?:just|then|also|all|both|quickly))* "
    r"(?P<verb>talk|speak|meet|set|schedule|put|write|do|go|sit|have|start|sign|get|book|call|plan|agree|try|"
    r"arrange|fix|finish|draft|bring|look|pick|reconvene|regroup|touch|find|grab|make|take|plan|move|wrap|keep|send|hop|jump|circle|catch)\b"
    r"(?P<rest>[^.?!]*)"
)
NOT_LETS: Final = re.compile(
    r"\b(?:let'?s|let us) (?:just )?(?:put it (?:this|that) way|put that aside|go (?:back to|on$)|do the math|"
    r"take a step back|get (?:real|serious|going|on with it|to (?:the point|it|work))|try (?:again|that again)|look at it|take (?:it|that) as)|"
    r"\b(?:can|could|shall) we (?:go back|talk about|speak about|start over|start again|have a (?:word|minute)|"
    r"(?:just )?(?:move on|do (?:this|that|the)\b))|\bhow\b[^.?!]* (?:can|could|should) we\b|\bwe should have\b"
)
SEND: Final = (
    "send|email|mail|forward|copy|call|ring|text|write|bring|give (?:me|us) (?:a|the) (?:call|ring|date|list|draft|copy|breakdown)|"
    "put|include|get (?:me|us)|let (?:me|us) know|come (?:by|to|over|and see)|stop by|drop by|sign|check with|talk to|ask|confirm|"
    "share|book|schedule|make sure|have (?:him|her|them|your)|prepare|draft|pay|meet me"
)
ASKED: Final = re.compile(
    rf"^(?:(?:okay|ok|yeah|yes|so|then|and|well|fine|good|great|sure|perfect|right|just|now|thank you|thanks|please|but|"
    rf"do that|then|alright|all right|in that case|if you (?:can|could|like|want)),? )*"
    rf"(?:(?:please|can you|could you|would you|will you|you can|you could|if you could|just|kindly)(?: please| also| just)? )?"
    rf"(?:{SEND})\b(?P<rest>.*)$"
)
NO_ASK: Final = re.compile(
    r"^(?:(?:and |but |so |well,? )?(?:pay|call|book|email|mail|text|copy|share|sign|draft|ring)s?(?: (?!wh)[a-z]+)? "
    r"(?:is|was|are|were|has|have|had|isn't|wasn't|aren't|costs?|goes|went|comes|came)\b|"
    r"(?:and |but |so |well,? )?(?:pay attention|rings? (?:any|a) bells?|sign here|share (?:prices?|values?)|book (?:values?|prices?)|"
    r"(?:put|text) (?:simply|differently|bluntly|briefly)|ask (?:any(?:one|body)|around|away|every(?:one|body)|me (?:something|anything|that|again))|"
    r"check with (?:whoever|anyone|anybody)|bring (?:that|this|me that|the) kind)\b|"
    r".*\b(?:call me (?:crazy|old|naive|names|stupid)|give (?:me|us) (?:a (?:second|minute|moment|break|chance)|some)|"
    r"put (?:it|that) (?:this|another|that) way|put yourself|ask yourself|"
    r"call (?:it|that|him|her|them|me)?$|copy that|bring (?:it|that) up|write that down$|pay for itself)\b)"
)
SOFT: Final = re.compile(
    r"\b(?:would (?:it|you) be (?:a (?:bad|terrible|horrible|ridiculous|crazy) idea|crazy|ridiculous|opposed|against|offended|out of the question|wrong)"
    r"(?: to| if (?:we|i|you))(?P<rest> .*\b(?:met|came|come|sent|called|talked|spoke|looked|sat|visited|dropped|stopped|signed|started|tried|meet|visit|call|send)\b.*))"
)
SEE_YOU: Final = re.compile(
    r"\b(?:see you|talk to you|speak to you|talk|speak|meet) (?:again )?(?:on|at|in|next|tomorrow|then on|this) (?=\w)"
)
HYPOTHETICAL: Final = re.compile(r"\b(?:if|unless|would have|could have|should have|used to)\b")
REPORTED: Final = re.compile(
    r"(?<!\bi )\b(?:said|says|saying|say|told (?:me|us|him|her|them))\b|[\"“]\s*$"
)
"""Before a promise: somebody else's words."""
RESTART: Final = re.compile(
    r"\b(?:start(?:ed)? (?:over|again|afresh|the)|restart(?:ed)?|again from|from (?:the top|scratch))\b"
)
"""What looks like a next step and begins this talk again."""
NO_APOSTROPHE: Final = re.compile(r"(?:i|we)ll$")
"""`well` and `ill`: words of their own as well."""
BEFORE_BARE: Final = re.compile(r"(?:^|\b(?:so|and|then|but|ok|okay|fine|yes|yeah|no)) *$")
"""`well` means `we'll` only here."""
BARE_DEEDS: Final = frozenset(
    "send ship take get give bring put talk ask call ring email mail write sort sell pay make check "
    "find book tell let have reprint credit cover draft fetch transfer meet come be look print show "
    "set start leave read drop extend move do".split()
)
"""With these verbs."""

# ---- names ----------------------------------------------------------------------------------

CAPITAL: Final = re.compile(
    r"(?<![\w'’])[A-ZÀ-ÖØ-Þ][\w]*(?:[-'’][A-ZÀ-ÖØ-Þ]?\w+)*(?:(?: (?:& )?|\. (?=[A-Z]))(?:(?:of|de|van|von|der|la) )?[A-ZÀ-ÖØ-Þ][\w]+(?:[-'’][A-Z]?\w+)*)*"
)
NO_NAME: Final = frozenset(
    "i i'm i'll i've i'd im ill ive monday tuesday wednesday thursday friday saturday sunday january february march april may june july "
    "august september october november december mondays tuesdays wednesdays thursdays fridays saturdays sundays english german french spanish "
    "italian dutch american british european chinese japanese christmas easter god jesus lord mum mom dad mr mrs ms dr ok okay yes no yeah "
    "so and but well oh the a an it he she we they you that this what how hmm um uh internet".split()
)
TITLES: Final = frozenset(
    "mr mrs ms dr doctor professor prof sir judge maestro officer captain".split()
)
POSSESSIVE: Final = re.compile(r"['’]s$")
