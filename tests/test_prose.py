"""A summary by a language model: what it is told, where it may be, and what its answer becomes."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from command import COMMAND, environment, told, watching, write_talk
from command import plain as is_plain
from hypothesis import given
from hypothesis import strategies as st
from inside import run_inside
from model_server import ModelServer, serving
from test_prepare import call_of

from assistant.after import Fact, FactKind, OpenPoint
from assistant.errors import ConfigError, ProseError
from assistant.model import Moment, SignalKind, Speaker
from assistant.prose import INSTRUCTIONS, MOST_TOLD, MOST_WRITTEN, not_in, notes, plain
from assistant.prose_server import address_of, ask, chosen_model
from assistant.store import Library

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

URL = "http://127.0.0.1:11434/v1"


# ---- what it is told ------------------------------------------------------------------------


def test_it_is_told_the_summary_and_its_quotes_and_nothing_else() -> None:
    call = call_of(
        9,
        "spoken aside, in no summary",
        moments=(Moment(20.0, 2, SignalKind.THATS_RIGHT, "That's right.", "It is late.", "Real."),),
        open_points=(OpenPoint(5, 30.0, "My boss decides.", ""),),
        facts=(Fact(FactKind.NUMBER, "two", Speaker.THEM, 59.0, "Two of them."),),
    )
    said = notes(call)
    assert said.left_out == 0
    assert said.text.splitlines() == [
        "Outcome: Wishy-washy. headline 9",
        "To practise next time: practise 9",
        "Length: 1:00",
        "0:20 That's right: “That's right.”",
        "  I had said: “It is late.”",
        "  Real.",
        "0:30 They said, and I never said it back: “My boss decides.”",
        "0:59 Numbers, them: two, “Two of them.”",
    ]


@given(st.integers(0, 400), st.text(max_size=30))
def test_what_it_is_told_has_an_end_and_no_escapes(number: int, words: str) -> None:
    facts = tuple(
        Fact(FactKind.NAME, f"n{n}", Speaker.UNKNOWN, float(n), words + "\x1b[31m x" * (n % 90))
        for n in range(number)
    )
    said = notes(call_of(9, facts=facts))
    assert len(said.text) <= MOST_TOLD
    assert is_plain(said.text)
    assert len(said.text.splitlines()) + said.left_out == 3 + number


# ---- what becomes of its answer -------------------------------------------------------------


def test_markup_escapes_and_thoughts_go() -> None:
    answer = (
        "<think>The user wants\na summary</think>\n## Summary\n\n**They** felt _understood_.\r\n"
        "- See [the site](http://evil.example/x), <b>now</b>\x1b[2J.\n```text\n> It is `done`.\n"
        "2 * 3 stays, snake_case and <3 too.<|im_end|>"
    )
    assert plain(answer).split("\n") == [
        "Summary",
        "They felt understood.",
        "See the site, now.",
        "It is done.",
        "2 * 3 stays, snake_case and <3 too.",
    ]


@pytest.mark.parametrize("answer", ["", " \n\t", "<think>never ends", "***", "\x1b[31m", "1. 2."])
def test_no_word_is_no_answer(answer: str) -> None:
    assert plain(answer) == ""


@given(st.text(max_size=200))
def test_any_answer_is_plain_text(answer: str) -> None:
    text = plain(answer)
    assert is_plain(text)
    assert "\n\n" not in text


def test_a_long_answer_ends_at_a_sentence() -> None:
    text = plain("A sentence of a model. " * 1000)
    assert len(text) <= MOST_WRITTEN + 2
    assert text.endswith("model. …")


def test_what_it_was_not_told_is_seen() -> None:
    facts = "0:59 Numbers, them: “It's 1,200 a month.”"
    wrote = "It is 1,200 at 0:59, or 1,300: “its 1,200 a month”, they said “we will never pay”."
    assert not_in(facts, wrote) == ("1,300", "“we will never pay”")
    assert not_in(facts, "They said 1,200.") == ()


# ---- where it may be ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "hosts", "port"),
    [
        (URL, ("127.0.0.1",), 11434),
        ("http://127.8.9.1/v1/", ("127.8.9.1",), 80),
        ("http://localhost:8080/v1", ("127.0.0.1", "::1"), 8080),
        ("http://LOCALHOST:8080/v1", ("127.0.0.1", "::1"), 8080),
        ("https://[::1]/v1", ("::1",), 443),
    ],
)
def test_loopback_is_here(url: str, hosts: tuple[str, ...], port: int) -> None:
    address = address_of(url, elsewhere=False)
    assert (address.hosts, address.port, address.path) == (hosts, port, "/v1")
    assert address.local


ELSEWHERE = [
    "http://192.168.1.4:11434/v1",
    "http://0.0.0.0:11434/v1",
    "http://api.example.com/v1",
    "http://localhost.example.com/v1",
    "http://127.0.0.1.nip.io/v1",
    "http://2130706433/v1",
    "http://127.1/v1",
    "http://0x7f.0.0.1/v1",
    "http://[::ffff:127.0.0.1]/v1",
    "http://[::1%25lo]/v1",
    "http://[::]/v1",
]


@pytest.mark.parametrize("url", ELSEWHERE)
def test_all_else_is_elsewhere(url: str) -> None:
    with pytest.raises(ConfigError, match="prose_elsewhere"):
        address_of(url, elsewhere=False)
    assert not address_of(url, elsewhere=True).local


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/v1",
        "http:///v1",
        "http://127.0.0.1:x/v1",
        "http://127.0.0.1:99999/v1",
        "http://me:secret@127.0.0.1/v1",
        "http://127.0.0.1@evil.example/v1",
        "http://127.0.0.1/v1?to=evil",
        "http://[::1/v1",
        "http://a..b/v1",
        "http://127.0.0.1\\@evil.example/v1",
    ],
)
def test_what_is_no_address_is_refused_even_elsewhere(url: str) -> None:
    with pytest.raises(ConfigError) as refused:
        address_of(url, elsewhere=True)
    assert "secret" not in str(refused.value)


_ASKED: list[tuple[str, object]] = []


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if event in {"socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.gethostbyname"}:
        _ASKED.append((event, arguments[1] if event == "socket.connect" else arguments[0]))


@pytest.fixture
def sockets() -> Iterator[list[tuple[str, object]]]:
    """Whoever Python's sockets reach out to or look up."""
    if not hasattr(sys, "_prose_sockets_watched"):
        sys.addaudithook(_note)
        sys._prose_sockets_watched = True  # type: ignore[attr-defined]
    _ASKED.clear()
    yield _ASKED
    _ASKED.clear()


def call_in(home: Path) -> None:
    assert run_inside(home, "replay", write_talk(home / "talk.jsonl")).status == 0


def settings(home: Path, text: str) -> None:
    folder = home / "config"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings.toml").write_text(text)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    call_in(tmp_path)
    return tmp_path


@pytest.mark.parametrize("url", ["http://192.0.2.7:11434/v1", "http://model.example/v1"])
def test_nothing_is_sent_elsewhere_and_no_name_looked_up(
    home: Path, url: str, sockets: list[tuple[str, object]]
) -> None:
    settings(home, f'prose_url = "{url}"\nprose_model = "m"\n')
    told(run_inside(home, "prose", "last"), 2, "nothing was sent", "prose_elsewhere = true")
    assert sockets == []


def test_elsewhere_is_asked_when_it_is_said_twice(
    home: Path, sockets: list[tuple[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.prose_server._CONNECT_S", 0.05)
    settings(home, 'prose_url = "http://192.0.2.7:9/v1"\nprose_model = "m"\nprose_elsewhere = true')
    ended = run_inside(home, "prose", "last")
    assert ended.status == 1
    assert "go to 192.0.2.7:9, not encrypted" in ended.err
    assert ("socket.connect", ("192.0.2.7", 9)) in sockets


def test_no_proxy_is_used_and_only_the_model_is_reached(
    home: Path, sockets: list[tuple[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://192.0.2.9:3128")
    with serving(ModelServer()) as server:
        settings(home, f'prose_url = "{server.url}"\n')
        assert run_inside(home, "prose", "last").status == 0
    reached = {argument for event, argument in sockets if event == "socket.connect"}
    assert reached == {("127.0.0.1", server.port)}


def test_a_redirect_is_not_followed() -> None:
    with serving(ModelServer()) as other:
        moved = ModelServer(status=307, raw=b"", location=other.url + "/chat/completions")
        with serving(moved) as server, pytest.raises(ProseError, match="not followed"):
            ask(address_of(server.url, elsewhere=False), "m", "notes", 20.0)
        assert len(server.asked) == 1
    assert other.asked == []


def test_localhost_is_here_without_a_look_up(sockets: list[tuple[str, object]]) -> None:
    with serving(ModelServer()) as server:
        address = address_of(f"http://localhost:{server.port}/v1", elsewhere=False)
        assert chosen_model(address, None) == "small"
    assert "localhost" not in {argument for _, argument in sockets}


# ---- what can go wrong ----------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def test_it_is_not_running(home: Path) -> None:
    settings(home, f'prose_url = "http://127.0.0.1:{free_port()}/v1"\nprose_model = "m"\n')
    ended = run_inside(home, "prose", "last")
    told(ended, 1, "Nobody answers", "ollama serve")
    assert "by the rules" in ended.out  # the summary that needs no model is there all the same


@pytest.mark.parametrize(
    ("server", "words"),
    [
        (ModelServer(status=404, raw=b'{"error": {}}', models=("a", "b\x1b[31m")), "It has: a, b."),
        (ModelServer(status=404, raw=b"not here", models=("m",)), "(status 404)"),
        (ModelServer(status=401, raw=b"{}"), "none is ever sent"),
        (ModelServer(status=500, raw=b"secret words"), "(status 500)"),
        (ModelServer(raw=b"<html>hello"), "not what a language model answers"),
        (ModelServer(raw=b"[" * 100_000), "not what a language model answers"),
        (ModelServer(raw=b'{"choices": []}'), "not what a language model answers"),
        (ModelServer(content=None), "not what a language model answers"),
        (ModelServer(content={"a": 1}), "not what a language model answers"),
        (ModelServer(content="<think>hm"), "without a word of text"),
        (ModelServer(raw=b"x" * (1 << 21)), "too long for a summary"),
    ],
)
def test_every_failure_is_a_sentence(server: ModelServer, words: str) -> None:
    with serving(server), pytest.raises(ProseError) as failed:
        ask(address_of(server.url, elsewhere=False), "m", "notes", 20.0)
    message = str(failed.value)
    assert words in message
    assert is_plain(message)
    assert "secret words" not in message


def test_one_that_never_answers_is_left() -> None:
    silent = ModelServer(silent=threading.Event())
    with serving(silent), pytest.raises(ProseError, match="did not answer in time"):
        ask(address_of(silent.url, elsewhere=False), "m", "notes", 0.2)


def test_one_that_is_no_http_server_is_said_to_be_none() -> None:
    with socket.socket() as odd:
        odd.bind(("127.0.0.1", 0))
        odd.listen()

        def answer() -> None:
            connection, _ = odd.accept()
            with connection:
                connection.recv(1 << 16)
                connection.sendall(b"220 ready\r\n")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{odd.getsockname()[1]}/v1"
        with pytest.raises(ProseError, match="is no language model"):
            ask(address_of(url, elsewhere=False), "m", "notes", 20.0)
        thread.join(10)


def test_of_several_models_one_must_be_named() -> None:
    with serving(ModelServer(models=("a", "b"))) as server:
        address = address_of(server.url, elsewhere=False)
        with pytest.raises(ProseError, match=r"several models: a, b\."):
            chosen_model(address, None)
        server.models = ()
        with pytest.raises(ProseError, match="does not say"):
            chosen_model(address, None)
        before = len(server.asked)
        assert chosen_model(address, "c") == "c"
        assert len(server.asked) == before


# ---- the command ----------------------------------------------------------------------------


def test_without_a_setting_no_model_is_asked(home: Path, sockets: list[tuple[str, object]]) -> None:
    told(run_inside(home, "prose", "last"), 2, "none is asked by itself", "prose_url =")
    assert sockets == []


def test_it_stands_under_the_summary_marked_and_is_kept_only_when_asked(home: Path) -> None:
    wrote = "**They** agreed.\x1b[2J\n\nIt is 777 a month."
    with serving(ModelServer(content=wrote)) as server:
        settings(home, f'prose_url = "{server.url}"\n')
        ended = run_inside(home, "prose", "last")
        assert ended.status == 0
        sent = run_inside(home, "prose", "last", "--sent").out.rstrip("\n")
        rules, _, model = ended.out.partition("Written by a language model (small at 127.0.0.1:")
        assert sent in rules
        assert "NOT CHECKED" in model
        assert "| They agreed.\n|\n| It is 777 a month.\n" in model
        assert model.rstrip().endswith("perhaps invented: 777")
        posted = [each.body for each in server.asked if each.method == "POST"]
        assert posted[0]["messages"] == [
            {"role": "system", "content": INSTRUCTIONS},
            {"role": "user", "content": sent},
        ]
        assert len(posted) == 1  # --sent sends nothing
        told(run_inside(home, "prose", "last", "--kept"), 1, "No summary by a language model")
        assert run_inside(home, "prose", "last", "--keep").status == 0
    kept = run_inside(home, "prose", "last", "--kept").out  # and nobody is there any more
    assert "NOT CHECKED" in kept
    assert "| They agreed.\n" in kept
    answer = json.loads(run_inside(home, "prose", "last", "--kept", "--json").out)
    assert answer["checked"] is False
    assert answer["not_in_told"] == ["777"]
    assert "Deleted" in run_inside(home, "prose", "last", "--forget").out
    assert "Nothing" in run_inside(home, "prose", "last", "--forget").out
    assert run_inside(home, "prose", "last", "--kept").status == 1


def test_what_was_written_of_other_words_goes_with_them(home: Path) -> None:
    with serving(ModelServer()) as server:
        settings(home, f'prose_url = "{server.url}"\n')
        assert run_inside(home, "prose", "1", "--keep").status == 0
    with Library.open(home / "data") as library:
        assert library.prose(1) is not None
    assert run_inside(home, "correct", "1", "--line", "2", "--text", "You're right.").status == 0
    with Library.open(home / "data") as library:
        assert library.prose(1) is None
    told(run_inside(home, "prose", "9"), 1, "no call 9")


def test_the_prose_of_a_deleted_call_is_in_no_file(home: Path) -> None:
    with serving(ModelServer(content="Zwetschgenkuchen for all.")) as server:
        settings(home, f'prose_url = "{server.url}"\n')
        assert run_inside(home, "prose", "1", "--keep").status == 0
    files = [path for path in home.rglob("*") if path.is_file()]
    assert any(b"Zwetschgenkuchen" in path.read_bytes() for path in files)
    assert run_inside(home, "delete", "1", "--yes").status == 0
    files = [path for path in home.rglob("*") if path.is_file()]
    assert not any(b"Zwetschgenkuchen" in path.read_bytes() for path in files)
    with Library.open(home / "data") as library:
        assert library.prose(1) is None


def test_the_command_reaches_loopback_alone(home: Path, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    with serving(ModelServer()) as server:
        settings(home, f'prose_url = "http://localhost:{server.port}/v1"\n')
        done = subprocess.run(
            [*watching(trace), COMMAND, "prose", "last"],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env=environment(home),
            check=False,
            timeout=120,
        )
    assert done.returncode == 0, done.stderr
    met = re.findall(r"connect\(.*sin_addr=inet_addr\(\"([^\"]+)\"\)", trace.read_text())
    assert set(met) == {"127.0.0.1"}
    assert "AF_INET6" not in trace.read_text()
