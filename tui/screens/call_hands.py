"""The part of the call's screen that takes what the user does: prompts, notes, replay."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Input

from assistant.model import Note, Prompt, PromptDeclined, PromptsMuted, PromptUsed, Source
from assistant.safetext import clean
from tui import view as state
from tui.screens.call_why import WHY_BINDINGS, Explaining
from tui.screens.moving import SIGNAL_BINDINGS
from tui.view import Phase
from tui.widgets.notice import Notice
from tui.widgets.strip import TimeStrip
from tui.words import faster, slower

if TYPE_CHECKING:
    from assistant.model import ByHand, Event
    from tui.desk import Sound
    from tui.running import Running
    from tui.transport import Transport

_SPEED: Final = Binding.Group("Speed", compact=True)
_JUMP: Final = Binding.Group("10 s", compact=True)

_REPLAY: Final = frozenset(
    {"pause", "resume", "step", "slower", "faster", "jump", "to_signal", "seek"}
)
_CLAIM: Final = frozenset({"i_speak", "i_do_not"})
_LIVE: Final = frozenset({"off_record", "on_record"})
_PROMPT: Final = frozenset({"use", "dismiss_prompt", "less"})
_ANY_TIME: Final = frozenset({"mark", "note", "swap", "mute", "unmute", "pin", "copy"})
HANDS_ACTIONS: Final = _REPLAY | _LIVE | _CLAIM | _PROMPT | _ANY_TIME


class Hands(Explaining):
    """Prompts used and turned down, marks and notes, and where a replay is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", "Pause"),
        Binding("space", "resume", "Resume"),
        Binding(
            "space", "off_record", "Off record", tooltip="Hear nothing until it is pressed again"
        ),
        Binding("space", "on_record", "On record"),
        Binding(
            "i", "i_speak", "I speak", tooltip="This is me speaking, until what is said has ended"
        ),
        Binding("i", "i_do_not", "Not me", tooltip="No longer me speaking"),
        Binding("left", "jump(-1)", "10 s back", key_display="←", group=_JUMP),
        Binding("right", "jump(1)", "10 s on", key_display="→", group=_JUMP),
        *SIGNAL_BINDINGS,
        Binding(
            "full_stop",
            "step",
            "Step",
            key_display=".",
            tooltip="While paused: the next thing said",
        ),
        Binding("minus", "slower", "Slower", key_display="-", group=_SPEED),
        Binding("plus,equals_sign", "faster", "Faster", key_display="+", group=_SPEED),
        Binding("u", "use", "Used", show=False, tooltip="I said what the prompt says"),
        Binding("x", "dismiss_prompt", "Dismiss", show=False, tooltip="Not this prompt"),
        Binding("l", "less", "Less of this kind", show=False, tooltip="Fewer prompts of this kind"),
        Binding("p", "pin", "Pin", show=False, tooltip="Keep this prompt in sight, or let it go"),
        Binding("m", "mark", "Mark", tooltip="Mark this moment"),
        Binding("n", "note", "Note", tooltip="Write a note on this moment"),
        Binding("s", "swap", "Swap", tooltip="Me is them, and they are me"),
        Binding("o", "mute", "Mute", tooltip="No prompts until it is pressed again"),
        Binding("o", "unmute", "Unmute", tooltip="Prompts again"),
        Binding(
            "c", "copy", "Copy", show=False, tooltip="The prompt, or else the last signal's words"
        ),
        *WHY_BINDINGS,
    ]
    running: Running
    transport: Transport
    sound: Sound | None
    noted = False
    """True once there are notes that a replay left early would lose."""
    _note_at_s = 0.0

    def become(self, view: state.View) -> None:
        """The state from now on."""
        raise NotImplementedError

    def show_again(self, events: tuple[Event, ...]) -> None:
        """Show another moment of the call."""
        raise NotImplementedError

    def check_hands(self, action: str) -> bool | None:
        """False hides a key that means nothing now, None dims it."""
        live = self.view.info.source is Source.LIVE
        if self.view.phase in {Phase.ENDED, Phase.FAILED} or self.running.over:
            return action == "copy"
        if action in _REPLAY and live:
            return False
        if action in _LIVE:
            off = self.running.session.off_record
            return live and (off is (action == "on_record"))
        if action in _CLAIM:
            session = self.running.session
            return session.one_microphone and (session.claimed is (action == "i_do_not"))
        if action in {"mute", "unmute"}:
            return self.view.muted is (action == "unmute")
        if action in _PROMPT:
            free = action != "less" or not self.explaining  # the panel has its key
            return self.view.prompt is not None and not self.view.used and free
        if action == "pin":
            return self.view.prompt is not None or self.view.pinned is not None
        if action in {"jump", "to_signal", "step"}:
            return self._may_move(action)
        paused = self.transport.paused
        return paused if action == "resume" else not paused if action == "pause" else True

    def _may_move(self, action: str) -> bool | None:
        if action != "step" and self.explaining:
            return False  # the panel has these keys
        if action == "step":
            return True if self.transport.paused else None
        return True

    # ---- prompts ------------------------------------------------------------------------------

    def action_use(self) -> None:
        """I said it."""
        if self.view.prompt is not None:
            self._tell(PromptUsed(self.view.prompt.id, self._now_s))

    def action_dismiss_prompt(self) -> None:
        """Not this one."""
        self._decline(less=False)

    def action_less(self) -> None:
        """Not this one, and fewer of its kind."""
        self._decline(less=True)

    def _decline(self, *, less: bool) -> None:
        prompt: Prompt | None = self.view.prompt
        if prompt is not None:
            self._tell(PromptDeclined(prompt.id, self._now_s, less))

    def action_pin(self) -> None:
        """Keep the prompt in sight; again: let it go."""
        self.become(state.pin(self.view))

    def action_mute(self) -> None:
        """No prompts."""
        self._tell(PromptsMuted(on=True, at_s=self._now_s))

    def action_unmute(self) -> None:
        """Prompts again."""
        self._tell(PromptsMuted(on=False, at_s=self._now_s))

    def action_copy(self) -> None:
        """The prompt, or else what was heard last, to the clipboard."""
        last = self.view.last_signal
        text = self.view.prompt.say if self.view.prompt else last.quote if last else ""
        if text:
            self.app.copy_to_clipboard(text)
            self._say(f"Copied: {text}")
        else:
            self._say("There is nothing to copy yet.")

    # ---- notes --------------------------------------------------------------------------------

    def action_mark(self) -> None:
        """This moment is worth another look."""
        self._tell(Note(self._now_s))
        self._say("Marked.")

    def action_note(self) -> None:
        """Write something down; the moment is now, however long the writing takes."""
        self._note_at_s = self._now_s
        self.add_class("-noting")
        self.query_one("#note", Input).focus()

    @on(Input.Submitted, "#note")
    def _noted(self, event: Input.Submitted) -> None:
        text = clean(event.value).strip()
        if text:
            self._tell(Note(self._note_at_s, text))
            self._say("Noted.")
        self._no_note()

    def key_escape(self) -> None:
        """Out of the note without keeping it."""
        if self.has_class("-noting"):
            self._no_note()

    def _no_note(self) -> None:
        self.query_one("#note", Input).clear()
        self.remove_class("-noting")
        self.set_focus(None)

    # ---- what is heard ------------------------------------------------------------------------

    def action_swap(self) -> None:
        """Me is them."""
        self.running.session.swap_sides()

    def action_i_speak(self) -> None:
        """What one microphone hears now is me."""
        self.running.session.i_speak(on=True)

    def action_i_do_not(self) -> None:
        """No longer."""
        self.running.session.i_speak(on=False)

    def action_off_record(self) -> None:
        """Hear nothing."""
        self.running.session.go_off_record(on=True)

    def action_on_record(self) -> None:
        """Hear again."""
        self.running.session.go_off_record(on=False)

    # ---- where a replay is --------------------------------------------------------------------

    def action_pause(self) -> None:
        """Stand still."""
        self.transport.pause()
        self._moved()

    def action_resume(self) -> None:
        """Go on."""
        self.transport.resume()
        self._moved()

    def action_step(self) -> None:
        """Play to the next thing said."""
        at_s = self.transport.step()
        if at_s is not None:
            self.seek(at_s)
        self._moved()

    def action_faster(self) -> None:
        """The next speed above."""
        self.transport.set_speed(faster(self.running.session.playback.speed))
        self._moved()

    def action_slower(self) -> None:
        """The next speed below."""
        self.transport.set_speed(slower(self.running.session.playback.speed))
        self._moved()

    def action_jump(self, way: int) -> None:
        """Ten seconds back or on."""
        self.seek(self.transport.aim_s + way * state.JUMP_S)

    def action_to_signal(self, way: int) -> None:
        """The signal before or after, with the words that lead to it."""
        at_s = self.transport.to_signal(way)
        if at_s is None:
            where = "heard yet after this moment" if way > 0 else "before this moment"
            self._say(f"There is no signal {where}.")
        else:
            self.seek(at_s)

    @on(TimeStrip.Seek)
    def _clicked(self, message: TimeStrip.Seek) -> None:
        if not self.running.over and self.view.info.source is not Source.LIVE:
            self.seek(message.at_s)

    def seek(self, at_s: float) -> None:
        """Show another moment; the call hurries to one that was not heard yet."""
        length_s = self.view.info.duration_s
        if length_s is not None:
            at_s = min(at_s, length_s)
        self.show_again(self.transport.seek(at_s) or ())
        self._moved()
        self.follow_sound(anew=True)

    def follow_sound(self, *, anew: bool = False) -> None:
        """The recording sounds where the screen is: at its own speed, while it plays."""
        if self.sound is None:
            return
        if self.sound.trouble and not self._sound_told:
            self._sound_told = True
            self._say(f"! {self.sound.trouble}")
        playback = self.running.session.playback
        plays = (
            self.view.phase is Phase.PLAYING
            and playback.speed == 1.0
            and not self.transport.paused
            and not playback.skipping
        )
        if plays and (anew or not self._sounding):
            self.sound.play(self.transport.position_s)
        elif not plays and self._sounding:
            self.sound.stop()
        self._sounding = plays

    _sounding = False
    _sound_told = False

    def _moved(self) -> None:
        self._poll()

    def _poll(self) -> None:
        raise NotImplementedError

    def _tell(self, event: ByHand) -> None:
        self.running.session.by_hand(event)

    def _say(self, words: str) -> None:
        self.query_one(Notice).flash(words)

    @property
    def _now_s(self) -> float:
        return round(self.view.now_s, 3)
