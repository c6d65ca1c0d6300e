"""The parts of an HTML report that come from summary and measures. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from assistant.after import FactKind
from assistant.calltime import clock
from assistant.html_text import Html, joined, tag
from assistant.measure_book import DEFINITIONS, written
from assistant.report_style import STYLE
from assistant.report_words import FACTS, NONE, SPEAKERS, name_of
from assistant.tones import tone_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from assistant.after import Fact, Followed, Measured
    from assistant.model import CallSummary, Moment, Signal, SignalKind, SubjectState

_MOST_RESTS = 6
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; media-src data:; img-src data:"


def page(title: str, body: Html) -> str:
    """A whole HTML document with our style sheet, ending with a line end."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", f"{title} – thatsright"),
        Html(f"<style>{STYLE}</style>"),
    )
    return f"<!doctype html>\n{tag('html', head, tag('body', body), lang='en').markup}\n"


def table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[Html | str]]) -> Html:
    """A table whose first column names the row; columns that begin with `#` hold numbers."""
    classes = ["number" if name.startswith("#") else None for name in columns]
    head = [
        tag("th", name.lstrip("#"), scope="col", class_=class_)
        for name, class_ in zip(columns, classes, strict=True)
    ]
    body: list[Html] = []
    for first, *rest in rows:
        cells = [tag("td", each, class_=c) for each, c in zip(rest, classes[1:], strict=True)]
        body.append(tag("tr", tag("th", first, scope="row"), *cells))
    return tag(
        "div",
        tag(
            "table",
            tag("caption", caption),
            tag("thead", tag("tr", *head)),
            tag("tbody", *body),
        ),
        class_="scroll",
        tabindex="0",
        role="region",
        aria_label=caption,
    )


def at(at_s: float, signal: int | None = None) -> Html:
    """A moment, as a link to the words of a signal."""
    time = tag("time", clock(at_s))
    return time if signal is None else tag("a", time, href=f"#s{signal}")


def headline(summary: CallSummary, signals: Mapping[int, Signal]) -> Iterator[Html]:
    """The headline and what to practise, each with the words it rests on."""
    yield tag("p", summary.headline, class_="headline")
    yield _rests(summary.headline_signals, signals)
    yield tag(
        "div",
        tag("h2", "To practise next time"),
        tag("p", summary.practise),
        _rests(summary.practise_signals, signals),
        class_="practise",
    )


def _rests(ids: Sequence[int], signals: Mapping[int, Signal]) -> Html:
    known = [signals[each] for each in ids if each in signals]
    if not known:
        return Html("")
    parts: list[Html | str] = ["Rests on "]
    for number, each in enumerate(known[:_MOST_RESTS]):
        parts += [Html(", ") if number else "", Html(" "), at(each.at_s, each.id), Html(" ")]
        parts.append(tag("q", _short(each.quote)))
    if len(known) > _MOST_RESTS:
        parts.append(Html(f" and {len(known) - _MOST_RESTS} more"))
    return tag("p", *parts, class_="rests")


def _short(words: str, letters: int = 70) -> str:
    return words if len(words) <= letters else words[:letters].rsplit(" ", 1)[0] + " …"


def moments(moments: Sequence[Moment], clips: Mapping[int, str]) -> Html:
    """What I said, what they said, and what would have been better."""
    if not moments:
        return tag("p", "Nothing stood out in this call.", class_="quiet")
    return joined(_moment(each, clips.get(each.signal)) for each in moments)


def _moment(moment: Moment, clip: str | None) -> Html:
    rows = (
        ("You said before", moment.i_said),
        ("They went on", moment.they_went_on),
        ("You went on", moment.i_went_on),
    )
    said = [joined((tag("dt", name), tag("dd", tag("q", words)))) for name, words in rows if words]
    better = [tag("dt", "Better"), tag("dd", tag("strong", moment.better))]
    name = tag("span", name_of(moment.kind), class_=tone_of(moment.kind).value)
    return tag(
        "article",
        tag("h3", at(moment.at_s, moment.signal), Html(" "), name),
        tag("blockquote", moment.quote or NONE),
        tag("p", moment.note),
        tag("dl", *said, *(better if moment.better else [])) if said or moment.better else None,
        _audio(clip, moment) if clip is not None else None,
        class_="moment",
    )


def _audio(clip: str, moment: Moment) -> Html:
    label = f"Sound around {clock(moment.at_s)}"
    return tag("audio", controls=True, preload="metadata", src=clip, aria_label=label)


def subjects_table(subjects: Sequence[SubjectState]) -> Html | None:
    """Where each subject ended."""
    if not subjects:
        return None
    rows = [(each.subject, name_of(each.understanding), clock(each.since_s)) for each in subjects]
    return table("Where each subject ended", ("Subject", "Ended", "#Since"), rows)


def kept_points(summary: CallSummary) -> Html:
    """True agreement, replies that were none, and points never said back."""
    parts: list[Html] = []
    if summary.agreements:
        parts.append(tag("h3", 'True "that\'s right"'))
        items = []
        for each in summary.agreements:
            on = f"on {', '.join(each.subjects)}" if each.subjects else ""
            quote = tag("q", each.quote)
            items.append(tag("li", at(each.at_s, each.signal), Html(" "), quote, Html(" "), on))
        parts.append(tag("ul", *items))
    if summary.loose:
        parts.append(
            table(
                "Replies that sounded like agreement and were none",
                ("When", "They said", "To your", "You followed up"),
                [
                    (
                        at(each.at_s, each.signal),
                        joined((tag("q", each.quote), Html(f" ({name_of(each.kind).lower()})"))),
                        tag("q", each.about) if each.about else NONE,
                        NONE if each.followed_up_s is None else f"after {each.followed_up_s:.0f} s",
                    )
                    for each in summary.loose
                ],
            )
        )
    if summary.open_points:
        parts.append(tag("h3", "Points of theirs never said back"))
        points = []
        for point in summary.open_points:
            say = joined((Html(" – say: "), tag("q", point.label))) if point.label else None
            points.append(
                tag("li", at(point.at_s, point.signal), Html(" "), tag("q", point.quote), say)
            )
        parts.append(tag("ul", *points))
    return joined(parts) if parts else tag("p", "None was heard.", class_="quiet")


def facts(facts: Sequence[Fact]) -> Html:
    """Commitments, next steps, numbers, dates and names, with who said them."""
    parts: list[Html] = []
    for kind in FactKind:
        chosen = [each for each in facts if each.kind is kind]
        if not chosen:
            continue
        items = [
            tag(
                "li",
                joined((tag("strong", each.text), Html(" – ")))
                if each.text != each.quote
                else None,
                tag("q", each.quote),
                Html(" "),
                tag("span", f"{SPEAKERS[each.speaker]}, {clock(each.at_s)}", class_="quiet"),
            )
            for each in chosen
        ]
        parts += [tag("h3", FACTS[kind]), tag("ul", *items)]
    return joined(parts) if parts else tag("p", "Nothing was found to keep.", class_="quiet")


def techniques_table(followed: Sequence[Followed]) -> Html:
    """Every use of a tool, the silence after it, and their reply."""
    if not followed:
        return tag("p", "No label, mirror, summary or question of yours was heard.", class_="quiet")
    rows = [
        (
            joined((at(each.at_s, each.signal), Html(" "), _counted(each.kind))),
            tag("q", _short(each.quote, 160)),
            "you spoke" if each.i_spoke_first else _silence(each.silence_s),
            joined(
                (
                    tag("q", each.reply_quote) if each.reply_quote else Html(NONE),
                    _reply(each.reply) if each.reply is not None else None,
                )
            ),
        )
        for each in followed
    ]
    uses = Counter(each.kind for each in followed)
    counts = ", ".join(f"{name_of(kind).lower()} {uses[kind]}" for kind in uses)
    caption = f"Each use and what followed ({counts})"
    return table(caption, ("Tool", "Your words", "Silence", "They said"), rows)


def _counted(kind: SignalKind) -> Html:
    return tag("span", name_of(kind), class_=tone_of(kind).value)


def _reply(kind: SignalKind) -> Html:
    return joined((Html(" "), tag("span", f"({name_of(kind)})", class_=tone_of(kind).value)))


def _silence(silence_s: float | None) -> str:
    return NONE if silence_s is None else f"{silence_s:.1f} s"


def measures_table(measured: Sequence[Measured]) -> Html:
    """All measures beside what is published."""
    rows = [
        (DEFINITIONS[each.key].name, written(each.key, each.value), DEFINITIONS[each.key].reference)
        for each in measured
    ]
    return table("Measures of this call", ("Measure", "#This call", "Published"), rows)
