"""The same words after different moves: what their reply means, and what only looks like it."""

from __future__ import annotations

import pytest
from talk import replies_to_last

JUDGED = {
    "thats_right",
    "youre_right",
    "bare_yes",
    "factual_confirmation",
    "qualified_agreement",
    "correction",
    "no_oriented_agreement",
}

CASES = [
    (
        "thats_right",
        (
            "m: It sounds like the delivery date worries you more than the price.",
            "t: That's right.",
        ),
    ),
    (
        "thats_right",
        (
            "m: So you've been through two vendors, both missed the date, and your board is watching every order.",
            "t: That's exactly it.",
        ),
    ),
    (
        "thats_right",
        (
            "m: so youve been through two vendors both missed the date and your board is watching every order",
            "t: yeah thats right",
        ),
    ),
    (
        "thats_right",
        ("m: It seems like nobody asked you before they announced it.", "t: Exactly! Nobody did."),
    ),
    (
        "thats_right",
        (
            "m: You feel like you're carrying the whole team and nobody sees it.",
            "t: Yes! That's the whole problem.",
        ),
    ),
    (
        "thats_right",
        ("m: What you're saying is you can't afford another delay.", "t: You nailed it."),
    ),
    (
        "thats_right",
        (
            "m: It seems like you don't trust the inspection.",
            "t: Oh, wow. Yeah. That is exactly right.",
        ),
    ),
    (
        "thats_right",
        ("m: So it's not the money, it's that you were never asked.", "t: That's right."),
    ),
    (
        "thats_right",
        (
            "m: You're worried that if you sign, you lose your only leverage.",
            "t: Couldn't have said it better.",
        ),
    ),
    (
        "thats_right",
        (
            "m: So what you want is somebody who picks up the phone when it breaks, is that right?",
            "t: That's right.",
        ),
    ),
    (
        "thats_right",
        (
            "t: I've told three vendors we can't have another missed launch.",
            "m: Another missed launch?",
            "t: That's right. We lost a customer over the last one.",
        ),
    ),
    (
        "youre_right",
        ("m: If you look at the numbers, this is the best price you'll get.", "t: You're right."),
    ),
    ("youre_right", ("m: It sounds like you want a lower price.", "t: Yeah, no, you're right.")),
    ("youre_right", ("m: The repairs were agreed in March.", "t: I guess you're right.")),
    ("youre_right", ("m: We've been very flexible here.", "t: Fair enough.")),
    ("youre_right", ("m: You can't get this anywhere else.", "t: If you say so.")),
    ("youre_right", ("m: It seems like you need this done by June.", "t: I suppose so.")),
    ("youre_right", ("m: You should have called us earlier.", "t: youre probably right")),
    (
        "youre_right",
        (
            "m: You should have called us earlier.",
            "t: Look, I don't want to fight about it. You're right.",
        ),
    ),
    ("bare_yes", ("m: It sounds like the rent is too high for you.", "t: Yes.")),
    ("bare_yes", ("m: So you need it fixed before winter because of the kids.", "t: Yeah.")),
    ("bare_yes", ("m: What if we start with a three month pilot?", "t: Sure.")),
    ("bare_yes", ("m: I can do forty two thousand if we sign this month.", "t: Okay.")),
    ("bare_yes", ("m: It seems like timing is the issue.", "t: Uh-huh, yeah.")),
    ("bare_yes", ("m: Does that work for you?", "t: Sounds good.")),
    ("bare_yes", ("m: It sounds like you've had enough of promises.", "t: Makes sense.")),
    ("factual_confirmation", ("m: So that's Tuesday at nine?", "t: That's right.")),
    ("factual_confirmation", ("m: Your office is on Harbor Street?", "t: That's right.")),
    ("factual_confirmation", ("m: Is it the 14th?", "t: Correct.")),
    ("factual_confirmation", ("m: so thats tuesday at nine", "t: thats right")),
    (
        "factual_confirmation",
        ("m: You ordered four hundred units, right?", "t: Yes, that's right."),
    ),
    (
        "factual_confirmation",
        ("m: Just to confirm, your email is jane at example dot com.", "t: That's right."),
    ),
    ("factual_confirmation", ("m: Did you get the invoice?", "t: Yes, that's correct.")),
    (
        "factual_confirmation",
        ("m: And your last name is spelled with two t's?", "t: That's right."),
    ),
    ("factual_confirmation", ("m: You moved in in March.", "t: That's right.")),
    ("factual_confirmation", ("m: The total is eleven thousand.", "t: That's correct.")),
    (None, ("m: Is it the fourteenth?", "t: Yes.")),
    (None, ("m: Where is the office?", "t: That's right next to the station.")),
    (None, ("m: I hope I'm not late.", "t: You're right on time.")),
    (None, ("m: I'm outside, I think.", "t: You're right next to it.")),
    (None, ("m: I'm worried about the date.", "t: You're right to be worried, here is why.")),
    (None, ("m: I had the March figures.", "t: You were right about the March figures.")),
    (None, ("m: It sounds like the board said no.", "t: Is that right?")),
    (
        "qualified_agreement",
        ("m: It sounds like the price is too high.", "t: That's right, but there's more to it."),
    ),
    ("qualified_agreement", ("m: It sounds like the price is too high.", "t: Mostly.")),
    ("qualified_agreement", ("m: It seems like you trust us.", "t: More or less.")),
    (
        "qualified_agreement",
        ("m: It seems like you trust us.", "t: Yes, although last year was hard."),
    ),
    ("qualified_agreement", ("m: It seems like you trust us.", "t: That's part of it.")),
    ("correction", ("m: It sounds like the price is too high.", "t: No, that's not it.")),
    ("correction", ("m: It sounds like the price is too high.", "t: That's not right.")),
    (
        "correction",
        (
            "m: It sounds like the price is too high.",
            "t: Not exactly, it's more that we can't plan.",
        ),
    ),
    ("correction", ("m: It sounds like the price is too high.", "t: that's not exactly it")),
    (
        "no_oriented_agreement",
        ("m: Would you be offended if we went back to the price?", "t: No, not at all."),
    ),
    ("no_oriented_agreement", ("m: Is it a bad idea to talk on Monday?", "t: No.")),
    ("offer", ("m: How would you like to go on?", "t: What if we split it over two years?")),
    ("offer", ("m: How am I supposed to do that?", "t: I can talk to my boss on Monday.")),
    ("deferral", ("m: Can we sign today?", "t: Let me think about it.")),
    ("pushback", ("m: It's ninety thousand.", "t: That doesn't work for us.")),
    (None, ("m: So, let me walk you through the whole plan.", "t: Okay.")),
    (None, ("m: How long is the lease?", "t: Right, it's twelve months.")),
    (None, ("m: It sounds like he was angry.", "t: And he said you're right, and hung up.")),
    (
        None,
        (
            "m: It sounds like you've been waiting.",
            "t: Yes, we've been waiting for eleven weeks and nobody called.",
        ),
    ),
    (
        "thats_right",
        (
            "m: It sounds like the delivery date is the thing.",
            "t: Well, I mean, that's... that's right.",
        ),
    ),
    (
        "thats_right",
        (
            "m: You need to know you're not going to get blamed if it slips again.",
            "t: That's it. That's exactly what I need.",
        ),
    ),
    (
        "thats_right",
        (
            "m: it seems like you feel ignored",
            "t: that's that's right you know we never hear from anyone",
        ),
    ),
    (
        "thats_right",
        (
            "m: It sounds like this isn't about the salary at all, it's about being taken seriously.",
            "t: You've got it.",
        ),
    ),
    (
        "youre_right",
        ("m: We should have told you. But you also never asked.", "t: Okay, okay, you're right."),
    ),
    (
        "youre_right",
        ("m: It sounds like the deposit is the problem.", "t: You're right, you're right, I know."),
    ),
    (
        "bare_yes",
        (
            "m: So from your side, you've paid on time for three years, you've fixed things yourself, and now the rent goes up without a word.",
            "t: Right.",
        ),
    ),
    (None, ("m: Did the parts arrive?", "t: Yeah.")),
    (None, ("m: What's your address?", "t: Okay. Fourteen Harbor Street.")),
    (
        "thats_right",
        (
            "m: You want to be sure that the price won't go up again after you've moved everything over.",
            "t: Yes, that's right. Last time it doubled.",
        ),
    ),
    ("thats_right", ("m: Sounds like you've been burned before.", "t: Absolutely, that's right.")),
    (
        "factual_confirmation",
        ("m: You've been with the company for six years?", "t: That's right."),
    ),
    (
        "factual_confirmation",
        ("m: And there are two of you on the lease, is that correct?", "t: That's right, yes."),
    ),
    ("youre_right", ("m: Nobody else can deliver in two weeks.", "t: Yeah, you have a point.")),
    (
        "thats_right",
        (
            "m: It seems like you're under a lot of pressure from the board. Did I get that right?",
            "t: Yes, exactly.",
        ),
    ),
    # pictures without a "you", facts said back, words of others
    (
        "thats_right",
        ("m: Every meeting ends the same way, with you holding the bag.", "t: That's right."),
    ),
    (
        "thats_right",
        ("m: Losing the shop would mean losing the last thing of his.", "t: Nail on the head."),
    ),
    (
        "factual_confirmation",
        ("m: You changed the system over in the summer, I believe.", "t: That's right, in July."),
    ),
    (
        "factual_confirmation",
        ("m: The ticket was four four one seven.", "t: Exactly four four one seven."),
    ),
    (
        "factual_confirmation",
        (
            "m: So the deposit was 900, by transfer on the 6th.",
            "t: Let me see. Nine hundred. The sixth, yep, that's right.",
        ),
    ),
    (
        None,
        (
            "m: It uses about six litres.",
            "t: Six litres exactly, or six litres as in the brochure?",
        ),
    ),
    (
        None,
        (
            "m: You seem to care more about the terrace.",
            't: The girl in May cried, "That\'s exactly it, Mummy!" And then they left.',
        ),
    ),
    (
        None,
        (
            "m: It sounds like you'd rather talk to me.",
            't: "Exactly, exactly," he always told me, the man on Sunday.',
        ),
    ),
    (
        "no_oriented_agreement",
        (
            "m: Would it be ridiculous to look at the dates again?",
            "t: Not ridiculous in the least.",
        ),
    ),
    (
        "youre_right",
        ("m: Nobody can run that lane at the old money.", "t: yeah no your probly rite"),
    ),
]


@pytest.mark.parametrize(
    ("expected", "turns"), CASES, ids=lambda v: v if isinstance(v, str) else None
)
def test_reply(expected: str | None, turns: tuple[str, ...]) -> None:
    heard = replies_to_last(*turns)
    assert heard & JUDGED == ({expected} & JUDGED if expected else set())
    if expected:
        assert expected in heard
