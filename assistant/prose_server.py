"""Asks a language model on this machine, through an address as OpenAI's interface has it.

Nothing else in this program opens a connection while it runs. Only loopback is asked, unless
`elsewhere`: a number of 127.0.0.0/8, ::1, or the name localhost, which is taken for these and
never looked up. No proxy is used, whatever the environment says, and no redirect is followed.
What a server answers is never part of a message.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from assistant.errors import ConfigError, ProseError
from assistant.prose import ANSWER_TOKENS, INSTRUCTIONS, Prose, plain
from assistant.safetext import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WAIT_S: Final = 300.0
"""How long an answer may take: a model without a graphics card is slow."""
_CONNECT_S: Final = 5.0
_LARGEST: Final = 1 << 20
"""Bytes of an answer; more is no summary."""
_MOST_NAMED: Final = 6
_OK: Final = 200
_REDIRECTS: Final = range(300, 400)
_NOT_FOUND: Final = 404
_REFUSED: Final = frozenset({401, 403})
_LOCALHOST: Final = ("127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a model is asked."""

    hosts: tuple[str, ...]
    """What to connect to, one after another until somebody is there."""
    port: int
    path: str
    """Of the interface, without a slash at its end: "/v1"."""
    secure: bool
    """Over TLS."""
    local: bool
    """On this machine."""
    name: str
    """As people write it: "127.0.0.1:11434"."""


def address_of(url: str, *, elsewhere: bool) -> Address:
    """Where a URL leads; nothing is looked up and nobody asked.

    Raises:
        ConfigError: it is no such URL, or leads to another machine and `elsewhere` is false.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host.encode("idna")
    except ValueError:  # and UnicodeError
        host, port, parts = "", None, urlsplit("")
    odd = parts.username is not None or parts.query or parts.fragment
    if parts.scheme not in {"http", "https"} or not host or odd:
        raise ConfigError(
            "prose_url is no address of a language model. Give one such as "
            '"http://127.0.0.1:11434/v1" (Ollama) or "http://127.0.0.1:8080/v1" (llama.cpp).'
        )
    local = host == "localhost" or _is_loopback(host)
    if not local and not elsewhere:
        raise ConfigError(
            f"{clean(host)} may be another machine, and nothing was sent to it. What is said in "
            "your calls goes to 127.0.0.1, ::1 or localhost alone, unless you also set "
            "prose_elsewhere = true."
        )
    secure = parts.scheme == "https"
    port = port or (443 if secure else 80)
    shown = f"[{host}]" if ":" in host else host
    hosts = _LOCALHOST if host == "localhost" else (host,)
    return Address(hosts, port, parts.path.rstrip("/"), secure, local, clean(f"{shown}:{port}"))


def _is_loopback(host: str) -> bool:
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return False
    if isinstance(number, ipaddress.IPv6Address):
        return str(number) == "::1"  # neither with a scope nor as 127.0.0.1 in other clothes
    return number.is_loopback


def chosen_model(address: Address, named: str | None, wait_s: float = WAIT_S) -> str:
    """The model to ask: the one named, else the only one there is.

    Raises:
        ProseError: nobody answers, or there is none or more than one to choose from.
    """
    if named is not None:
        return named
    known = _models(address, time.monotonic() + min(wait_s, 30.0))
    if len(known) == 1:
        return known[0]
    if not known:
        raise ProseError(
            f"{address.name} does not say which models it has. Name one: prose_model = "
            '"NAME", or --model NAME.'
        )
    raise ProseError(
        f"{address.name} has several models: {_listed(known)}. Name one: prose_model = "
        '"NAME", or --model NAME.'
    )


def ask(address: Address, model: str, told: str, wait_s: float = WAIT_S) -> Prose:
    """What the model writes of a call of which it is told this.

    Raises:
        ProseError: it is not there, takes longer than `wait_s`, or its answer is no text.
    """
    deadline = time.monotonic() + wait_s
    wish = {
        "model": model,
        "messages": [
            {"role": "system", "content": INSTRUCTIONS},
            {"role": "user", "content": told},
        ],
        "temperature": 0,
        "max_tokens": ANSWER_TOKENS,
        "stream": False,
    }
    status, body = _exchange(address, "/chat/completions", wish, deadline)
    if status != _OK:
        raise _refusal(address, model, status, deadline)
    text = plain(_content(address, body))
    if not text:
        raise ProseError(
            f"{clean(model)} at {address.name} answered without a word of text. Try again, or name "
            "another model: prose_model, or --model NAME."
        )
    return Prose(text, clean(model), address.name)


def _content(address: Address, body: bytes) -> str:
    """The text in an answer; what else there is in it is not looked at."""
    try:
        text = json.loads(body)["choices"][0]["message"]["content"]
    except (ValueError, RecursionError, LookupError, TypeError):
        text = None
    if not isinstance(text, str):
        raise ProseError(
            f"What {address.name} answered is not what a language model answers. Is it Ollama, "
            "llama.cpp or another with OpenAI's interface? Its address usually ends in /v1."
        )
    return text


def _refusal(address: Address, model: str, status: int, deadline: float) -> ProseError:
    name = clean(model)
    if status in _REDIRECTS:
        return ProseError(
            f"{address.name} sends to another address, which was not followed. Set prose_url to "
            "the model's own address."
        )
    if status in _REFUSED:
        return ProseError(
            f"{address.name} wants a key (status {status}), and none is ever sent. Start it "
            "without one, on this machine."
        )
    known = _models(address, deadline) if status in {400, _NOT_FOUND} else ()
    if known and model not in known:
        return ProseError(
            f"{address.name} has no model {name}. It has: {_listed(known)}. Fetch it there (ollama "
            f"pull {name}), or name one of these: prose_model, or --model NAME."
        )
    if status == _NOT_FOUND:
        return ProseError(
            f"{address.name} has no model {name}, or is no language model (status 404). Fetch the "
            f"model (ollama pull {name}), and see that prose_url ends in /v1."
        )
    return ProseError(
        f"{address.name} could not answer (status {status}). Its own messages say why; a model "
        "too large for the memory is the most usual reason."
    )


def _models(address: Address, deadline: float) -> tuple[str, ...]:
    """What a server says it has; empty where it does not say."""
    status, body = _exchange(address, "/models", None, deadline)
    try:
        names = [each["id"] for each in json.loads(body)["data"]] if status == _OK else []
    except (ValueError, RecursionError, LookupError, TypeError):
        return ()
    return tuple(name for name in names if isinstance(name, str) and clean(name))


def _listed(names: tuple[str, ...]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(clean(n)[:80] for n in names[:_MOST_NAMED]) + (f", {more} more" * (more > 0))


# ---- the connection -------------------------------------------------------------------------


def _exchange(
    address: Address, path: str, wish: Mapping[str, object] | None, deadline: float
) -> tuple[int, bytes]:
    """Status and body; `wish` is posted as JSON, without one the path is read."""
    connection = None
    try:
        connection = _connected(address)
        _patient(connection, deadline)
        body = None if wish is None else json.dumps(wish).encode()
        kind = {} if wish is None else {"Content-Type": "application/json"}
        connection.request("GET" if wish is None else "POST", address.path + path, body, kind)
        with connection.getresponse() as response:
            return response.status, b"".join(_read(address, connection, response, deadline))
    except TimeoutError:
        raise ProseError(
            f"{address.name} did not answer in time. A smaller model is faster; --wait SECONDS "
            "waits longer."
        ) from None
    except http.client.HTTPException:
        raise ProseError(
            f"{address.name} broke off, or is no language model. See that it runs, and that "
            "prose_url is its address."
        ) from None
    except OSError as error:
        if connection is None:
            raise ProseError(
                f"Nobody answers at {address.name} ({error.strerror or 'no connection'}). Start "
                "the language model (ollama serve), or set prose_url to where it is."
            ) from None
        raise ProseError(
            f"{address.name} broke off ({error.strerror or 'connection lost'}). See that the "
            "language model still runs, then try again."
        ) from None
    finally:
        if connection is not None:
            connection.close()


def _connected(address: Address) -> http.client.HTTPConnection:
    """Connected to the first of the hosts where somebody is."""
    kind = http.client.HTTPSConnection if address.secure else http.client.HTTPConnection
    for host in address.hosts:
        connection = kind(host, address.port, timeout=_CONNECT_S)
        try:
            connection.connect()
        except OSError:
            connection.close()
            if host == address.hosts[-1]:
                raise
        else:
            return connection
    raise ConnectionError


def _patient(connection: http.client.HTTPConnection, deadline: float) -> None:
    """Wait until the deadline for what comes next, and no longer."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    if connection.sock is not None:
        connection.sock.settimeout(left)


def _read(
    address: Address,
    connection: http.client.HTTPConnection,
    response: http.client.HTTPResponse,
    deadline: float,
) -> Iterator[bytes]:
    size = 0
    while piece := response.read1(1 << 16):
        size += len(piece)
        if size > _LARGEST:
            raise ProseError(
                f"What {address.name} answered is too long for a summary. See that prose_url is "
                "the address of a language model."
            )
        yield piece
        _patient(connection, deadline)
