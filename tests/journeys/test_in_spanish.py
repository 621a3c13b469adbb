"""One whole module in Spanish: a reader changes the language on the way, reads, answers, and goes on."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from lms.catalogue.checks import check
from lms.catalogue.files import disk
from lms.catalogue.kinds.plugin import OURS
from lms.catalogue.kinds.questions import question_from
from lms.plugins.unit_kind import Question
from tests.journeys import steps
from tests.journeys.questions import COURSE, modules, quizzes
from tests.journeys.running import Running

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("real_time")]
MODULE = "La responsabilidad de proteger y sus tres pilares"
QUIZ = "Seis preguntas sobre los tres pilares"
TEXTS = (
    "Del «nunca más» a 2005",
    "El primer pilar: el deber del propio Estado",
    "El segundo pilar: la asistencia",
    "El tercer pilar: una respuesta oportuna y decisiva, y sus límites",
)


def questions() -> tuple[Question, ...]:
    """What the Spanish page asks, with what it holds to be right."""
    checked = check(disk.collect(COURSE), {kind.key: kind for kind in OURS})
    path = next(path for path in checked.units if path.endswith("three-pillars-questions.es.yaml"))
    return tuple(question_from(fields) for fields in checked.units[path]["questions"])


def first_module(page: Page) -> None:
    """In English, as far as the door of the second."""
    steps.follow(steps.link(page, "Begin reading"))
    for _unit in range(6):
        title = page.get_by_role("heading", level=1).inner_text()
        if title in quizzes():
            steps.take_quiz(page, quizzes()[title], script=True, wrong_first=False)
            return
        steps.mark_as_read(page)
        steps.follow(steps.link(page, re.compile("^Continue: ")))
    raise AssertionError("the first module does not end")


def read_in_spanish(page: Page, title: str) -> None:
    """A text: headed, announced as waiting for a native reader, advised in Spanish, and marked as read."""
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.locator(".prose").first.locator("xpath=ancestor::*[@lang][1]")).to_have_attribute("lang", "es")
    expect(page.get_by_text("Esta traducción está a la espera de una lectura nativa.")).to_be_visible()
    expect(page.get_by_role("heading", name="Una pregunta para su ministerio")).to_be_visible()
    steps.button(page, "He leído este texto").click()
    expect(page.get_by_text("Unidad terminada:")).to_be_visible()


def answer(page: Page, question: Question) -> None:
    """Rightly, by the Spanish words."""
    if question.kind == "true-false":
        right = "Verdadero" if next(option.id for option in question.options if option.correct) == "true" else "Falso"
        steps.asked(page, question).get_by_role("radio", name=right, exact=True).check()
    else:
        steps.answer(page, question, right=True)


def test_a_module_is_read_and_passed_in_spanish_from_its_first_text_to_its_last_question(
    house: Running, chromium: Browser
) -> None:
    page = chromium.new_context(base_url=f"{house.url}/", locale="en-GB").new_page()
    try:
        steps.sign_in(page, "participant")
        first_module(page)
        steps.follow(page.get_by_role("contentinfo").get_by_role("button", name="Español"))
        steps.follow(steps.link(page, re.compile("^Continuar: ")))
        for title in TEXTS:
            read_in_spanish(page, title)
            steps.follow(steps.link(page, re.compile("^Continuar: ")))
        expect(page.get_by_role("heading", level=1)).to_have_text(QUIZ)
        steps.follow(steps.button(page, "Empezar"))
        for question in questions():
            answer(page, question)
        steps.follow(steps.button(page, "Comprobar mis respuestas"))
        expect(page.get_by_text("así que esta unidad está superada.")).to_be_visible()
        for question in questions():
            expect(page.get_by_text(question.explanation)).to_be_visible()
        steps.follow(page.get_by_role("banner").get_by_role("link", name="Seminario Raphael Lemkin"))
        done = page.get_by_role("listitem").filter(has_text=MODULE).filter(has=page.get_by_role("heading", level=3))
        expect(done).to_contain_text("Leído el ")
        assert page.locator("ol.modlist > li").count() == modules()
        steps.follow(page.get_by_role("contentinfo").get_by_role("button", name="English"))
        expect(page.get_by_text("The Responsibility to Protect and its three pillars").first).to_be_visible()
    finally:
        page.context.close()
