"""A finished call as one HTML page that needs nothing else: styles and pictures are in it. Pure.

No script; a content policy in the page forbids any. Text of the call is escaped by `html_text`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.calltime import clock
from assistant.html_text import Html, joined, tag
from assistant.measuring import measure_call, share_over_time
from assistant.model import Consent, Signal, Transcript
from assistant.report_html_parts import (
    facts,
    headline,
    kept_points,
    measures_table,
    moments,
    page,
    subjects_table,
    techniques_table,
)
from assistant.report_html_talk import notes, prompts, transcript, warnings
from assistant.report_svg import shape, talk_share, timeline, understanding
from assistant.report_words import CONSENT
from assistant.summary import standing
from assistant.tones import OUTCOMES, Tone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assistant.model import FinishedCall

_WINDOW_S = 20.0
_FEWEST, _MOST = 6, 60
_LEGEND = (
    (Tone.GOOD, "felt understood, or an offer"),
    (Tone.HOLLOW, "sounds like agreement, is none"),
    (Tone.AGAINST, "resistance, or what costs you"),
    (Tone.MINE, "a move of yours"),
    (Tone.PLAIN, "good to know"),
)


def html_page(call: FinishedCall, clips: Mapping[int, str] | None = None) -> str:
    """The report as HTML.

    Args:
        call: what to report.
        clips: sound of moments, a data URI by the id of the moment's signal.
    """
    info, summary = call.info, call.summary
    said = sorted(
        (each for each in call.events if isinstance(each, Transcript) and each.final),
        key=lambda each: (each.start_s, each.end_s),
    )
    signals = standing(each for each in call.events if isinstance(each, Signal))
    by_id = {each.id: each for each in signals}
    more = measure_call(call)
    windows = min(max(round(summary.duration_s / _WINDOW_S), _FEWEST), _MOST)
    shares = share_over_time(said, summary.duration_s, windows)
    word, tone = OUTCOMES[summary.outcome]
    about = " · ".join(
        part
        for part in (
            f"{info.started_at:%Y-%m-%d %H:%M} UTC",
            clock(summary.duration_s),
            f"with {info.counterpart}" if info.counterpart else "",
            f"consent: {CONSENT[info.consent]}" if info.consent is not Consent.UNKNOWN else "",
            f"speech model {info.model}" if info.model else "",
        )
        if part
    )
    head = tag(
        "header",
        tag("p", about, class_="meta"),
        tag("h1", info.title or "A call"),
        tag("span", word, class_=f"badge {tone.value}"),
        *headline(summary, by_id),
    )
    main = tag(
        "main",
        head,
        _section("moments", "Moments that mattered", moments(summary.moments, clips or {})),
        _section(
            "timeline",
            "The call in time",
            _figure(timeline(said, signals, summary.duration_s), _legend()),
        ),
        _section(
            "understanding",
            "Understanding",
            _figure(
                understanding(more.curve, summary.duration_s),
                "How well they feel understood, as a mean over the subjects that came up.",
            ),
            subjects_table(summary.subjects),
        ),
        _section("agreement", "Agreement, and what only sounded like it", kept_points(summary)),
        _section("facts", "What to keep", facts(summary.facts)),
        _section("tools", "What you did, and what followed", techniques_table(more.followed)),
        _section(
            "measures",
            "Measures",
            _figure(
                talk_share(shares, summary.duration_s),
                "Your share of the speech (lower part) over the call. The dashed line: 43 %, "
                "the seller's in winning sales calls (Gong).",
            ),
            measures_table(more.measured),
        ),
        _section("prompts", "Prompts", prompts(call)),
        notes(call.events),
        warnings(call.events),
        _section("transcript", "Transcript", transcript(said, signals)),
    )
    foot = tag("footer", "Made by thatsright on the machine that heard the call.")
    return page(info.title or "A call", joined((main, foot)))


def _section(name: str, title: str, *inside: Html | str | None) -> Html:
    return tag("section", tag("h2", title, id=f"h-{name}"), *inside, aria_labelledby=f"h-{name}")


def _figure(picture: Html, below: Html | str) -> Html:
    return tag("figure", picture, tag("figcaption", below))


def _legend() -> Html:
    items: Sequence[Html] = [
        tag(
            "li",
            tag("svg", shape(tone, 9, 9, ""), viewBox="0 0 18 18", aria_hidden="true"),
            words,
        )
        for tone, words in _LEGEND
    ]
    return tag("ul", *items, class_="legend")
