from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.config import MOST_THREADS, Settings, load
from assistant.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


def settings_file(folder: Path, content: str | bytes) -> Path:
    path = folder / "settings.toml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refusal(folder: Path, **environment: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(environment, folder)
    assert caught.value.exit_status == 2
    message = str(caught.value)
    assert message.endswith(".")
    return message


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load({}, tmp_path) == Settings(
        model=None, language="en", threads=0, device="auto", terms=None
    )
    assert load({}, tmp_path / "missing") == Settings()
    settings_file(tmp_path, "")
    assert load({}, tmp_path) == Settings()


def test_the_environment_outranks_the_file(tmp_path: Path) -> None:
    settings_file(tmp_path, 'model = "base"\nlanguage = "de"\nthreads = 2\n')
    assert load({}, tmp_path) == Settings("base", "de", 2)
    environment = {"THATSRIGHT_MODEL": "tiny.en", "THATSRIGHT_THREADS": "3", "OTHER": "x"}
    assert load(environment, tmp_path) == Settings("tiny.en", "de", 3)


@pytest.mark.parametrize("device", ["cpu", "cuda", "auto"])
def test_where_it_runs_and_the_terms_of_the_deal_can_be_set(tmp_path: Path, device: str) -> None:
    settings_file(tmp_path, f'device = "{device}"\nterms = "deal.txt"\n')
    assert load({}, tmp_path) == Settings(device=device, terms="deal.txt")
    environment = {"THATSRIGHT_DEVICE": "cpu", "THATSRIGHT_TERMS": "other.txt"}
    assert load(environment, tmp_path) == Settings(device="cpu", terms="other.txt")


@pytest.mark.parametrize("echo", ["on", "off", "auto"])
def test_whether_echo_is_taken_out_can_be_set(tmp_path: Path, echo: str) -> None:
    assert load({}, tmp_path).echo == "auto"
    settings_file(tmp_path, f'echo = "{echo}"\n')
    assert load({}, tmp_path) == Settings(echo=echo)
    assert load({"THATSRIGHT_ECHO": "off"}, tmp_path) == Settings(echo="off")


def test_an_empty_variable_is_none(tmp_path: Path) -> None:
    settings_file(tmp_path, 'model = "base"\n')
    assert load({"THATSRIGHT_MODEL": "", "THATSRIGHT_HOME": "/x"}, tmp_path).model == "base"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("model = [1,\n2 3]", ("not valid TOML", "line 2")),
        (b"model = '\xff'", ("not UTF-8",)),
        ("x = " + "[" * 3000, ("nested too deeply",)),
        ('modle = "base"', ("“modle” is no setting", "model, language, threads")),
        ("model = 3", ("“model”", "in quotes")),
        ('model = ""', ("“model”",)),
        ('language = "klingon"', ("“language”", '"en"')),
        ('language = "EN"', ("“language”",)),
        ("threads = -1", ("“threads”", f"0 to {MOST_THREADS}")),
        ("threads = true", ("“threads”",)),
        ("threads = 1.5", ("“threads”",)),
        (f"threads = {MOST_THREADS + 1}", ("“threads”",)),
        ("[threads]", ("“threads”",)),
        ('device = "gpu"', ("“device”", '"cpu", "cuda" or "auto"')),
        ("device = true", ("“device”",)),
        ('consent = "yes"', ("“consent”", '"not-needed"')),
        ("power = 1", ("“power”", '"normal" or "low"')),
        ('terms = ""', ("“terms”", "in quotes")),
        ("terms = 3", ("“terms”",)),
        ('echo = "maybe"', ("“echo”", "auto", "off")),
        ("echo = false", ("“echo”",)),
    ],
)
def test_a_file_that_does_not_fit(tmp_path: Path, content: str | bytes, words: tuple[str]) -> None:
    path = settings_file(tmp_path, content)
    message = refusal(tmp_path)
    assert str(path) in message
    assert not [word for word in words if word not in message], message


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").mkdir()
    assert "Is a directory" in refusal(tmp_path)
    (tmp_path / "file").touch()
    assert "Not a directory" in refusal(tmp_path / "file")


def test_an_environment_that_does_not_fit(tmp_path: Path) -> None:
    message = refusal(tmp_path, THATSRIGHT_THREADS="many")
    assert "the environment" in message
    assert "“threads”" in message


@given(content=st.binary(max_size=200))
def test_no_file_crashes(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.getbasetemp() / "settings"
    folder.mkdir(exist_ok=True)
    path = settings_file(folder, content)

    assert str(path) in outcome(folder)


def outcome(folder: Path) -> str:
    try:
        return f"{folder}/settings.toml: {load({}, folder)}"
    except ConfigError as error:
        return str(error)
