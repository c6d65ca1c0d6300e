"""Where a speech model comes from: small fake packages, real processes, and the real packages."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections import namedtuple
from pathlib import Path
from typing import TYPE_CHECKING, Any

import huggingface_hub
import pytest
from command import environment, run, told
from disks import mounted
from huggingface_hub import constants
from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError
from recordings import tones, write_wav

from assistant import models, packaged
from assistant.errors import ModelError, ThatsRightError
from assistant.models import Listed, Origin, SpeechModel, find, listing, smaller
from assistant.packaged import Packaged

if TYPE_CHECKING:
    from collections.abc import Iterator

PARTS = {
    "config.json": (b"{}",),
    "model.bin": (b"first half, " * 20_000, b"second half " * 20_000),
    "tokenizer.json": (b"[]",),
}
"""Files of the toy model: what is in the first package, and what in the second."""

TOY = Packaged(
    name="toy",
    distributions=("toy-one", "toy-two"),
    parts={
        "config.json": ("toy_one/config.json",),
        "model.bin": ("toy_one/model.bin.part1", "toy_two/model.bin.part2"),
        "tokenizer.json": ("toy_one/tokenizer.json",),
    },
    sha256={file: hashlib.sha256(b"".join(parts)).hexdigest() for file, parts in PARTS.items()},
    size_bytes=sum(len(part) for parts in PARTS.values() for part in parts),
    install="pip install toys",
)

WHOLE = Packaged(
    name="whole",
    distributions=("toy-three",),
    parts={file: (f"toy_three/{file}",) for file in PARTS},
    sha256=TOY.sha256,
    size_bytes=TOY.size_bytes,
    install="pip install whole",
)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, no hub, and nothing packaged but toys; the cache of models."""
    monkeypatch.setenv("THATSRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(packaged, "PACKAGED", (TOY, WHOLE))
    monkeypatch.setattr(models, "DEFAULTS", ("toy", "whole"))
    return tmp_path / "home" / "cache" / "models"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the path with the two packages of the toy."""
    folder = tmp_path / "site"
    for distribution, known in (("toy-one", TOY), ("toy-two", TOY)):
        install(folder, distribution, known)
    monkeypatch.syspath_prepend(folder)
    return folder


def install(site: Path, distribution: str, known: Packaged) -> None:
    """Put a package where `importlib.metadata` finds it."""
    package = distribution.replace("-", "_")
    files = {
        path: content
        for file, paths in known.parts.items()
        for path, content in zip(paths, divided(file, len(paths)), strict=True)
        if path.startswith(package)
    }
    for path, content in files.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_bytes(content)
    info = site / f"{package}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
    (info / "RECORD").write_text("".join(f"{path},,\n" for path in files))


def divided(file: str, count: int) -> tuple[bytes, ...]:
    return PARTS[file] if count == len(PARTS[file]) else (b"".join(PARTS[file]),)


def write_model(folder: Path, *, damaged: bool = False) -> Path:
    folder.mkdir(parents=True)
    for file, parts in PARTS.items():
        (folder / file).write_bytes(b"".join(parts) + (b"!" if damaged else b""))
    return folder


def in_hub(repository: str, *, damaged: bool = False) -> Path:
    """A model in the hub's cache, as the hub's program lays it out."""
    cache = Path(constants.HF_HUB_CACHE)
    root = cache / f"models--{repository.replace('/', '--')}"
    (root / "refs").mkdir(parents=True)
    (root / "refs" / "main").write_text("0" * 40)
    return write_model(root / "snapshots" / ("0" * 40), damaged=damaged)


def refusal(name: str | None) -> str:
    with pytest.raises(ModelError) as caught:
        find(name)
    return str(caught.value)


def whole(folder: Path) -> bool:
    return all((folder / f).read_bytes() == b"".join(parts) for f, parts in PARTS.items())


def left_over(cache: Path) -> list[str]:
    """What lies in the cache beside models, stamps and the lock."""
    known = (".verified-", ".lock")
    return [
        p.name for p in cache.iterdir() if p.name.startswith(".") and not p.name.startswith(known)
    ]


# ---- order -----------------------------------------------------------------------------------


@pytest.fixture
def no_download(monkeypatch: pytest.MonkeyPatch) -> None:
    def download(*_: object, **__: object) -> str:
        raise AssertionError("went to the network")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)


@pytest.mark.usefixtures("no_download")
def test_folder_then_package_then_hub(
    tmp_path: Path, site: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = in_hub("toy")
    folder = write_model(tmp_path / "here" / "toy")
    monkeypatch.chdir(folder.parent)
    assert find("toy") == SpeechModel("toy", Path("toy"), Origin.FOLDER, verified=False)
    monkeypatch.chdir(tmp_path)
    assert find("toy") == SpeechModel("toy", cache / "whisper-toy", Origin.PACKAGE, verified=True)
    shutil.rmtree(site)
    assert find("toy") == SpeechModel("toy", hub, Origin.HUB_CACHE, verified=True)
    assert find(None) == find("toy")


@pytest.mark.usefixtures("no_download")
def test_nothing_is_downloaded_unless_it_is_named() -> None:
    message = refusal(None)
    assert "no speech model on this machine" in message
    assert "pip install toys" in message
    with pytest.raises(ModelError, match=r"“small\.en” is not on this machine"):
        find("small.en", download=False)


@pytest.mark.usefixtures("site")
def test_the_best_of_the_packages_is_the_default(site: Path) -> None:
    install(site, "toy-three", WHOLE)
    assert find(None).name == "toy"
    shutil.rmtree(site / "toy_one-1.0.dist-info")
    found = find(None)
    assert (found.name, found.folder) == ("whole", site / "toy_three")
    assert found.verified


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("/no/such/folder", "There is no folder /no/such/folder"),
        ("~nobody-here/model", "There is no folder ~nobody-here/model"),
        ("./model", "There is no folder ./model"),
        ("a/b/c", "There is no folder a/b/c"),
        (__file__, "is a file. --model takes the folder"),
        (str(Path(__file__).parent), "config.json, model.bin, tokenizer.json missing"),
    ],
)
@pytest.mark.usefixtures("no_download")
def test_a_name_that_is_no_model(name: str, words: str) -> None:
    assert words in refusal(name)


@pytest.mark.usefixtures("no_download", "site")
def test_on_a_gpu_a_bigger_one_that_is_at_hand_comes_first() -> None:
    assert find(None, gpu=True).name == "toy"
    in_hub("Systran/faster-distil-whisper-large-v3")
    assert find(None, gpu=True).name == "distil-large-v3"
    assert find(None).name == "toy"


@pytest.mark.usefixtures("no_download")
def test_a_smaller_one_takes_over_only_when_it_is_at_hand_and_smaller(tmp_path: Path) -> None:
    big = write_model(tmp_path / "big")
    than = SpeechModel("big", big, Origin.FOLDER, verified=False)
    assert smaller(than, "en") is None
    tiny = in_hub("Systran/faster-whisper-tiny.en")
    assert smaller(than, "en") is None  # of the same size
    (big / "model.bin").write_bytes(b"x" + (big / "model.bin").read_bytes())
    assert smaller(than, "en") == SpeechModel("tiny.en", tiny, Origin.HUB_CACHE, verified=False)
    assert smaller(than, "de") is None  # it knows English only


@pytest.mark.usefixtures("no_download")
def test_the_smallest_at_hand_saves_power() -> None:
    assert models.smallest("en") is None
    base = in_hub("Systran/faster-whisper-base")
    assert models.smallest("en") == SpeechModel("base", base, Origin.HUB_CACHE, verified=False)
    tiny = in_hub("Systran/faster-whisper-tiny.en")
    assert models.smallest("en") == SpeechModel("tiny.en", tiny, Origin.HUB_CACHE, verified=False)
    assert models.smallest("de") == SpeechModel("base", base, Origin.HUB_CACHE, verified=False)


# ---- joining ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("site")
def test_the_parts_are_joined_once_and_privately(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = find("toy").folder
    assert whole(folder)
    assert folder.stat().st_mode & 0o777 == cache.stat().st_mode & 0o777 == 0o700
    assert left_over(cache) == []
    monkeypatch.setattr(packaged, "_chunks", no_reading)
    assert find("toy").folder == folder


def no_reading(*paths: Path) -> Iterator[bytes]:
    raise AssertionError(f"read {paths} again")


@pytest.mark.parametrize("file", ["config.json", "model.bin"])
def test_a_file_that_changed_is_noticed_even_with_its_old_time(
    cache: Path, site: Path, file: str
) -> None:
    path = find("toy").folder / file
    before = path.stat()
    data = bytearray(path.read_bytes())
    data[0] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    message = refusal("toy")
    assert f"damaged: {file} does not have the checksum" in message
    assert "It was not used." in message
    assert f"Delete the folder {cache / 'whisper-toy'}" in message
    assert refusal("toy") == message
    shutil.rmtree(cache / "whisper-toy")
    assert whole(find("toy").folder)
    assert site.is_dir()


def test_a_file_that_is_gone_is_noticed(cache: Path, site: Path) -> None:
    (find("toy").folder / "tokenizer.json").unlink()
    assert "damaged: tokenizer.json" in refusal("toy")
    assert (cache / "whisper-toy").is_dir()
    assert site.is_dir()


def test_a_damaged_package_is_never_used(cache: Path, site: Path) -> None:
    (site / "toy_two" / "model.bin.part2").write_bytes(b"something else")
    message = refusal("toy")
    assert "damaged: model.bin" in message
    assert "pip install --force-reinstall --no-cache-dir toys" in message
    assert not (cache / "whisper-toy").exists()
    assert left_over(cache) == []


def test_a_damaged_whole_package_is_never_used(site: Path) -> None:
    install(site, "toy-three", WHOLE)
    (site / "toy_three" / "config.json").write_bytes(b"{ }")
    assert "Install it again: pip install --force-reinstall" in refusal("whole")


def test_a_package_with_a_file_missing(site: Path) -> None:
    (site / "toy_two" / "model.bin.part2").unlink()
    assert "incomplete" in refusal("toy")
    assert "--force-reinstall" in refusal("toy")


@pytest.mark.usefixtures("site")
def test_no_room_is_told_before_anything_is_written(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")  # noqa: PYI024 - as shutil has it
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1, 1, TOY.size_bytes - 1))
    message = refusal("toy")
    assert "No room" in message
    assert "1 MB" in message
    assert "THATSRIGHT_HOME" in message
    assert [p.name for p in cache.iterdir()] == [".lock"]


@pytest.mark.usefixtures("site")
def test_a_disk_that_fills_up_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")  # noqa: PYI024 - as shutil has it
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1, 1, 10**12))
    with mounted(tmp_path / "disk", "size=200k"):
        monkeypatch.setenv("THATSRIGHT_HOME", str(tmp_path / "disk"))
        assert "No room for the speech model" in refusal("toy")
        assert [p.name for p in (tmp_path / "disk/cache/models").iterdir()] == [".lock"]


def test_a_read_only_cache(tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(site, "toy-three", WHOLE)
    with mounted(tmp_path / "disk", "size=1m,ro"):
        monkeypatch.setenv("THATSRIGHT_HOME", str(tmp_path / "disk"))
        with pytest.raises(ThatsRightError, match=r"Read-only.*THATSRIGHT_HOME"):
            find("toy")
        assert find("whole").verified
        assert [each.state for each in listing()] == ["verified", "verified"]


# ---- several programs ------------------------------------------------------------------------

PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
import test_models
from assistant import packaged
packaged.PACKAGED = (test_models.TOY,)
if sys.argv[2] == "slow":
    real = packaged._chunks
    def chunks(*paths):
        for chunk in real(*paths):
            yield chunk
            if len(paths) > 1:
                print("writing", flush=True)
                sys.stdin.readline()
    packaged._chunks = chunks
else:
    sys.stdin.readline()
from assistant.models import find
print(find("toy").folder)
"""


def program(tmp_path: Path, kind: str, site: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, Path(__file__).parent, kind],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(tmp_path / "home", PYTHONPATH=str(site)),
    )


def test_programs_that_join_it_at_once_all_get_it(tmp_path: Path, site: Path, cache: Path) -> None:
    running = [program(tmp_path, "quick", site) for _ in range(3)]
    for each in running:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    assert [each.communicate(timeout=60) for each in running] == [
        (f"{cache / 'whisper-toy'}\n", "")
    ] * 3
    assert whole(cache / "whisper-toy")
    assert left_over(cache) == []


def test_a_program_killed_while_it_joins_leaves_nothing_that_is_used(
    tmp_path: Path, site: Path, cache: Path
) -> None:
    with program(tmp_path, "slow", site) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == "writing\n"
        killed.send_signal(signal.SIGKILL)
        killed.communicate(timeout=60)
    assert len(left_over(cache)) == 1
    assert not (cache / "whisper-toy").exists()
    assert whole(find("toy").folder)
    assert left_over(cache) == []


# ---- the hub ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (LocalEntryNotFoundError("nothing cached"), ("no network", "pip install toys")),
        (ConnectionError("refused"), ("no network",)),
        (TimeoutError("too slow"), ("the hub does not answer",)),
        (OSError(28, "No space left on device"), ("No room", "small.en")),
        (HFValidationError("bad name"), ("There is no speech model called “small.en”",)),
    ],
)
def test_a_download_that_fails(
    monkeypatch: pytest.MonkeyPatch, error: Exception, words: tuple[str, ...]
) -> None:
    def download(*_: object, **__: object) -> str:
        raise error

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    message = refusal("small.en")
    assert not [word for word in words if word not in message], message


def test_a_model_that_is_named_is_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def download(repository: str, **_: Any) -> str:  # noqa: ANN401 - whatever the hub takes
        asked.append(repository)
        return str(in_hub(repository))

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    found = find("small.en")
    assert (found.name, found.origin, found.verified) == ("small.en", Origin.HUB_CACHE, False)
    assert find("small.en") == found
    assert asked == ["Systran/faster-whisper-small.en"]


def test_a_download_that_is_no_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(huggingface_hub, "snapshot_download", lambda *_, **__: str(tmp_path))
    assert "not a faster-whisper model" in refusal("somebody/something")


def test_a_damaged_model_in_the_hub_cache_is_never_used() -> None:
    folder = in_hub("toy", damaged=True)
    message = refusal("toy")
    assert "damaged: config.json" in message
    assert f"Delete the folder {folder.parent.parent}" in message


def test_without_a_network_the_command_says_so(tmp_path: Path) -> None:
    sound = write_wav(tmp_path / "sound.wav", tones(1, 300, 600))
    nowhere = {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HOME": str(tmp_path / "hf")}
    result = run(tmp_path / "home", "replay", sound, "--model", "small.en", more=nowhere)
    told(result, 1, "“small.en” is not on this machine", "no network", "pip install")


# ---- the list --------------------------------------------------------------------------------


def test_the_list_says_where_from_and_whether_verified(site: Path, cache: Path) -> None:
    install(site, "toy-three", WHOLE)
    hub = in_hub("Systran/faster-whisper-small.en")
    in_hub("somebody/else")
    assert list(listing()) == [
        Listed("toy", "package", site / "toy_one", "verified"),
        Listed("whole", "package", site / "toy_three", "verified"),
        Listed("small.en", "hub cache", hub, "not verified (no checksum known)"),
    ]
    assert not cache.exists()  # looking writes nothing
    joined = find("toy").folder
    assert next(listing()).folder == joined


def test_the_list_goes_on_after_a_damaged_one(site: Path) -> None:
    (site / "toy_one" / "config.json").write_bytes(b"{ }")
    in_hub("Systran/faster-whisper-small.en")
    found = list(listing())
    assert [(each.name, each.damaged) for each in found] == [
        ("toy", True),
        ("whole", False),
        ("small.en", False),
    ]
    assert "damaged: " in found[0].state
    assert found[1].state == "not installed: pip install whole"


def test_the_list_checks_every_byte_again(site: Path) -> None:
    folder = find("toy").folder
    before = (folder / "model.bin").stat()
    data = bytearray((folder / "model.bin").read_bytes())
    data[-1] ^= 1
    (folder / "model.bin").write_bytes(data)
    packaged._stamp(TOY, folder, folder)  # as if the change had not shown
    assert before.st_size == len(data)
    assert find("toy").folder == folder
    assert next(listing()).damaged
    assert site.is_dir()


def test_the_list_with_a_hub_cache_that_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "hub").write_text("a file")
    assert [each.state for each in listing()] == [
        "not installed: pip install toys",
        "not installed: pip install whole",
    ]


# ---- the real ones ---------------------------------------------------------------------------


@pytest.mark.model
@pytest.mark.slow
def test_the_packages_the_project_names(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("THATSRIGHT_HOME", str(cache.parent.parent))
    for known in packaged.PACKAGED:
        if packaged.located(known) is None:
            pytest.skip(f"the package of the {known.name} model is not installed")
        folder = find(known.name).folder
        assert packaged.examine(known, packaged.located(known) or {}) == folder
        assert sum(p.stat().st_size for f in known.sha256 if (p := folder / f)) == known.size_bytes
    assert find(None).name == "base"
