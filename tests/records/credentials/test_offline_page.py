"""The page that verifies by itself: its canonical form is PyLD's, and with the network cut it believes us alone."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from openbadgeslib.baking import ITXT_KEYWORD_OB3, SVG_ELEMENT_OB3, SVG_NS_OB3, bake_png, bake_svg
from playwright.sync_api import BrowserContext, Page

from lms.kernel.worker import drain
from lms.records.credentials import keys, publishing, verifying
from lms.records.credentials.canonical import canonical
from lms.records.credentials.checking import Rejected
from lms.records.credentials.handing import baked
from lms.records.credentials.offline_page import page as offline_page
from lms.records.credentials.offline_page import program
from lms.records.rules.baking import baked_png
from lms.records.rules.credential import Said, document
from lms.records.rules.issuer_keys import Act, IssuerKey
from lms.records.rules.public import grouped
from lms.records.rules.statement import NoStatement, Statement, packed, unpacked
from tests.browser import launched
from tests.records.credentials.papers import (
    AT,
    FOREIGN,
    ISSUER,
    KEY,
    METHOD,
    SAID,
    a_credential,
    mutants,
    public,
)
from tests.records.credentials.test_signing import document as signed_of
from tests.records.credentials.test_signing import issue
from tools import badge
from tools.prepare import node_environment

TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"]), min_size=1, max_size=60)
CODE = "ABCDEFGHJKMN"
OUR_KEY = IssuerKey(1, ISSUER.did, public(KEY), AT)
TRUST = {
    "made": "2026-11-28",
    "issuers": [
        {
            "id": ISSUER.did,
            "name": ISSUER.name,
            "address": ISSUER.public_url,
            "keys": [{"id": METHOD, "publicKeyMultibase": public(KEY), "believed": True}],
        }
    ],
}
SCRIPT = """
import {readFileSync} from 'node:fs';
import {core} from './core.mjs';
const asked = JSON.parse(readFileSync(0, 'utf8'));
const said = [];
for (const {canonical, pasted, trust} of asked) {
  try {
    said.push(canonical ? await core.canonical(canonical) : await core.verify(pasted, trust));
  } catch (error) {
    if (!(error instanceof core.Refused)) throw error;
    said.push({refused: error.message});
  }
}
process.stdout.write(JSON.stringify(said));
"""


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The heart of the page, to be run by node."""
    folder = tmp_path_factory.mktemp("core")
    (folder / "core.mjs").write_text(program("canonical, verify, Refused"))
    (folder / "ask.mjs").write_text(SCRIPT)
    return folder / "ask.mjs"


def ask(core: Path, asked: list[dict[str, Any]]) -> list[Any]:
    done = subprocess.run(
        ["node", str(core)], input=json.dumps(asked), capture_output=True, text=True, timeout=60, env=node_environment()
    )
    assert done.returncode == 0, done.stderr
    said: list[Any] = json.loads(done.stdout)
    return said


def pasted(*texts: str, trust: dict[str, Any] = TRUST) -> list[dict[str, Any]]:
    return [{"pasted": text, "trust": trust} for text in texts]


def a_statement(**more: Any) -> str:
    fields = {"key": "key-1", "code": CODE, "name": SAID.name, "programme": SAID.programme, "month": "2026-05"}
    return packed(Statement(**{**fields, "issued_on": dt.date(2026, 5, 21), **more}), KEY.sign)


SAIDS = st.builds(
    lambda *texts, index, day: replace(
        SAID, name=texts[0], programme=texts[1], place=texts[2], status_index=index, starts_on=day
    ),
    TEXTS,
    TEXTS,
    TEXTS,
    index=st.integers(0, 131_071),
    day=st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)),
)


@settings(max_examples=8, deadline=None)
@given(st.lists(SAIDS, min_size=25, max_size=40))
def test_the_canonical_form_of_the_page_is_that_of_pyld(core: Path, saids: list[Said]) -> None:
    documents = [document(ISSUER, said) for said in saids]
    assert ask(core, [{"canonical": one} for one in documents]) == [canonical(one).decode() for one in documents]


def test_a_signed_file_is_believed_however_it_is_laid_out(core: Path) -> None:
    made = a_credential()
    texts = [json.dumps(made), json.dumps(made, ensure_ascii=False, indent=4), "\ufeff" + json.dumps(made) + "\n"]
    for said in ask(core, pasted(*texts)):
        assert (said["name"], said["programme"], said["issued"]) == (SAID.name, SAID.programme, "2026-05-21")
        assert ISSUER.did in said["issuer"]


def test_every_mutation_of_one_leaf_is_refused_by_the_page(core: Path) -> None:
    made = a_credential()
    named = dict(mutants(made))
    named |= {"added": {**made, "unsignedField": 1}, "no proof": {k: v for k, v in made.items() if k != "proof"}}
    said = ask(core, pasted(*[json.dumps(mutant) for mutant in named.values()]))
    believed = [name for name, answer in zip(named, said, strict=True) if "refused" not in answer]
    assert believed == []


def test_a_member_that_stands_twice_is_refused(core: Path) -> None:
    text = json.dumps(a_credential())
    twice = text.replace('"awardedDate"', '"name": "Another", "awardedDate"', 1)
    assert json.loads(twice)["name"] == SAID_NAME
    [said] = ask(core, pasted(twice))
    assert said == {"refused": "not-a-record"}


# Six bits a letter for 64 bytes of signature and 261 of what is said: 120 of them the name, 100 the title.
LONGEST_SHORT_FORM = 434
SAID_NAME = "Completion record: Global seminar, May 2026"


def test_a_foreign_key_another_issuer_and_a_key_not_believed_are_refused_in_their_words(core: Path) -> None:
    disbelieved = json.loads(json.dumps(TRUST))
    disbelieved["issuers"][0]["keys"][0]["believed"] = False
    assert ask(core, pasted(json.dumps(a_credential(FOREIGN)))) == [{"refused": "not-signed"}]
    other = {**a_credential(), "issuer": {"id": "did:web:other.example.org"}}
    assert ask(core, pasted(json.dumps(other))) == [{"refused": "not-ours"}]
    both = pasted(json.dumps(a_credential()), a_statement(), trust=disbelieved)
    assert ask(core, both) == [{"refused": "not-believed"}] * 2


def test_what_a_square_code_holds_is_believed_with_its_address_or_without(core: Path) -> None:
    short = a_statement()
    address = f"{ISSUER.public_url}/v/{grouped(CODE)}#{short}"
    for said in ask(core, pasted(short, address, f"  {short}\n", f"#{short}")):
        assert (said["name"], said["held"], said["issued"]) == (SAID.name, "2026-05", "2026-05-21")
        assert said["address"] == f"{ISSUER.public_url}/v/ABCD-EFGH-JKMN"


def test_a_square_code_altered_in_one_character_is_refused(core: Path) -> None:
    short = a_statement()
    altered = [
        short[:place] + ("A" if short[place] != "A" else "B") + short[place + 1 :] for place in range(len(short) - 1)
    ]
    said = ask(core, pasted(*altered, short[:-4], short + "AAAA", "AAAA", "€", ""))
    assert all("refused" in answer for answer in said)
    assert said[-1] == {"refused": "nothing"}


@given(TEXTS, TEXTS)
def test_the_short_form_gives_back_what_was_said_and_stays_short(name: str, programme: str) -> None:
    text = a_statement(name=name, programme=programme)
    said, _signed, _signature = unpacked(text)
    assert said.name == name or (said.name.endswith("…") and name.startswith(said.name[:-1].rstrip()))
    assert len(text) <= LONGEST_SHORT_FORM


def test_the_longest_short_form_is_as_long_as_said() -> None:
    four = "\N{OLD ITALIC LETTER A}"  # letters of four bytes fill a line to its last
    assert len(a_statement(name=four * 30, programme=four * 25)) == LONGEST_SHORT_FORM


def test_the_short_form_of_a_usual_name_fits_the_square_code_and_is_always_the_same() -> None:
    text = a_statement(name="Amina Mfano", programme="Global seminar, May 2026")
    assert len(text) <= 220
    assert text == a_statement(name="Amina Mfano", programme="Global seminar, May 2026")
    for wrong in ("", "AAAA", text[:50], "€" * 200, base64.urlsafe_b64encode(bytes(200)).decode()):
        with pytest.raises(NoStatement):
            unpacked(wrong)


def test_the_page_is_one_small_file_that_can_load_nothing(sqlite_app: Flask) -> None:
    made = offline_page(ISSUER, [OUR_KEY], AT)
    text = made.decode()
    assert len(made) <= 100_000
    assert made == offline_page(ISSUER, [OUR_KEY], AT)
    assert not re.search(r"\bsrc=|\bhref=|@import|[:\s]url\(|import\s*\(|\bfetch\(|XMLHttpRequest", text)
    policy = re.search(r'content="(default-src[^"]+)"', text)
    assert policy
    for element in ('script type="module"', "style"):
        inner = text.split(f"<{element}>")[1].split(f"</{element.split()[0]}>")[0]
        digest = base64.b64encode(hashlib.sha256(inner.encode()).digest()).decode()
        assert f"sha256-{digest}" in policy[1].replace("&#39;", "'")
    retired = replace(OUR_KEY, ended=Act.RETIRED, ended_at=AT)
    assert b'"believed": false' in offline_page(ISSUER, [retired], AT)


def test_the_worker_publishes_the_page_and_it_is_served_under_its_own_policy(sqlite_app: Flask) -> None:
    issue()
    drain()
    answer = sqlite_app.test_client().get("/verify/offline")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert answer.data == publishing.read("verify/offline.html")
    assert "default-src" not in answer.headers["Content-Security-Policy"]
    assert keys.known()[0].public.encode() in answer.data
    assert "Set-Cookie" not in answer.headers


def test_what_is_brought_to_a_page_of_ours_is_verified_apart(sqlite_app: Flask) -> None:
    [record] = issue()
    drain()
    made = signed_of(record)
    assert verifying.verified(json.dumps(made).encode()).name == "Amina Mfano 0"
    for brought, reason in ((b"{}", "not-ours"), (b"x", "not-json"), (b" " * 300_000, "too-big")):
        with pytest.raises(Rejected) as no:
            verifying.verified(brought)
        assert no.value.reason == reason
    with pytest.raises(Rejected) as no:
        verifying.verified(json.dumps({**made, "name": "Another"}).encode())
    assert no.value.reason == "not-signed"


@pytest.fixture
def cut_off() -> Iterator[BrowserContext]:
    """A browser without a network; whatever it asks for but the file itself fails the test."""
    asked: list[str] = []
    with launched() as chromium:
        context = chromium.new_context(offline=True, locale="en-GB", viewport={"width": 360, "height": 740})
        context.on("request", lambda request: asked.append(request.url))
        yield context
        context.close()
    assert [address for address in asked if not address.startswith("file:")] == []


def opened(context: BrowserContext, folder: Path, made: bytes, behind: str = "") -> Page:
    path = folder / "offline.html"
    path.write_bytes(made)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(path.as_uri() + behind)
    assert errors == []
    return page


def brought_pictures() -> list[tuple[str, bytes, str]]:
    """Pictures by their names: ours, ours as others bake them, and such as carry nothing that we read; in turn."""
    made = json.dumps(a_credential())
    bare = badge.FOLDER.joinpath("badge.png").read_bytes()
    png, svg = baked(made.encode(), "png"), baked(made.encode(), "svg")
    theirs = bake_svg(b'<svg xmlns="http://www.w3.org/2000/svg"/>', made, element=SVG_ELEMENT_OB3, namespace=SVG_NS_OB3)
    doubled = baked_png(png, made.encode())
    entity = b"<!DOCTYPE svg [<!ENTITY a 'b'>]>" + svg
    return [
        ("a.png", png, "ours"),
        ("b.png", bare, "other"),
        ("c.svg", svg, "ours"),
        ("d.svg", entity, "other"),
        ("e.svg", theirs, "ours"),
        ("f.png", doubled, "other"),
        ("g.png", bake_png(bare, made, keyword=ITXT_KEYWORD_OB3), "ours"),
    ]


@pytest.mark.browser
def test_with_the_network_cut_the_page_verifies_what_is_pasted_chosen_or_stands_behind_the_sign(
    sqlite_app: Flask, cut_off: BrowserContext, tmp_path: Path
) -> None:
    made, short = offline_page(ISSUER, [OUR_KEY], AT), a_statement()
    page = opened(cut_off, tmp_path, made)
    result = page.locator("#result")
    page.get_by_label("What the square code holds").fill(f"{ISSUER.public_url}/v/{CODE}#{short}")
    page.get_by_role("button", name="Verify").click()
    result.get_by_text("Signed by a key that this page trusts").wait_for()
    assert SAID.name in result.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        assert Axe().run(page).response["violations"] == []
    file = tmp_path / "completion-record.json"
    file.write_text(json.dumps(a_credential()))
    page.get_by_label("Or choose a signed file").set_input_files(file)
    result.get_by_text("What “completed” meant").wait_for()
    assert "All 2 modules of the pre-reading were passed." in result.inner_text()
    file = tmp_path / "another.json"
    file.write_text(json.dumps(a_credential(FOREIGN)))
    page.get_by_label("Or choose a signed file").set_input_files(file)
    result.get_by_text("The signature does not fit").wait_for()
    words = {"ours": "All of this was signed", "other": "This picture carries no record"}
    for name, data, said in brought_pictures():
        file = tmp_path / name
        file.write_bytes(data)
        page.get_by_label("Or choose a signed file").set_input_files(file)
        result.get_by_text(words[said]).wait_for()
    page.get_by_label("Language").select_option("es")
    assert page.evaluate("document.documentElement.lang") == "es"
    scanned = opened(cut_off, tmp_path, made, f"#{short}")
    scanned.locator("#result").get_by_text(SAID.name).wait_for()
