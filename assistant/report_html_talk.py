"""The parts of an HTML report that go through the call: transcript, prompts, notes. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING

from assistant.calltime import clock
from assistant.html_text import Html, joined, tag
from assistant.model import CallWarning, Note, Prompt, PromptUsed, Signal, Speaker
from assistant.report_html_parts import table
from assistant.report_words import NONE, OVER, SPEAKERS, name_of
from assistant.safetext import clean
from assistant.tones import tone_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from assistant.model import Event, FinishedCall, Transcript


def transcript(said: Sequence[Transcript], signals: Sequence[Signal]) -> Html:
    """Everything that was said, by time, each signal at its words."""
    if not said:
        return tag("p", "Nothing was said.", class_="quiet")
    at = _placed(said, signals)
    return joined(_said(each, at[index]) for index, each in enumerate(said))


def _placed(
    said: Sequence[Transcript], signals: Iterable[Signal]
) -> defaultdict[int, list[Signal]]:
    """The signals by the utterance that holds their end, or the last before it."""
    places: dict[Speaker, list[int]] = {each: [] for each in Speaker}
    for index, each in enumerate(said):
        places[each.speaker].append(index)
    starts = {who: [said[index].start_s for index in indices] for who, indices in places.items()}
    found: defaultdict[int, list[Signal]] = defaultdict(list)
    for signal in signals:
        who = signal.speaker if places[signal.speaker] else said[0].speaker
        place = max(bisect_right(starts[who], signal.end_s) - 1, 0)
        found[places[who][place]].append(signal)
    return found


def _said(said: Transcript, signals: Sequence[Signal]) -> Html:
    words: Html | str = said.text
    marked = next((each for each in signals if each.quote), None)
    if marked is not None:
        before, quote, after = clean(said.text).partition(clean(marked.quote))
        if quote:
            words = joined(
                (before, Html(" ") if before.endswith(" ") else None, tag("mark", quote))
            )
            words = joined((words, Html(" ") if after.startswith(" ") else None, after))
    chips = [
        tag(
            "span",
            f"{name_of(each.kind)}",
            id=f"s{each.id}",
            class_=tone_of(each.kind).value,
            title=f"{each.rule}, {each.confidence:.0%} sure",
        )
        for each in signals
    ]
    return tag(
        "div",
        tag("time", clock(said.start_s)),
        tag("span", SPEAKERS[said.speaker], class_="who"),
        tag(
            "p",
            joined((tag("span", OVER, class_="over"), Html(" "), words)) if said.over else words,
        ),
        tag("div", *chips, class_="signals") if chips else None,
        class_=f"say {said.speaker.value}",
    )


def prompts(call: FinishedCall) -> Html:
    """What was suggested, and what became of it."""
    summary = call.summary
    shown = [each for each in call.events if isinstance(each, Prompt)]
    count = tag("p", f"{summary.prompts_shown} shown, {summary.prompts_used} used.")
    if not shown:
        return count
    used_s: dict[int, float] = {}
    for each in call.events:
        if isinstance(each, PromptUsed):
            used_s.setdefault(each.prompt, each.at_s)
    became = {e.revises: e.id for e in call.events if isinstance(e, Signal) and e.revises}
    rows = [
        (
            tag("a", clock(each.at_s), href=f"#s{_latest(each.signal, became)}"),
            each.say,
            each.why,
            f"at {clock(used_s[each.id])}" if each.id in used_s else NONE,
        )
        for each in shown
    ]
    return joined((count, table("Prompts shown", ("When", "To say or do", "Why", "Used"), rows)))


def _latest(signal: int, became: Mapping[int, int]) -> int:
    """The signal that stands in the place of this one."""
    for _ in became:
        signal = became.get(signal, signal)
    return signal


def notes(events: Iterable[Event]) -> Html | None:
    """What I marked or wrote down."""
    items = [
        tag("li", clock(each.at_s), Html(" "), each.text or "marked")
        for each in events
        if isinstance(each, Note)
    ]
    return _list("notes", "Notes", items)


def warnings(events: Iterable[Event]) -> Html | None:
    """What the user should know about this call."""
    items = [
        tag("li", clock(each.at_s), Html(" "), each.message)
        for each in events
        if isinstance(each, CallWarning)
    ]
    return _list("warnings", "Warnings", items)


def _list(name: str, title: str, items: Sequence[Html]) -> Html | None:
    if not items:
        return None
    head = tag("h2", title, id=f"h-{name}")
    return tag("section", head, tag("ul", *items), aria_labelledby=f"h-{name}")
