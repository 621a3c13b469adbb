"""The pages that matter most, each opened as somebody comes to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from playwright.sync_api import Page

from tests.journeys import steps

Open = Callable[[Page], object]


def _link(name: str) -> Open:
    return lambda page: steps.follow(steps.link(page, name).first)


def _home(page: Page) -> None:
    page.goto("")


def _unit(page: Page) -> None:
    page.goto("")
    steps.follow(steps.link(page, "Begin reading"))


def _term(page: Page) -> None:
    _unit(page)
    page.locator("article button[popovertarget]").first.click()


def _terms(page: Page) -> None:
    page.goto("")
    steps.follow(steps.link(page, "Terms, and what they are called"))


def _some_terms(page: Page, asked: str = "Estado") -> None:
    _terms(page)
    page.get_by_role("searchbox").fill(asked)
    with page.expect_event("load"):  # what is typed changes the address already, before the page that is asked for
        page.get_by_role("searchbox").press("Enter")


def _one_term(page: Page) -> None:
    _terms(page)
    steps.follow(steps.link(page, "genocide").first)


def _refused_word(page: Page) -> None:
    _one_term(page)
    page.get_by_role("combobox", name="Language").select_option(label="Spanish")
    page.get_by_label("The word or words").fill("Genocidio")
    steps.follow(steps.button(page, "Send the word"))


def _words(page: Page, *, refused: bool = False) -> None:
    steps.proposed_words(page)
    page.locator("summary", has_text="Answer").first.click()
    if refused:
        page.get_by_role("radio", name="Do not take it up").check()
        steps.follow(steps.button(page, "Send the answer"))


def _closed_quiz(page: Page) -> None:
    page.goto("")
    steps.follow(steps.link(page, "The Responsibility to Protect and its three pillars").first)
    steps.follow(steps.link(page, "Six questions on the three pillars").first)


def _open_quiz(page: Page) -> None:
    """A new try at the questions that are closed already, which takes nothing from what was reached."""
    _closed_quiz(page)
    if steps.button(page, "Try again").count():
        steps.follow(steps.button(page, "Try again"))


def _refused_quiz(page: Page) -> None:
    _open_quiz(page)
    steps.follow(steps.button(page, "Check my answers"))


def _edition(page: Page, *then: str) -> None:
    page.goto("")
    steps.open_edition(page)
    for name in then:
        steps.follow(steps.link(page, name).first)


def _refused_sign_in(page: Page) -> None:
    page.goto("sign-in")
    page.get_by_label("E-mail address").fill("nobody@lemkin.example")
    page.get_by_label("Password").fill("not the right one")
    steps.follow(page.get_by_role("button", name="Sign in"))


def _both_texts(page: Page) -> None:
    """The reviewer's own language is Spanish."""
    page.goto("courses")
    steps.follow(steps.link(page, "lecturas previas").first)
    steps.follow(steps.link(page, "A la espera de una lectura nativa").first)


def _outline(page: Page, *then: str) -> None:
    steps.begin_a_draft(page, "Another order")
    for name in then:
        steps.follow(steps.link(page, name).first)


def _outline_refused(page: Page) -> None:
    _outline(page, "Outline", "Arrange Raphael Lemkin and a new word")
    steps.follow(steps.button(page, "Take this unit out"))


# What it is called: who opens it ("" is nobody), and how.
PLACES: Mapping[str, tuple[str, Open]] = {
    "sign-in": ("", lambda page: page.goto("sign-in")),
    "sign-in refused": ("", _refused_sign_in),
    "nothing there": ("participant", lambda page: page.goto("no-such-page")),
    "home": ("participant", _home),
    "unit": ("participant", _unit),
    "a term explained": ("participant", _term),
    "terms": ("participant", _terms),
    "terms found": ("finisher", _some_terms),
    "no term found": ("finisher", lambda page: _some_terms(page, "zzz")),
    "one term": ("finisher", _one_term),
    "a word refused": ("finisher", _refused_word),
    "proposed words": ("trainer", _words),
    "an answer refused": ("trainer", lambda page: _words(page, refused=True)),
    "account": ("participant", lambda page: page.goto("account")),
    "questions explained": ("finisher", _closed_quiz),
    "questions open": ("finisher", _open_quiz),
    "questions refused": ("finisher", _refused_quiz),
    "edition": ("coordinator", _edition),
    "people": ("coordinator", lambda page: _edition(page, "Everyone in it")),
    "attendance": ("coordinator", lambda page: _edition(page, "Attendance")),
    "closing": ("coordinator", lambda page: _edition(page, "Completion and closing")),
    "one person": ("coordinator", lambda page: _edition(page, "waits for an answer", "Mikkel Eksempel")),
    "outline": ("trainer", lambda page: _outline(page, "Outline")),
    "a unit of the outline": ("trainer", _outline_refused),
    "a module of the outline": ("trainer", lambda page: _outline(page, "Outline", "Arrange The word and the crimes")),
    "the course itself": ("trainer", lambda page: _outline(page, "Outline", "Title, pass mark and completion")),
    "sources of a draft": ("trainer", lambda page: _outline(page, "Sources")),
    "a new source": ("trainer", lambda page: _outline(page, "Sources", "Add a source")),
    "glossary of a draft": ("trainer", lambda page: _outline(page, "Glossary")),
    "a term of a draft": ("trainer", lambda page: _outline(page, "Glossary", "genocide")),
    "a translation beside its original": ("reviewer", _both_texts),
    "certificate": ("alumna", lambda page: (page.goto(""), _link("Open the certificate")(page))),
}
