"""What a transcript loses when its program keeps fewer times: signals of each form of a call.

    .venv/bin/python bench/imported.py samples/*.jsonl

Each call is written as Otter does (beginnings in whole seconds, no ends), as Google Meet does (a
time every five minutes) and without times, read again, and its signals held against those of the
call with all its times: the same kind on the same words (one quote within the other, as turns are
written as one), at most one each.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from assistant import phrases
from assistant.corrections import derive
from assistant.model import CallInfo, FinishedCall, Signal, Source, Speaker, Transcript
from assistant.summary import standing, summarise
from assistant.transcripts import read_transcript


def signals(said: tuple[Transcript, ...]) -> list[tuple[str, str]]:
    started = datetime(2026, 1, 1, tzinfo=UTC)
    info = CallInfo("", "", Source.TRANSCRIPT, None, None, started, (Speaker.ME, Speaker.THEM))
    call = FinishedCall(info, said, summarise(info, said))
    events = derive(call, (), phrases.load()).events
    heard = standing(e for e in events if isinstance(e, Signal))
    return [(s.kind.value, s.quote) for s in heard]


def kept_of(whole: list[tuple[str, str]], again: list[tuple[str, str]]) -> list[str]:
    """Kinds of the signals that are in both."""
    left, kinds = list(again), []
    for kind, quote in whole:
        same = next((r for r in left if r[0] == kind and (quote in r[1] or r[1] in quote)), None)
        if same is not None:
            left.remove(same)
            kinds.append(kind)
    return kinds


def clock(at_s: float) -> str:
    return f"{int(at_s) // 60}:{int(at_s) % 60:02}"


def turns(said: tuple[Transcript, ...]) -> list[tuple[str, float, str]]:
    found: list[tuple[str, float, str]] = []
    for each in said:
        name = "Me" if each.speaker is Speaker.ME else "Ben"
        if found and found[-1][0] == name:
            found[-1] = (name, found[-1][1], f"{found[-1][2]} {each.text}")
        else:
            found.append((name, each.start_s, each.text))
    return found


def otter(said: tuple[Transcript, ...]) -> str:
    return "\n".join(f"{name}  {clock(at)}\n{text}\n" for name, at, text in turns(said))


def meet(said: tuple[Transcript, ...]) -> str:
    lines, due = ["Transcript", ""], 0
    for name, at_s, text in turns(said):
        if at_s >= due:
            lines += [f"00:{int(at_s) // 60:02}:{int(at_s) % 60:02}", ""]
            due += 300
        lines += [f"{name}: {text}", ""]
    return "\n".join(lines)


def bare(said: tuple[Transcript, ...]) -> str:
    return "\n".join(f"{name}: {text}" for name, _, text in turns(said))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("calls", type=Path, nargs="+")
    asked = parser.parse_args()
    kept: dict[str, Counter[str]] = {}
    for path in asked.calls:
        said = read_transcript(path)
        whole = signals(said)
        for form, write in (("Otter", otter), ("Meet", meet), ("no times", bare)):
            with tempfile.TemporaryDirectory() as folder:
                target = Path(folder) / "call.txt"
                target.write_text(write(said))
                again = signals(read_transcript(target))
            count = kept.setdefault(form, Counter())
            both = kept_of(whole, again)
            count["wanted"] += len(whole)
            count["found"] += len(again)
            count["both"] += len(both)
            for kind in ("thats_right", "youre_right"):
                count[kind] += both.count(kind)
                count[f"of {kind}"] += sum(k == kind for k, _ in whole)
    for form, count in kept.items():
        print(
            f"{form:<10} {count['both']} of {count['wanted']} signals kept, "
            f"{count['found'] - count['both']} others; "
            f"that's right {count['thats_right']} of {count['of thats_right']}, "
            f"you're right {count['youre_right']} of {count['of youre_right']}"
        )


if __name__ == "__main__":
    main()
