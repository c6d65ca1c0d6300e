from __future__ import annotations

import stat
from pathlib import Path

import pytest

from assistant.paths import cache_folder, config_folder, data_folder, private_folder


def test_home_variable_is_the_root_of_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THATSRIGHT_HOME", str(tmp_path))
    assert data_folder() == tmp_path / "data"
    assert cache_folder() == tmp_path / "cache"
    assert config_folder() == tmp_path / "config"
    monkeypatch.setenv("THATSRIGHT_HOME", "~/mine")
    assert data_folder() == Path.home() / "mine" / "data"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("THATSRIGHT_HOME", "here")
    assert data_folder() == tmp_path / "here" / "data"


@pytest.mark.parametrize("value", [None, ""])
def test_without_it_the_places_of_the_platform_hold(
    value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if value is None:
        monkeypatch.delenv("THATSRIGHT_HOME", raising=False)
    else:
        monkeypatch.setenv("THATSRIGHT_HOME", value)
    for folder in (data_folder(), cache_folder(), config_folder()):
        assert "thatsright" in folder.parts
        assert folder.is_absolute()


def test_private_folder_makes_what_is_missing(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b" / "c"
    assert private_folder(folder) == folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert private_folder(folder) == folder
