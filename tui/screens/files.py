"""Choose a file to replay, and see what it is before it plays."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import DirectoryTree, Input

from assistant.calltime import clock
from tui.asking import Listened, Looked, ToAsk, ToPlay
from tui.desk import Undecided
from tui.homing import Homing
from tui.screens.page import BACK, Page
from tui.screens.which_voice import WhichVoiceScreen
from tui.widgets.preview import PreviewPane

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from textual.message import Message
    from textual.widget import Widget

    from tui.desk import Desk, Preview

SOUND: Final = frozenset(
    {
        ".wav", ".mp3", ".m4a", ".mp4", ".ogg", ".opus", ".oga", ".flac", ".webm", ".mkv", ".mka",
        ".mov", ".avi", ".aac", ".wma", ".amr", ".3gp", ".aif", ".aiff", ".caf", ".m4b", ".wv",
    }
)  # fmt: skip
WRITTEN: Final = frozenset({".jsonl", ".vtt", ".srt"})


class CallFiles(DirectoryTree):
    """Folders, and files that can be a call."""

    ICON_NODE = "▸ "
    ICON_NODE_EXPANDED = "▾ "
    ICON_FILE = "  "

    def filter_paths(self, paths: Iterable[Path]) -> Iterable[Path]:
        """Leave out the hidden, and what is neither sound nor transcript."""
        for path in paths:
            if path.name.startswith("."):
                continue
            if path.suffix.lower() in SOUND | WRITTEN or _is_folder(path):
                yield path


class FilesScreen(Homing, Page[None]):
    """A tree of files, a line to type one, and what is known of the one chosen."""

    NAME = "Replay a file"
    HELP_TEXT = (
        "Recordings with two channels, a speaker each, are told apart; m says which side is you. "
        "With both on one channel you are asked which voice is you, before it plays. "
        "Type or paste a path with /, or walk the folders."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "play", "Play", tooltip="Replay the file chosen"),
        Binding("m", "other_side", "Me", tooltip="Which side of the recording is you"),
        Binding("slash", "to_path", "Path", key_display="/", tooltip="Type or paste a path"),
        Binding("backspace", "up", "Folder above", show=False, tooltip="The folder above"),
        *BACK,
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._preview: Preview | None = None
        self._side = 0
        self._play_when_known = False

    def body(self) -> Iterator[Widget]:
        """The tree beside the preview, or above it."""
        yield Input(id="path", placeholder="A path, typed or pasted", compact=True)
        with Container(id="files"):
            tree = CallFiles(self.desk.folder(), id="tree")
            tree.show_guides = False
            tree.guide_depth = 3
            yield tree
            yield PreviewPane()

    def on_mount(self) -> None:
        """In the tree."""
        self.query_one(CallFiles).focus()

    @on(DirectoryTree.NodeHighlighted)
    def _highlighted(self, event: DirectoryTree.NodeHighlighted[object]) -> None:
        path = getattr(event.node.data, "path", None)
        if isinstance(path, Path) and path.suffix.lower() in SOUND | WRITTEN:
            self._look(path)
        else:
            self._preview = None
            self.query_one(PreviewPane).show(None, "")
        self.refresh_bindings()

    @on(DirectoryTree.FileSelected)
    def _selected(self, event: DirectoryTree.FileSelected) -> None:
        if self._preview is not None and self._preview.path == event.path:
            self.action_play()
        else:
            self._look(event.path, play=True)

    @on(Input.Submitted, "#path")
    def _typed(self, event: Input.Submitted) -> None:
        typed = event.value.strip().strip("'\"")
        if not typed:
            return
        try:
            path = Path(typed.removeprefix("file://")).expanduser()
        except RuntimeError:
            self.say(f"{typed}: nobody of that name is known here.", wrong=True)
            return
        if path.is_dir():
            self.query_one(CallFiles).path = path
            self.query_one(CallFiles).focus()
            return
        self._look(path)
        self.query_one(CallFiles).focus()

    def _look(self, path: Path, *, play: bool = False) -> None:
        self.unsay()
        self._play_when_known = play
        self._side = 0
        self.query_one(PreviewPane).looking(path)
        self.work(lambda: Looked(self.desk.preview(path)), "preview")

    @on(Looked)
    def _looked(self, message: Looked) -> None:
        self._preview = message.preview
        self._show()
        if self._play_when_known:
            self.action_play()

    def _show(self) -> None:
        self.query_one(PreviewPane).show(self._preview, self._me)
        self.refresh_bindings()

    @property
    def _me(self) -> str:
        sides = self._preview.sides if self._preview else ()
        return sides[self._side % len(sides)] if sides else ""

    def action_other_side(self) -> None:
        """The next one is me."""
        self._side += 1
        self._show()

    def action_to_path(self) -> None:
        """Type it."""
        self.query_one("#path", Input).focus()

    def action_up(self) -> None:
        """The folder above."""
        tree = self.query_one(CallFiles)
        tree.path = Path(tree.path).resolve().parent

    def action_play(self) -> None:
        """Get it ready; it plays when it is."""
        preview = self._preview
        if preview is None:
            return
        if preview.problem:
            self.say(preview.problem, wrong=True)
            return
        self.say("Getting it ready …")
        me = self._me or None

        def listened(at_s: float) -> None:
            self.post_message(Listened(at_s))

        def job() -> Message:
            made = self.desk.replay(preview.path, me, listened)
            return ToAsk(made) if isinstance(made, Undecided) else ToPlay(made)

        self.work(job, "ready")

    @on(Listened)
    def _listened(self, message: Listened) -> None:
        length_s = self._preview.duration_s if self._preview else None
        of = f" of {clock(length_s)}" if length_s else ""
        self.say(f"Listening for two voices: {clock(message.at_s)}{of} …")

    @on(ToAsk)
    def _to_ask(self, message: ToAsk) -> None:
        undecided = message.undecided

        def answered(mine: int | None) -> None:
            self.work(lambda: ToPlay(undecided.ready(mine)), "ready")

        self.app.push_screen(WhichVoiceScreen(undecided.voices), answered)

    @on(ToPlay)
    def _to_play(self, message: ToPlay) -> None:
        self.unsay()
        self.home.play(message.ready)

    def action_leave(self) -> None:
        """From the path back to the tree, from there back."""
        if self.query_one("#path", Input).has_focus:
            self.query_one(CallFiles).focus()
        else:
            self.dismiss()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that need a file are dim without one."""
        del parameters
        if action == "play":
            return True if self._preview is not None and not self._preview.problem else None
        if action == "other_side":
            return self._preview is not None and len(self._preview.sides) > 1
        return True


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False
