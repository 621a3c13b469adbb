"""What the offline page says, by the names its script knows."""

from __future__ import annotations

from lms.web.languages import lazy_gettext as _l

WORDS = {
    "title": _l("Verify a completion record without a network"),
    "lede": _l(
        "This page works by itself: save it, cut the network, and open it again. Nothing you put in leaves this device."
    ),
    "language": _l("Language"),
    "noscript": _l("This page verifies with a script. Allow scripts for this file, or use another browser."),
    "pasted": _l("What the square code holds, or the text of a signed file"),
    "file": _l("Or choose a signed file (JSON, PNG or SVG); you can also drop it on this page"),
    "verify": _l("Verify"),
    "signed": _l("Signed by a key that this page trusts"),
    "refused": _l("Not verified"),
    "name": _l("Name"),
    "programme": _l("Programme"),
    "held": _l("Held"),
    "issued": _l("Issued"),
    "meaning": _l("What “completed” meant"),
    "version": _l("Version of the course text"),
    "issuer": _l("Signed by"),
    "code": _l("Code of the record"),
    "address": _l("Where its state can be asked"),
    "not-told-file": _l(
        "All of this was signed, to the last character. Whether the record was corrected, withdrawn or revoked since,"
        " no page can know without a network: ask at the address above when there is one. And the name says nothing"
        " about who stands before you: compare it with a document that has a picture."
    ),
    "not-told-paper": _l(
        "All of this was signed when the record was issued. Compare every line with the paper: what else stands there"
        " is not signed. Whether the record was corrected, withdrawn or revoked since, no page can know without a"
        " network: ask with its code when there is one."
    ),
    "nothing": _l("There is nothing to verify yet. Paste the text, or choose a file."),
    "unreadable": _l("This is neither what our square codes hold nor a signed file. See whether all of it was copied."),
    "nothing-inside": _l(
        "This picture carries no record as we put it in. Many programs that save or send pictures leave out what is"
        " inside: ask its holder for the file as they got it."
    ),
    "too-big": _l("This is larger than any signed file of ours."),
    "not-ours": _l(
        "This was not signed by the issuer whose keys this page has. Another verifier may know the issuer; this page"
        " does not."
    ),
    "not-a-record": _l(
        "This is not a record as we sign them: something in it was changed, added or left out. Ask its holder for the"
        " file as they got it."
    ),
    "not-signed": _l(
        "The signature does not fit. Something was changed, or the key that signed it is not in this page: take a newer"
        " copy of the page if this one is old."
    ),
    "not-believed": _l(
        "It was signed with a key that others may have had, so nothing it signed can be believed. The holder can get a"
        " new file."
    ),
    "no-means": _l("This browser has not the means to verify. Use a newer one."),
    "trusted": _l("The keys this page trusts"),
    "trust": _l(
        "Whoever gave you this page could have written other keys into it. Take it from the issuer's own address, or"
        " compare these lines with the key document there."
    ),
    "dated": _l("These were the issuer's keys on {day}."),
    "disbelieved": _l("nothing it signed is believed"),
    "how": _l("How it verifies"),
    "explained": _l(
        "Signed files are Open Badges 3.0, signed as eddsa-rdfc-2022; the square code holds a short statement with an"
        " Ed25519 signature. The page works out what was signed for the one form of record that we issue, and refuses"
        " every other. It loads nothing and sends nothing."
    ),
}
