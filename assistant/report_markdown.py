"""A finished call as Markdown. Pure.

Every text that came from the call passes through `escape`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from assistant.calltime import clock
from assistant.measure_book import DEFINITIONS, written
from assistant.measuring import measure_call
from assistant.model import (
    CallWarning,
    Consent,
    Prompt,
    PromptUsed,
    Signal,
    Source,
    Speaker,
    Transcript,
)
from assistant.report_words import CONSENT, FACTS, NONE, OVER, SPEAKERS, name_of
from assistant.safetext import clean
from assistant.summary_words import TALK_SHARE_REFERENCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from assistant.after import Fact
    from assistant.model import CallSummary, FinishedCall, Moment

_SPECIAL: Final = re.compile(r"[\\`*_{}\[\]<>#|~&$@=]")
"""Characters with a meaning in Markdown, its usual extensions, or HTML."""
_LINK_PARTS: Final = re.compile(r":(?=\S)(?!\d)|(?<=\w)\.(?=\w)")
"""What makes an address of bare text: the colon of a scheme, the dots of a name."""
_LINE_START: Final = re.compile(r"\A(\d*)([-+.)])")
"""What makes a list of a line."""


def escape(text: str) -> str:
    """The text for use in a line of Markdown, at any place: read, it is exactly `clean(text)`."""
    text = clean(text)
    for pattern in (_SPECIAL, _LINK_PARTS):
        text = pattern.sub(r"\\\g<0>", text)
    return _LINE_START.sub(r"\1\\\2", text)


def markdown(call: FinishedCall) -> str:
    """The report, ending with a line end."""
    sections = (
        _head(call),
        _measures(call.summary),
        _subjects(call.summary),
        _moments(call.summary.moments),
        _agreement(call.summary),
        _facts(call.summary.facts),
        _measured(call),
        _signals(call),
        _prompts(call),
        _warnings(call),
        _transcript(call),
    )
    return "\n".join(line for section in sections for line in section).rstrip() + "\n"


def _head(call: FinishedCall) -> Iterator[str]:
    info, summary = call.info, call.summary
    yield f"# {escape(info.title) or 'A call'}"
    yield ""
    yield f"- Began: {info.started_at:%Y-%m-%d %H:%M} UTC"
    yield f"- Length: {clock(summary.duration_s)}"
    yield f"- From: {escape(info.path)} ({info.source.value})"
    if info.model is not None:
        yield f"- Speech model: {escape(info.model)}"
    if info.source is Source.LIVE or info.consent is not Consent.UNKNOWN:
        yield f"- Consent: {CONSENT[info.consent]}"
    yield ""
    yield f"**{escape(summary.headline)}**"
    yield ""
    yield f"To practise next time: {escape(summary.practise)}"
    yield ""


def _measures(summary: CallSummary) -> Iterator[str]:
    yield "## Measures"
    yield ""
    speakers = [each.speaker for each in summary.measures]
    yield from _table_head(["", *(SPEAKERS[each] for each in speakers), "Reference"])
    yield _row(["Share of the speech", *(_share(summary, each) for each in speakers), _REFERENCE])
    for name, values in (
        ("Speech", [clock(each.speech_s) for each in summary.measures]),
        ("Words", [str(each.words) for each in summary.measures]),
        ("Turns", [str(each.turns) for each in summary.measures]),
        ("Longest turn", [clock(each.longest_turn_s) for each in summary.measures]),
        ("Questions", [str(each.questions) for each in summary.measures]),
    ):
        yield _row([name, *values, ""])
    yield ""
    first = summary.first_thats_right_s
    yield f'- First "that\'s right": {"none" if first is None else clock(first)}'
    for each in summary.signals:
        yield f"- {name_of(each.kind)}: {each.count}"
    yield ""


_REFERENCE: Final = (
    f"{TALK_SHARE_REFERENCE * 100:.0f}:{(1 - TALK_SHARE_REFERENCE) * 100:.0f} "
    "seller to buyer in winning sales calls (Gong)"
)


def _share(summary: CallSummary, speaker: Speaker) -> str:
    share = summary.talk_share_me
    if share is None or speaker is Speaker.UNKNOWN:
        return NONE
    return f"{(share if speaker is Speaker.ME else 1 - share) * 100:.0f} %"


def _subjects(summary: CallSummary) -> Iterator[str]:
    if not summary.subjects:
        return
    yield "## Understanding"
    yield ""
    yield from _table_head(["Subject", "Ended", "Since"])
    for each in summary.subjects:
        yield _row([escape(each.subject), name_of(each.understanding), clock(each.since_s)])
    yield ""


def _moments(moments: Iterable[Moment]) -> Iterator[str]:
    yield "## Moments that mattered"
    yield ""
    if not moments:
        yield "None."
        yield ""
    for each in moments:
        yield f"### {clock(each.at_s)} {name_of(each.kind)} (signal {each.signal})"
        yield ""
        yield f"> {escape(each.quote) or NONE}"
        yield ""
        if each.i_said:
            yield f"- You said before: {escape(each.i_said)}"
        if each.they_went_on:
            yield f"- They went on: {escape(each.they_went_on)}"
        if each.i_went_on:
            yield f"- You went on: {escape(each.i_went_on)}"
        yield f"- {escape(each.note)}"
        if each.better:
            yield f"- Better: {escape(each.better)}"
        yield ""


def _agreement(summary: CallSummary) -> Iterator[str]:
    if not (summary.agreements or summary.loose or summary.open_points):
        return
    yield "## Agreement, and what only sounded like it"
    yield ""
    for each in summary.agreements:
        on = f" on {escape(', '.join(each.subjects))}" if each.subjects else ""
        yield f'- True "that\'s right" at {clock(each.at_s)}{on}: {escape(each.quote)}'
    for loose in summary.loose:
        followed = (
            "not followed up"
            if loose.followed_up_s is None
            else f"followed up after {loose.followed_up_s:.0f} s"
        )
        name = name_of(loose.kind)
        yield f"- {name} at {clock(loose.at_s)}, {followed}: {escape(loose.quote)}"
    for point in summary.open_points:
        say = f" (say: {escape(point.label)})" if point.label else ""
        yield f"- Never said back, {clock(point.at_s)}: {escape(point.quote)}{say}"
    yield ""


def _facts(facts: Iterable[Fact]) -> Iterator[str]:
    facts = tuple(facts)
    if not facts:
        return
    yield "## What to keep"
    yield ""
    yield from _table_head(["What", "Said", "Who", "Time", "Words"])
    for kind, name in FACTS.items():
        for each in facts:
            if each.kind is kind:
                said = "" if each.text == each.quote else escape(each.text)
                who = SPEAKERS[each.speaker]
                yield _row([name, said, who, clock(each.at_s), escape(each.quote)])
    yield ""


def _measured(call: FinishedCall) -> Iterator[str]:
    yield "## All measures"
    yield ""
    yield from _table_head(["Measure", "This call", "Published"])
    for each in measure_call(call).measured:
        book = DEFINITIONS[each.key]
        yield _row([book.name, written(each.key, each.value), book.reference])
    yield ""


def _signals(call: FinishedCall) -> Iterator[str]:
    signals = [each for each in call.events if isinstance(each, Signal)]
    yield "## Signals"
    yield ""
    if not signals:
        yield "None."
        yield ""
        return
    replaced = {each.revises: each.id for each in signals if each.revises is not None}
    yield from _table_head(["No.", "Time", "Who", "Signal", "Words", "Rule", "Sure", "After"])
    for each in sorted(signals, key=lambda signal: (signal.at_s, signal.id)):
        became = f", replaced by {replaced[each.id]}" if each.id in replaced else ""
        yield _row(
            [
                str(each.id),
                clock(each.at_s),
                SPEAKERS[each.speaker],
                name_of(each.kind) + became,
                escape(each.quote),
                escape(each.rule),
                f"{each.confidence:.2f}",
                NONE if each.after is None else f"my {name_of(each.after).lower()}",
            ]
        )
    yield ""


def _prompts(call: FinishedCall) -> Iterator[str]:
    summary = call.summary
    yield "## Prompts"
    yield ""
    yield f"{summary.prompts_shown} shown, {summary.prompts_used} used."
    yield ""
    prompts = [each for each in call.events if isinstance(each, Prompt)]
    if not prompts:
        return
    used_s: dict[int, float] = {}
    for each in call.events:
        if isinstance(each, PromptUsed):
            used_s.setdefault(each.prompt, each.at_s)
    yield from _table_head(["Time", "Prompt", "To say or do", "Why", "Signal", "Used"])
    for prompt in prompts:
        used = f"at {clock(used_s[prompt.id])}" if prompt.id in used_s else "no"
        yield _row(
            [
                clock(prompt.at_s),
                name_of(prompt.kind),
                escape(prompt.say),
                escape(prompt.why),
                str(prompt.signal),
                used,
            ]
        )
    yield ""


def _warnings(call: FinishedCall) -> Iterator[str]:
    warnings = [each for each in call.events if isinstance(each, CallWarning)]
    if not warnings:
        return
    yield "## Warnings"
    yield ""
    for each in warnings:
        yield f"- {clock(each.at_s)} {escape(each.message)}"
    yield ""


def _transcript(call: FinishedCall) -> Iterator[str]:
    said = [each for each in call.events if isinstance(each, Transcript) and each.final]
    yield "## Transcript"
    yield ""
    if not said:
        yield "Nothing was said."
    for each in sorted(said, key=lambda transcript: (transcript.start_s, transcript.end_s)):
        over = f", {OVER}" if each.over else ""
        yield f"- **{clock(each.start_s)} {SPEAKERS[each.speaker]}{over}:** {escape(each.text)}"


def _table_head(cells: list[str]) -> Iterator[str]:
    yield _row(cells)
    yield _row(["---"] * len(cells))


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
