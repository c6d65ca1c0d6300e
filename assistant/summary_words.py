"""The sentences of a summary: headline, what moments mean, what to practise. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from assistant.calltime import clock
from assistant.measure_book import FOLLOW_UP_S, TALK_SHARE_REFERENCE
from assistant.model import Outcome, SignalKind, Speaker

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping

__all__ = [
    "BETTER",
    "FOLLOW_UPS",
    "FOLLOW_UP_S",
    "MOMENT_NOTES",
    "TALK_SHARE_REFERENCE",
    "WISHY_WASHY",
    "Judged",
    "headline",
    "headline_kinds",
    "practise",
    "practise_kinds",
]

MOST_TALK_SHARE: Final = 0.57
"""Above this share of the speech I leave too little room to hear anything."""

WISHY_WASHY: Final = frozenset(
    {SignalKind.YOURE_RIGHT, SignalKind.BARE_YES, SignalKind.QUALIFIED_AGREEMENT}
)

FOLLOW_UPS: Final = frozenset(
    {
        SignalKind.LABEL,
        SignalKind.NO_ORIENTED_QUESTION,
        SignalKind.SUMMARY,
        SignalKind.RESET,
        SignalKind.CALIBRATED_QUESTION,
        SignalKind.MIRROR,
    }
)

MOMENT_NOTES: Final[Mapping[SignalKind, str]] = {
    SignalKind.THATS_RIGHT: (
        "They felt understood: from here on, stop, stay silent and let them go on."
    ),
    SignalKind.PRESSURE: (
        "Pressure gets pressure back: back up and ask whether they would be offended "
        "if you restarted that part."
    ),
    SignalKind.OFFER: ("They did some of the work: stop selling and let them lay the deal out."),
    SignalKind.YOURE_RIGHT: (
        'They gave in to end the subject: label it, "It seems like there\'s something I missed."'
    ),
    SignalKind.PREMATURE_MOVE: (
        'You went to terms before a "that\'s right": sum up their side first.'
    ),
    SignalKind.STALLED: (
        "You were forcing it: reset, then sum up their side as they would tell it."
    ),
    SignalKind.CORRECTION: (
        "They told you where your picture is wrong: put their version into the next summary."
    ),
    SignalKind.QUALIFIED_AGREEMENT: (
        "They left an opening: mirror what came with the agreement, and wait."
    ),
    SignalKind.PUSHBACK: (
        "Resistance says where they do not feel understood: label it before you answer it."
    ),
    SignalKind.BARE_YES: (
        'A yes with nothing in it: ask, "Would you say that\'s inaccurate?", and wait.'
    ),
    SignalKind.DEFERRAL: (
        'They left without deciding: label what holds them, "It seems like something is missing."'
    ),
    SignalKind.UNADDRESSED: (
        "They said something that matters and did not hear it back: label it by name."
    ),
    SignalKind.FILLED_SILENCE: (
        "You spoke into your own pause: after a label or a summary, wait for their answer."
    ),
    SignalKind.MONOLOGUE: (
        "You held the floor too long: stop, label what you see, and let them talk."
    ),
}
"""What a moment means and what the method would do; the kinds that matter most come first."""

_RESTART: Final = "Would you be offended if we restarted that part of our conversation?"
_MISSED: Final = "It seems like there's something I missed."

BETTER: Final[Mapping[SignalKind, str]] = {
    SignalKind.THATS_RIGHT: "Nothing: three seconds of silence, and then how they see it going on.",
    SignalKind.PRESSURE: _RESTART,
    SignalKind.OFFER: "Nothing: let them finish laying it out.",
    SignalKind.YOURE_RIGHT: _MISSED,
    SignalKind.PREMATURE_MOVE: "Before we go there: it sounds like what matters to you is …",
    SignalKind.STALLED: _RESTART,
    SignalKind.CORRECTION: "Help me get it right: what would you put differently?",
    SignalKind.QUALIFIED_AGREEMENT: "It seems like there's more here that we're not addressing.",
    SignalKind.PUSHBACK: "It sounds like this doesn't work for you at all.",
    SignalKind.BARE_YES: "Would you say that's inaccurate?",
    SignalKind.DEFERRAL: "It seems like something is still missing.",
    SignalKind.UNADDRESSED: "It sounds like that matters a great deal to you.",
    SignalKind.FILLED_SILENCE: "Nothing: count to three, the answer is theirs.",
    SignalKind.MONOLOGUE: "How does that look from where you sit?",
}
"""What to say at such a moment when no prompt was made for it, in the method's words."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What the sentences of a summary rest on."""

    outcome: Outcome
    heard: frozenset[Speaker]
    """Whose words there are."""
    counts: Counter[SignalKind]
    """Signals that stand, by kind."""
    talk_share_me: float | None
    first_thats_right_s: float | None
    missed_replies: int
    """Wishy-washy replies that I did not follow up within `FOLLOW_UP_S`."""
    live: bool = False
    """Heard through devices; else from a recording or a transcript."""

    @property
    def wishy_washy(self) -> int:
        """Replies that sound like agreement and are not."""
        return sum(self.counts[kind] for kind in WISHY_WASHY)


def headline(judged: Judged) -> str:
    """The call in one sentence."""
    at = clock(judged.first_thats_right_s or 0.0)
    match judged.outcome:
        case Outcome.WORKING_TOGETHER:
            return (
                f'You earned a "that\'s right" at {at}, '
                "and after it they offered a way forward themselves."
            )
        case Outcome.UNDERSTOOD:
            return (
                f'You earned a "that\'s right" at {at}; '
                "they have not offered a way forward of their own yet."
            )
        case Outcome.WISHY_WASHY:
            replies = _times(judged.wishy_washy)
            return (
                f'They agreed {replies} without a "that\'s right": '
                "something is still missing from your picture of them."
            )
        case Outcome.NOT_YET:
            return _headline_not_yet(judged)


def headline_kinds(judged: Judged) -> frozenset[SignalKind]:
    """What signals the headline rests on."""
    match judged.outcome:
        case Outcome.WORKING_TOGETHER:
            return frozenset({SignalKind.THATS_RIGHT, SignalKind.OFFER})
        case Outcome.UNDERSTOOD:
            return frozenset({SignalKind.THATS_RIGHT})
        case Outcome.WISHY_WASHY:
            return WISHY_WASHY
        case Outcome.NOT_YET:
            return frozenset({SignalKind.SUMMARY, SignalKind.LABEL})


def practise_kinds(judged: Judged) -> frozenset[SignalKind]:
    """What signals the thing to practise rests on; none where it is about what was not heard."""
    counts = judged.counts
    for kind in (SignalKind.PRESSURE, SignalKind.PREMATURE_MOVE):
        if counts[kind]:
            return frozenset({kind})
    if judged.missed_replies:
        return WISHY_WASHY
    if not counts[SignalKind.SUMMARY] and judged.first_thats_right_s is None:
        return frozenset()
    for kind in (SignalKind.FILLED_SILENCE, SignalKind.MONOLOGUE):
        if counts[kind]:
            return frozenset({kind})
    return headline_kinds(judged)


def practise(judged: Judged) -> str:
    """One thing for next time: what cost most in this call, or what would have carried it on."""
    if not {Speaker.ME, Speaker.THEM} <= judged.heard:
        return _hear_better(judged)
    costly = (_practise_pressure(judged), _practise_replies(judged), _practise_room(judged))
    return next((each for each in costly if each), _practise_good(judged))


def _hear_better(judged: Judged) -> str:
    """So that the next call can be judged."""
    if not judged.live:
        return "Record each side on a channel of its own, so that the next call can be judged."
    if not judged.heard:
        return (
            "Before the next call look with “thatsright devices” whether your microphone and the "
            "other side give sound."
        )
    if Speaker.ME in judged.heard:
        return (
            "Before the next call look with “thatsright devices” on which device the other side "
            "is heard, and name it with --them."
        )
    if Speaker.THEM in judged.heard:
        return (
            "Before the next call look with “thatsright devices” whether your microphone gives "
            "sound, and name it with --mic."
        )
    return (
        "Let the next call play on this computer and name what it plays on with --them "
        "(“thatsright devices” lists it), so that the two sides can be told apart."
    )


def _headline_not_yet(judged: Judged) -> str:
    if not judged.heard:
        return "Nothing was said in this call, so there is nothing to judge."
    if judged.heard == {Speaker.UNKNOWN}:
        return "Who spoke is not known in this call, so nothing could be judged."
    if Speaker.THEM not in judged.heard:
        return "Your counterpart was not heard in this call, so there is no reply to judge."
    if Speaker.ME not in judged.heard:
        return "You were not heard in this call, so there is nothing they could reply to."
    tries = judged.counts[SignalKind.SUMMARY] + judged.counts[SignalKind.LABEL]
    if not tries:
        return (
            "No summary or label of yours was heard, "
            'so there was nothing yet to which they could say "that\'s right".'
        )
    return f'You summed up or labelled {_times(tries)}, and no "that\'s right" has come back yet.'


def _practise_pressure(judged: Judged) -> str | None:
    """Leverage used against them."""
    if judged.counts[SignalKind.PRESSURE]:
        return (
            "When you notice that you push, back up: "
            '"Would you be offended if we restarted that part of our conversation?"'
        )
    if judged.counts[SignalKind.PREMATURE_MOVE]:
        return 'Sum up before terms: no price and no next step until you hear "that\'s right".'
    return None


def _practise_replies(judged: Judged) -> str | None:
    """Agreement that is none, taken for agreement."""
    if judged.missed_replies:
        replies = _count(judged.wishy_washy, "wishy-washy reply", "wishy-washy replies")
        return (
            f"Follow up every reply that only sounds like agreement; {judged.missed_replies} of "
            f'{replies} went by. Try "It seems like there\'s something I missed."'
        )
    if not judged.counts[SignalKind.SUMMARY] and judged.first_thats_right_s is None:
        return "Sum up their side once, as they would tell it, before you say anything of yours."
    return None


def _practise_room(judged: Judged) -> str | None:
    """Too little room for them."""
    if judged.counts[SignalKind.FILLED_SILENCE]:
        return "After a label or a summary, count to three in silence; the answer is theirs."
    share = judged.talk_share_me
    if judged.counts[SignalKind.MONOLOGUE] or (share is not None and share > MOST_TALK_SHARE):
        return "Leave them more room: after two sentences of yours, ask how or what, and listen."
    return None


def _practise_good(judged: Judged) -> str:
    match judged.outcome:
        case Outcome.WORKING_TOGETHER:
            return (
                'After "that\'s right", go on as you did: silent until they have laid it all out.'
            )
        case Outcome.UNDERSTOOD:
            return 'After "that\'s right", stay silent, then ask how they would make it work.'
        case Outcome.WISHY_WASHY | Outcome.NOT_YET:
            return (
                'Go on summing up until you hear "that\'s right"; '
                "put in what they fear and what they want, not only the facts."
            )


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
