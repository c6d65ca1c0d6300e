"""What each measure is: name, unit, formula, and a published value where there is one.

`docs/measures.md` is made of this (`python docs/make_measures.py`); a test holds them together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from assistant.after import Definition, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

TALK_SHARE_REFERENCE: Final = 0.43
"""The seller's share of the speech in winning sales calls: 43:57, as published by Gong."""

STRESS_S: Final = 30.0
"""So long after resistance or pressure what I say counts as said under stress."""
STRESS_WORDS: Final = 20
"""In fewer words than this, under stress or otherwise, no pace can be told."""
INTERRUPTS_S: Final = 0.5
"""Who begins so long before the other ends, and then has the floor, interrupted."""
FOLLOW_UP_S: Final = 30.0
"""A wishy-washy reply is followed up when I label, ask or sum up within this time."""

_TURNS: Final = (
    "A turn is what one side says until the other has the floor; words that lie wholly inside an "
    'utterance of the other ("mhm") take no floor.'
)
_GAPS: Final = "Stivers et al. 2009: 0.2 s between turns in ten languages, on average"

_ALL: Final = (
    Definition(
        "talk_share_me", "My share of the speech", Unit.SHARE,
        "seconds with my words in them / seconds with mine + seconds with theirs",
        "Gong: 43:57 seller to buyer in winning sales calls", TALK_SHARE_REFERENCE, -1,
    ),
    Definition(
        "longest_stretch_me", "My longest stretch", Unit.SECONDS,
        "the longest of my turns, first word to last. " + _TURNS, better=-1,
    ),
    Definition(
        "longest_stretch_them", "Their longest stretch", Unit.SECONDS,
        "the longest of their turns, first word to last", better=1,
    ),
    Definition(
        "switches", "Changes of floor", Unit.PER_MINUTE,
        "changes from one side's turn to the other's / minutes of the call",
    ),
    Definition(
        "questions", "My questions", Unit.COUNT,
        "question marks in my words, several at one place counted once",
        "Gong: 11 to 14 targeted questions in winning discovery calls", 11.0,
    ),
    Definition(
        "questions_calibrated", "Calibrated questions (how, what)", Unit.COUNT,
        "signals of the kind calibrated_question", better=1,
    ),
    Definition(
        "questions_no_oriented", "No-oriented questions", Unit.COUNT,
        "signals of the kind no_oriented_question", better=1,
    ),
    Definition(
        "questions_other", "Other questions", Unit.COUNT,
        "my questions less calibrated and no-oriented ones, at least 0",
    ),
    Definition(
        "pause_before_reply", "Pause before I answer", Unit.SECONDS,
        "median, over all changes of floor from them to me, of the start of my turn less the end "
        "of theirs; below 0 where I began before they ended",
        _GAPS, 0.2, 1,
    ),
    Definition(
        "pause_before_reply_them", "Pause before they answer", Unit.SECONDS,
        "likewise from me to them", _GAPS, 0.2,
    ),
    Definition(
        "silence_after_labels", "Silence after my labels and summaries", Unit.SECONDS,
        "median time from the end of a label, summary or accusation audit until anybody speaks; "
        "0 where they were speaking already",
        "Curhan et al. 2021: silences of 3 s and more come before breakthroughs", 3.0, 1,
    ),
    Definition(
        "silence_kept", "Labels and summaries after which I waited", Unit.SHARE,
        "labels, summaries and audits after which they were the next to speak / all of them",
        better=1,
    ),
    Definition(
        "interruptions_by_me", "I interrupted", Unit.COUNT,
        "turns of mine that began more than 0.5 s before the end of an utterance of theirs and "
        "went on after it", better=-1,
    ),
    Definition(
        "interruptions_by_them", "They interrupted", Unit.COUNT, "likewise of theirs",
    ),
    Definition(
        "pace_me", "My pace", Unit.PER_MINUTE,
        "my words / minutes with my words in them",
    ),
    Definition(
        "pace_them", "Their pace", Unit.PER_MINUTE, "likewise of theirs",
    ),
    Definition(
        "pace_change_me", "Change of my pace under stress", Unit.SHARE,
        "my pace in the 30 s after pushback, a correction, a stall or pressure / my pace "
        "otherwise, less 1; only with 20 words of each", better=-1,
    ),
    Definition(
        "fillers_me", "My fillers", Unit.PER_100_WORDS,
        "uh, um, er, erm, ah, hm / my words x 100. Speech recognition leaves most of them out: "
        "compare your calls with each other, not with the reference, unless the transcript is "
        "verbatim",
        "Bortfeld et al. 2001: 2.6 fillers in 100 words", 2.6, -1,
    ),
    Definition("labels", "Labels", Unit.COUNT, "signals of the kind label", better=1),
    Definition("mirrors", "Mirrors", Unit.COUNT, "signals of the kind mirror", better=1),
    Definition("summaries", "Summaries", Unit.COUNT, "signals of the kind summary", better=1),
    Definition(
        "audits", "Accusation audits", Unit.COUNT, "signals of the kind accusation_audit", better=1
    ),
    Definition("resets", "Resets", Unit.COUNT, "signals of the kind reset"),
    Definition(
        "thats_right", 'True "that\'s right"', Unit.COUNT,
        "signals of the kind thats_right", better=1,
    ),
    Definition(
        "first_thats_right", 'Time to the first "that\'s right"', Unit.SECONDS,
        "call time of the first thats_right", better=-1,
    ),
    Definition(
        "thats_right_rate", 'Labels and summaries that earned a "that\'s right"', Unit.SHARE,
        "labels and summaries with a thats_right in reply / all of them", better=1,
    ),
    Definition(
        "offers", "Offers of theirs", Unit.COUNT, "signals of the kind offer", better=1
    ),
    Definition(
        "wishy_washy", "Wishy-washy replies", Unit.COUNT,
        "signals of the kinds youre_right, bare_yes, qualified_agreement", better=-1,
    ),
    Definition(
        "followed_up", "Wishy-washy replies I followed up", Unit.SHARE,
        "those after which I labelled, mirrored, asked how, what or for a no, summed up or reset "
        "within 30 s / all of them", better=1,
    ),
    Definition(
        "open_points", "Points of theirs left open", Unit.COUNT,
        "signals of the kind unaddressed", better=-1,
    ),
    Definition(
        "pressure", "Pressure of mine", Unit.COUNT, "signals of the kind pressure", better=-1
    ),
    Definition(
        "premature_moves", "Terms too early", Unit.COUNT,
        "signals of the kind premature_move", better=-1,
    ),
    Definition(
        "filled_silences", "Silences I filled", Unit.COUNT,
        "signals of the kind filled_silence", better=-1,
    ),
    Definition(
        "understanding", "Understanding over the call", Unit.LEVEL,
        "mean over call time of the mean level of the subjects that came up so far: 0 unheard, "
        "1 summarised, 2 wishy-washy, 3 confirmed, 4 working together; from the first subject on",
        better=1,
    ),
    Definition(
        "understanding_end", "Understanding at the end", Unit.LEVEL,
        "the same at the end of the call", better=1,
    ),
)  # fmt: skip

DEFINITIONS: Final[Mapping[str, Definition]] = {each.key: each for each in _ALL}
"""All measures, in the order in which they are shown."""


def written(key: str, value: float | None, *, mean: bool = False) -> str:
    """A value of a measure as people read it: "43 %", "0.4 s", "–" where there is none.

    The `mean` of several calls may be a part of a count.
    """
    if value is None:
        return "–"
    match DEFINITIONS[key].unit:
        case Unit.SHARE:
            sign = "+" if key == "pace_change_me" and value > 0 else ""
            return f"{sign}{value * 100:.0f} %"
        case Unit.SECONDS if abs(value) >= 60:  # noqa: PLR2004 - a minute
            minutes, seconds = divmod(round(value), 60)
            return f"{minutes}:{seconds:02} min"
        case Unit.SECONDS:
            return f"{value:.1f} s"
        case Unit.COUNT:
            return f"{value:.1f}" if mean else f"{value:.0f}"
        case Unit.PER_MINUTE if key.startswith("pace"):
            return f"{value:.0f} words/min"
        case Unit.PER_MINUTE:
            return f"{value:.1f} a minute"
        case Unit.PER_100_WORDS:
            return f"{value:.1f} in 100 words"
        case Unit.LEVEL:
            return f"{value:.1f} of 4"
