"""The closed vocabularies of the domain."""

from __future__ import annotations

from enum import StrEnum


class Source(StrEnum):
    """Where a call comes from."""

    AUDIO = "audio"
    TRANSCRIPT = "transcript"
    LIVE = "live"


class Consent(StrEnum):
    """Did the others agree to be listened to, as the user says."""

    AGREED = "agreed"
    """They were told, and agreed."""
    NOT_NEEDED = "not-needed"
    """The law where everybody is does not ask for it."""
    NOT_ASKED = "not-asked"
    """Nobody asked them."""
    UNKNOWN = "unknown"
    """The user did not say."""


class SignalKind(StrEnum):
    """The closed vocabulary of signals. docs/signals.md says what each is and is not."""

    # spoken by them
    THATS_RIGHT = "thats_right"
    YOURE_RIGHT = "youre_right"
    BARE_YES = "bare_yes"
    QUALIFIED_AGREEMENT = "qualified_agreement"
    FACTUAL_CONFIRMATION = "factual_confirmation"
    NO_ORIENTED_AGREEMENT = "no_oriented_agreement"
    CORRECTION = "correction"
    DEFERRAL = "deferral"
    OFFER = "offer"
    PUSHBACK = "pushback"
    # spoken by me
    SUMMARY = "summary"
    LABEL = "label"
    MIRROR = "mirror"
    CALIBRATED_QUESTION = "calibrated_question"
    NO_ORIENTED_QUESTION = "no_oriented_question"
    ACCUSATION_AUDIT = "accusation_audit"
    RESET = "reset"
    PRESSURE = "pressure"
    PREMATURE_MOVE = "premature_move"
    FILLED_SILENCE = "filled_silence"
    MONOLOGUE = "monologue"
    # of the dialogue
    STALLED = "stalled"
    UNADDRESSED = "unaddressed"


class PromptKind(StrEnum):
    """What the prompt asks me to do."""

    LABEL = "label"
    NO_ORIENTED_QUESTION = "no_oriented_question"
    SUMMARY = "summary"
    MIRROR = "mirror"
    CALIBRATED_QUESTION = "calibrated_question"
    SILENCE = "silence"
    RESET = "reset"
    LET_THEM = "let_them"
    SLOW_DOWN = "slow_down"


class Understanding(StrEnum):
    """How well they feel understood on a subject, from nothing to doing the work with me."""

    UNHEARD = "unheard"
    SUMMARISED = "summarised"
    WISHY_WASHY = "wishy_washy"
    CONFIRMED = "confirmed"
    WORKING_TOGETHER = "working_together"


class Outcome(StrEnum):
    """How a finished call ended by the method."""

    WORKING_TOGETHER = "working_together"
    UNDERSTOOD = "understood"
    WISHY_WASHY = "wishy_washy"
    NOT_YET = "not_yet"
