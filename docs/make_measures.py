"""Writes docs/measures.md from the book of measures: python docs/make_measures.py."""

from __future__ import annotations

from pathlib import Path

from assistant.measure_book import DEFINITIONS

HEAD = """# Measures

Of every finished call, kept with it in the library. `thatsright report CALL --format csv` prints
them for one call, `thatsright trends` over all. Each is checked against a call worked out by hand
in `tests/test_measuring.py`; this page is made of `assistant/measure_book.py`.

A signal that was replaced later counts as what it became. Where who spoke is not known, nothing is
measured. "–" stands where a call gives no ground to say. Better: `+` where the method wants more
of it, `-` where it wants less.

A published value is something to hold a call against, not a goal: it was found for other people in
other calls (Gong: sales calls in English, the seller's side; Stivers: everyday talk; Curhan:
negotiation in an experiment; Bortfeld: telling pictures apart, transcribed by hand).

| measure | name | how it is computed | unit | better | published |
|---|---|---|---|---|---|
"""

FOOT = """
What followed each label, mirror, summary and question (the silence, who broke it, their reply) is
in the report, and over all calls in `thatsright trends`, with the share that earned a "that's
right" and its 95 % interval (Wilson 1927). A reply is credited to one move of mine
([signals](signals.md)).

## Sources

- Gong, "Talk-to-listen ratio" and "questions in discovery calls", gong.io (company research on
  recorded sales calls).
- Stivers, T., et al. (2009). Universals and cultural variation in turn-taking in conversation.
  PNAS 106(26).
- Curhan, J. R., Overbeck, J. R., Cho, Y., Zhang, T., Yang, Y. (2021). Silence is golden: extended
  silence, deliberative mindset, and value creation in negotiation. Journal of Applied Psychology.
- Bortfeld, H., Leon, S. D., Bloom, J. E., Schober, M. F., Brennan, S. E. (2001). Disfluency rates
  in conversation. Language and Speech 44(2).
- Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference.
  JASA 22.
"""

SIGNS = {1: "+", 0: "", -1: "-"}


def main() -> None:
    """Write the page."""
    rows = [
        f"| `{key}` | {each.name} | {each.formula} | {each.unit} | {SIGNS[each.better]} "
        f"| {each.reference} |\n"
        for key, each in DEFINITIONS.items()
    ]
    page = Path(__file__).with_name("measures.md")
    page.write_text(HEAD + "".join(rows) + FOOT, "utf-8")


if __name__ == "__main__":
    main()
