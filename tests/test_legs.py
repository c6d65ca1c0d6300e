from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.legs import ENOUGH_S, FEW, LOOKED_AT_S, WordRate
from assistant.model import CallWarning, Speaker, SpeechDropped, SpeechOpened, Transcript

ME, THEM = Speaker.ME, Speaker.THEM


class Call:
    def __init__(self) -> None:
        self.rate = WordRate()
        self.told: list[CallWarning] = []
        self.now_s = 0.0

    def spoke(self, who: Speaker, length_s: float, words: int) -> None:
        """So many words in a stretch of speech; with none, it was dropped."""
        self._tell(SpeechOpened(who, self.now_s))
        end_s = self.now_s + length_s
        if words:
            self._tell(Transcript(who, self.now_s, end_s, " ".join(["word"] * words)))
        else:
            self._tell(SpeechDropped(who, end_s))
        self.now_s = end_s + 0.5

    def _tell(self, heard: SpeechOpened | SpeechDropped | Transcript) -> None:
        warning = self.rate.heard(heard)
        if warning is not None:
            self.told.append(warning)


def test_speech_without_words_is_told_once_of_the_leg_it_is_on() -> None:
    call = Call()
    for _ in range(20):
        call.spoke(THEM, 3.0, 8)
        call.spoke(ME, 3.0, 0)
    (warning,) = call.told
    assert warning.message.startswith("Your microphone: 21 s of what sounds like speech gave no w")
    assert "--mic" in warning.message


def test_well_again_and_bad_again_is_told_again() -> None:
    call = Call()
    for words in (1, 9, 1):
        for _ in range(20):
            call.spoke(THEM, 3.0, words)
    assert len(call.told) == 2
    assert "gave 7 words" in call.told[0].message


@given(
    st.lists(st.tuples(st.sampled_from([ME, THEM]), st.floats(0.3, 10), st.integers(0, 40))),
)
def test_only_a_leg_with_enough_speech_and_few_words_is_told(
    stretches: list[tuple[Speaker, float, int]],
) -> None:
    call = Call()
    for number, stretch in enumerate(stretches, 1):
        before = len(call.told)
        call.spoke(*stretch)
        if len(call.told) > before:
            own = [(s, w) for who, s, w in stretches[:number] if who is stretch[0]]
            assert sum(s for s, _ in own) >= ENOUGH_S
            tail: list[tuple[float, int]] = []
            for each in reversed(own):
                if sum(s for s, _ in tail) >= LOOKED_AT_S:
                    break
                tail.append(each)
            assert sum(w for _, w in tail) < FEW * sum(s for s, _ in tail) + 1e-6


def test_people_who_speak_slowly_are_left_alone() -> None:
    call = Call()
    for _ in range(60):
        call.spoke(THEM, 4.0, 4)
    assert call.told == []
