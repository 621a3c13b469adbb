"""What people do, told by the names and roles they see or hear, never by how a page is made."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from lms.plugins.unit_kind import Question
from tests.journeys.questions import modules, quizzes, units

PASSWORD = "a quiet place to read"
OWN_PASSWORD = "seven herons by the river"
NEWCOMER = "Juma A. Sampuli"
DONE = re.compile(r"^Done at \d")
SAVED = re.compile(r"^Saved at .+, receipt \d+\.$")


def sign_in(page: Page, key: str) -> None:
    """As somebody of the demonstration, from wherever they are."""
    page.goto("sign-in")
    enter(page, key)


def enter(page: Page, key: str) -> None:
    """On the page for signing in."""
    page.get_by_label("E-mail address").fill(f"{key}@lemkin.example")
    page.get_by_label("Password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Sign in"))
    # Whatever it is called in their language: for somebody signed in the masthead has one button, to sign out.
    expect(page.get_by_role("banner").get_by_role("button")).to_be_visible()


def read_in_english(page: Page) -> None:
    """Whatever language somebody of the demonstration reads in; nothing happens for who reads English already."""
    english = page.get_by_role("contentinfo").get_by_role("button", name="English")
    if english.count():
        follow(english)


def home(page: Page) -> None:
    """By the link that stands in the masthead of every page."""
    follow(page.get_by_role("banner").get_by_role("link", name="Raphael Lemkin Seminar"))


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("main").get_by_role("button", name=name, exact=True)


def link(page: Page, name: str | re.Pattern[str]) -> Locator:
    return page.get_by_role("main").get_by_role("link", name=name)


def follow(there: Locator) -> None:
    """Click what leads to another page, and wait until that is there whole: a click alone comes back before it is."""
    with there.page.expect_navigation():
        there.click()


def _letter(page: Page, begins: str) -> Locator:
    """The newcomer's letter in the mailbox; one just asked for comes within a second or two."""
    whose = page.get_by_role("article").filter(has_text="newcomer@lemkin.example")
    letter = whose.filter(has=page.get_by_role("link", name=begins)).first
    for _moment in range(40):
        page.goto("mailbox")
        if letter.count():
            break
        page.wait_for_timeout(500)
    return letter


def accept_the_invitation(page: Page, begins: str = "") -> None:
    """Open the letter, type its code, say who one is; a second look at the link has used nothing up."""
    letter = _letter(page, begins)
    code = re.search(r"code there: (\S+ \S+)", letter.inner_text())
    assert code
    follow(letter.get_by_role("link"))
    page.reload()
    page.get_by_label("Code from the message").fill(code[1].lower())
    follow(button(page, "Continue"))
    page.get_by_label("Your name, as it should stand on your certificate").fill(NEWCOMER)
    page.get_by_label("Your function").fill("Assistant Commissioner")
    page.get_by_label("Language", exact=True).select_option(label="English")
    page.get_by_label("Time zone").select_option(label="Dar es Salaam")
    page.get_by_label("Password").fill(OWN_PASSWORD)
    follow(button(page, "Confirm and continue"))
    expect(page.get_by_text("your time, in Dar es Salaam")).to_be_visible()


def begin_a_draft(page: Page, title: str) -> None:
    """Of the course the trainer writes on."""
    page.goto("courses")
    follow(link(page, re.compile("pre-reading")).first)
    follow(link(page, "Drafts"))
    page.get_by_label("What does it change?").fill(title)
    follow(button(page, "Begin the draft"))


# Reading --------------------------------------------------------------------------------------------------------------


def read_everything(page: Page, *, script: bool) -> list[str]:
    """From home to the end of the pre-reading; gives the titles of the units on the way."""
    follow(link(page, "Begin reading"))
    seen: list[str] = []
    while True:
        seen.append(page.get_by_role("heading", level=1).inner_text())
        _do_unit(page, first=len(seen) == 1, script=script, wrong_first=len(seen) < units() // 2 + 1)
        page.wait_for_load_state()  # what says that a unit is done may have come with a page whose end says more
        if page.get_by_text("Your pre-reading is complete.").count():
            return seen
        assert len(seen) <= units(), f"the pre-reading does not end: {seen}"
        follow(link(page, re.compile("^Continue: ")))


def _do_unit(page: Page, *, first: bool, script: bool, wrong_first: bool) -> None:
    title = page.get_by_role("heading", level=1).inner_text()
    if title in quizzes():
        take_quiz(page, quizzes()[title], script=script, wrong_first=wrong_first)
    elif (keep := page.get_by_role("main").get_by_role("button", name=re.compile("^Keep my "))).count():
        if page.get_by_role("radio").count():
            page.get_by_role("radio", name="2: in good part").first.check()
        page.get_by_label("Your text").fill("Whom I would ask first, and why.")
        follow(keep)
        expect(page.get_by_text("Only you can read it.")).to_be_visible()
    else:
        mark_as_read(page, undo=first)


def mark_as_read(page: Page, *, undo: bool = False) -> None:
    """Say that a text is read; with `undo` take it back once and say it again."""
    read = button(page, "I have read this")
    read.click()
    expect(page.get_by_text(DONE)).to_be_visible()
    if undo:
        button(page, "Undo").click()
        expect(read).to_be_visible()
        expect(page.get_by_text(DONE)).to_have_count(0)
        mark_as_read(page)


# Questions ------------------------------------------------------------------------------------------------------------


def take_quiz(page: Page, questions: tuple[Question, ...], *, script: bool, wrong_first: bool = True) -> None:
    """Answer, once wrongly and once rightly, and read why."""
    follow(button(page, "Begin"))
    if wrong_first:
        _refused_while_open(page, questions)
        _answer_all(page, questions, right=False, script=script)
        follow(button(page, "Check my answers"))
        expect(page.get_by_text("Not quite.")).to_have_count(sum(question.scored for question in questions))
        expect(page.get_by_text(questions[0].explanation)).to_be_visible()
        follow(button(page, "Try again"))
    _answer_all(page, questions, right=True, script=script)
    follow(button(page, "Check my answers"))
    expect(page.get_by_text("so this unit is passed.")).to_be_visible()
    expect(page.get_by_text("Not quite.")).to_have_count(0)


def _refused_while_open(page: Page, questions: tuple[Question, ...]) -> None:
    """Nothing is checked, and nothing explained, while a question has no answer."""
    follow(button(page, "Check my answers"))
    expect(page.get_by_role("alert")).to_contain_text("no answer yet")
    expect(page.get_by_text(questions[0].explanation)).to_have_count(0)


def _answer_all(page: Page, questions: tuple[Question, ...], *, right: bool, script: bool) -> None:
    """Every question; with scripts each says at once that it is saved."""
    for question in questions:
        answer(page, question, right=right)
    if script:
        expect(page.get_by_role("status").filter(has_text=SAVED)).to_have_count(len(questions))


def asked(page: Page, question: Question) -> Locator:
    return page.get_by_role("group").filter(has_text=question.prompt)


def answer(page: Page, question: Question, *, right: bool) -> None:
    """One question, as the text has it or otherwise."""
    group = asked(page, question)
    if question.kind in ("ordering", "matching"):
        _place(group, question, right=right)
    elif question.kind == "reflection":
        group.get_by_role("textbox").fill("A thought of my own.")
        group.get_by_role("textbox").blur()
    else:
        for name in _words(question, right=right):
            group.get_by_role("checkbox" if question.kind == "many-of-many" else "radio", name=name, exact=True).check()


def _words(question: Question, *, right: bool) -> list[str]:
    """What to choose; of the wrong ones a single one."""
    chosen = [option for option in question.options if option.correct is right]
    words = {"true": "True", "false": "False"}
    return [option.text or words[option.id] for option in (chosen if right else chosen[:1])]


def _place(group: Locator, question: Question, *, right: bool) -> None:
    """Everything to its place; wrongly, each to the place of its neighbour."""
    names = [option.text for option in question.options]
    if question.kind == "matching":
        texts = {option.id: option.text for option in question.targets}
        places = [texts[question.pairs[option.id]] for option in question.options]
    else:
        places = [str(place) for place in range(1, len(names) + 1)]
    for name, place in zip(names, places if right else places[1:] + places[:1], strict=True):
        group.get_by_label(name, exact=True).select_option(label=place)


def conditions(page: Page, *, met: int) -> None:
    """What the record asks, as home says it."""
    home(page)
    asked = page.get_by_role("region", name="What the completion record asks").get_by_role("listitem")
    expect(asked).to_have_count(3)
    expect(asked.filter(has_text=re.compile(r"^\s*Met"))).to_have_count(met)


def see_the_record(page: Page, title: str, name: str) -> None:
    """Home says it is issued; the certificate carries the name as confirmed; the alumni page knows its member."""
    home(page)
    expect(page.get_by_role("heading", name="Issued on")).to_be_visible()
    follow(link(page, "Open the certificate"))
    sheet = page.get_by_role("main")
    expect(sheet.get_by_role("heading", name="Certificate of completion")).to_be_visible()
    expect(sheet.get_by_text(name)).to_be_visible()
    expect(sheet.get_by_text(f"has completed the {title}")).to_be_visible()
    expect(sheet.get_by_text(f"Pre-reading: {modules()} modules")).to_be_visible()
    follow(page.get_by_role("navigation", name="Main").get_by_role("link", name="2PREVENT"))
    expect(page.get_by_text("You are an alumna or alumnus of the seminar since")).to_be_visible()


def take_the_certificate(page: Page) -> bytes:
    """Make the file of one's newest record, wait for it, and take it."""
    page.goto("records")
    follow(link(page, "Raphael Lemkin Seminar").first)
    follow(button(page, "Make the file"))
    ready = link(page, "Download the certificate (PDF, English)")
    expect(ready).to_be_visible(timeout=30_000)
    with page.expect_download() as taken:
        ready.click()
    assert taken.value.suggested_filename == "certificate-en.pdf"
    return Path(taken.value.path()).read_bytes()


def check_the_paper(phone: Page, address: str, name: str, wrong: str) -> None:
    """A stranger opens what the square code of the paper says, and compares the name that stands there."""
    phone.goto(address)
    expect(phone.get_by_role("heading", name="This certificate is valid")).to_be_visible()
    expect(phone.get_by_text(name)).to_have_count(0)
    for typed, said in ((wrong, "The name does not agree"), (name.upper(), "The name agrees")):
        phone.get_by_label("Name on the certificate").fill(typed)
        follow(button(phone, "Compare the name"))
        expect(phone.get_by_text(said, exact=True)).to_be_visible()
        assert name not in phone.url
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth") if phone.viewport_size else True


def type_the_code(phone: Page, code: str) -> None:
    """The same by hand, in small letters with blanks, from the form that the paper names."""
    phone.goto("verify")
    phone.get_by_label("Verification code").fill(code.lower().replace("-", " "))
    follow(button(phone, "Check"))
    expect(phone.get_by_role("heading", name="This certificate is valid")).to_be_visible()


def proposed_words(page: Page) -> None:
    """What readers propose for the terms of the course, by way of the courses of one's mandate."""
    page.goto("")
    follow(page.get_by_role("banner").get_by_role("link", name="Courses"))
    follow(link(page, "Raphael Lemkin Seminar").first)
    follow(link(page, "Words that readers propose"))


# Coordinating ---------------------------------------------------------------------------------------------------------


def open_edition(page: Page) -> str:
    """The newest edition whose attendance is open, from the list of editions; gives its title."""
    follow(page.get_by_role("navigation", name="Main").get_by_role("link", name="Editions"))
    row = page.get_by_role("row").filter(has=page.get_by_role("cell", name="Open", exact=True)).first
    follow(row.get_by_role("rowheader").get_by_role("link"))
    return page.get_by_role("heading", level=1).inner_text()


def mark_everybody_present(page: Page) -> int:
    """On the sheet, half-day by half-day; gives how many half-days there were. One is pressed as a person does it, the
    others at once: to look for one of sixty by its name takes as long as to press them all."""
    half_days = page.get_by_role("navigation", name="Half-days")
    total = half_days.get_by_role("link").count() + 1
    for done in range(total):
        if done:
            follow(half_days.get_by_role("link").nth(done - 1))
        present = page.get_by_role("radio", name="Present")
        present.first.check()
        present.evaluate_all("every => every.forEach(one => one.click())")
        follow(button(page, "Save this half-day"))
        expect(page.get_by_role("status").filter(has_text="saved")).to_be_visible()
    return total


def close_attendance(page: Page) -> None:
    """After the preview, with the word that the sheet is right."""
    page.get_by_label("I have checked the sheet").check()
    follow(button(page, "Close the attendance"))
    expect(page.get_by_text("The attendance is closed.")).to_be_visible()


def close_the_edition(page: Page, name: str) -> str:
    """Look at the numbers, open the list behind one, mark everybody present, preview, close."""
    title = open_edition(page)
    _list_behind_a_number(page, name)
    page.go_back()
    follow(link(page, "Attendance"))
    assert mark_everybody_present(page) > 0
    follow(link(page, "See who meets the rule, and close attendance"))
    standing = page.get_by_role("region", name="Person by person").get_by_role("listitem").filter(has_text=name)
    expect(standing.get_by_text("Meets the rule")).to_be_visible()
    close_attendance(page)
    return title


def _list_behind_a_number(page: Page, name: str) -> None:
    """The number of those who have finished reading is the number of people in the list it leads to."""
    stage = page.get_by_role("rowheader", name="Finished reading", exact=True)
    number = page.get_by_role("row").filter(has=stage).get_by_role("link")
    finished = int(number.inner_text())
    follow(number)
    people = page.get_by_role("region", name="Table: people").get_by_role("rowheader")
    expect(people).to_have_count(finished)
    expect(people.filter(has_text=name)).to_be_visible()
