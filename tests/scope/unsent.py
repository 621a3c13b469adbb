"""The forms that this walk sends without a word only, since nobody in its world is shown them, each with the reason."""

from __future__ import annotations

from collections.abc import Mapping

A_DRAFT_ON_ITS_WAY = (
    "texts of courses: it stands on a draft that is nearer to its publication than the world's, or older"
)
A_PICTURE = "texts of courses: it stands on a picture that was sent before"
AN_ADDRESS = "nobody here has a second address yet; a letter with a code brings it up in a browser that is signed in"
A_SCRIPT = "only a script sends it, from a page with questions"

UNSENT: Mapping[str, str] = {
    "alumni.confirm": "a year has to pass in which a member did not answer two letters",
    "authoring.bring_back": A_DRAFT_ON_ITS_WAY,
    "authoring.bring_up": A_DRAFT_ON_ITS_WAY,
    "authoring.choose_text": A_DRAFT_ON_ITS_WAY,
    "authoring.confirm": A_DRAFT_ON_ITS_WAY,
    "authoring.copy_outline_module": "texts of courses: there is one course only",
    "authoring.medium": A_PICTURE,
    "authoring.preview_unit": A_SCRIPT,
    "authoring.publish_draft": A_DRAFT_ON_ITS_WAY,
    "authoring.remove_draft_source": A_DRAFT_ON_ITS_WAY,
    "authoring.remove_draft_term": A_DRAFT_ON_ITS_WAY,
    "authoring.restore_state": A_DRAFT_ON_ITS_WAY,
    "authoring.reuse_outline_module": "texts of courses: there is one course only",
    "authoring.take_back": A_DRAFT_ON_ITS_WAY,
    "feed.confirm_partner": "partners are proposed and confirmed by administrators, and are nobody's",
    "learning.answer": A_SCRIPT,
    "learning.seen": A_SCRIPT,
    "lives.grant_correction": "nobody has asked for a correction",
    "lives.refuse_correction": "nobody has asked for a correction",
    "own_copy.take": "a copy is made, and taken, in two visits",
    "people.address": AN_ADDRESS,
    "people.confirm_mandate_alone": "there are two administrators",
    "people.primary_address": AN_ADDRESS,
    "people.remove_address": AN_ADDRESS,
    "people.reset": "nobody who has a password of their own is sent a letter in the walk",
    "people.welcome": "everybody who looks was here before",
    "records.move": "the course has one version only",
    "reminders.reset": "no edition has a text of its own",
    "seminars.accept_place": "nobody who looks is invited and signed in",
    "seminars.change_deadline": "what changes is shown before it is done",
    "seminars.decline_place": "nobody who looks is invited and signed in",
    "seminars.try_address_again": "no letter has come back",
}
