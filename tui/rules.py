"""The names of the rules in plain words: what a signal was known by. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORDS: Final[Mapping[str, str]] = {
    # theirs
    "thats-right": "that's right",
    "exactly": "exactly",
    "thats-exactly-it": "that's exactly it",
    "feels-understood": "you really do understand",
    "youre-right": "you're right",
    "fair-enough": "fair enough",
    "if-you-say-so": "if you say so",
    "yes": "yes",
    "mm": "mm-hm",
    "hedge": "I guess",
    "mostly": "mostly",
    "not-it": "that's not it",
    "not-about-that": "it's not about that",
    "no": "no",
    "go-ahead": "no, go ahead",
    "think-about-it": "let me think about it",
    "what-if-we": "what if we …",
    "needs-time": "I need time",
    "not-now": "not now",
    "not-decided": "I haven't decided",
    "another-time": "some other time",
    "another-day": "we'll talk another day",
    "ask-the-others": "I have to ask the others",
    "send-me-something": "send me something",
    "heres-an-idea": "here's an idea",
    "i-could": "I could …",
    "if-you-then-we": "if you …, then we …",
    "in-return": "in return …",
    "next-step": "let's start with …",
    "get-back-to-you": "I'll get back to you",
    "doesnt-work": "that doesn't work",
    "doesnt-work-for-us": "that doesn't work for us",
    "too-much": "that's too much",
    "fed-up": "I'm fed up",
    "we-wont": "we won't",
    "yes-i-would-mind": "yes, I would mind",
    "youre-kidding": "you must be joking",
    "told-you-already": "I told you already",
    "insulted": "that's an insult",
    "not-listening": "you're not listening",
    "frustrated": "this goes nowhere",
    "refuses": "I won't do that",
    # mine
    "it-seems-like": "it seems like …",
    "you-feel": "you sound …",
    "what-youre-saying": "what you're saying is …",
    "would-you-be-against": "would you be against …",
    "lets-restart": "let's restart",
    "back-to-the-start": "back to the start",
    "you-probably-think": "you probably think …",
    "take-it-or-leave-it": "take it or leave it",
}
"""Rules that are entries of the phrase book, each by the words it stands for."""

_SHAPES: Final[Mapping[str, str]] = {
    "your-phrase": "a phrase of my own",
    "how-or-what": "a question with “how” or “what”",
    "agreed-but": "agreement, then a “but”",
    "hedged": "doubt before the agreement",
    "hedge-alone": "doubt, and nothing else",
    "yes-with-force": "a yes with force, and more behind it",
    "correct-echo": "“correct”, and my words said back",
    "yes-to-a-no-question": "a yes where a no was the way on",
    "balks-at-the-figure": "my figure, said back as a question",
    "thats-right-at-the-end": "“that's right”, at the end of their turn",
    "repeats-their-words": "their last words, said back",
    "picture-of-them": "several things about them in one picture",
    "takes-up-their-words": "their own words told back",
    "confirmed-after": "my fact, confirmed in a sentence of its own",
    "holds-the-floor": "I have talked for long, with no turn of theirs",
    "share-of-speech": "my share of the last five minutes",
    "terms-before-understanding": "terms, before they feel understood",
    "wishy-washy-again": "once more a reply with nothing behind it",
    "resistance-rises": "resistance, again and again",
    "same-ask-again": "the same request, again and again",
    "passed-over-fear": "something they fear, and I passed over it",
    "passed-over-need": "something they need, and I passed over it",
    "passed-over-number": "a number of theirs, and I passed over it",
    "passed-over-repeated": "they come back to it, and I passed over it",
    "spoke-on-after-label": "I went on after my label",
    "spoke-on-after-summary": "I went on after my summary",
    "spoke-on-after-mirror": "I went on after my mirror",
    "spoke-on-after-question": "I went on after my question",
    "spoke-on-after-calibrated_question": "I went on after my question",
    "spoke-on-after-no_oriented_question": "I went on after my question",
    "spoke-on-after-accusation_audit": "I went on after my accusation audit",
    "spoke-on-after-reset": "I went on after my reset",
}
"""Rules that look at more than words."""


def known(rule: str) -> bool:
    """Whether a rule has a reading of its own here."""
    return rule in _WORDS or rule in _SHAPES


def reading(rule: str) -> str:
    """`words like “that's right”`; a rule of a user's own by its name."""
    if rule in _SHAPES:
        return _SHAPES[rule]
    if rule in _WORDS:
        return f"words like “{_WORDS[rule]}”"
    return f"“{rule.replace('-', ' ').replace('_', ' ').strip()}”"
