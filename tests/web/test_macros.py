"""The parts of a page say in words and in attributes what they show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, EmailField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from lms.kernel.errors import LmsError
from lms.web.forms import Form

IMPORT = '{% import "lms/web/_macros.html" as ui %}'


class Invitation(Form):
    """One field of each kind."""

    name = StringField("Name", [InputRequired("Write your name.")], description="As on the certificate.")
    email = EmailField("E-mail address")
    zone = SelectField("Time zone", choices=[SelectChoice("a", "Warsaw")], default="a")
    attends = RadioField(
        "Can you attend?", [InputRequired("Choose one.")], choices=[SelectChoice("y", "Yes"), SelectChoice("n", "No")]
    )
    keep = BooleanField("Keep me signed in", description="Not on a shared computer.")


@pytest.fixture
def page(sqlite_app: Flask) -> Iterator[Flask]:
    with sqlite_app.test_request_context("/help"):
        yield sqlite_app


def show(app: Flask, template: str, **context: object) -> str:
    return str(app.jinja_env.from_string(IMPORT + template).render(**context))


def test_a_field_ties_its_label_hint_and_input_together(page: Flask) -> None:
    html = show(page, "{{ ui.field(form.name) }}", form=Invitation(MultiDict()))
    assert '<label for="name">Name</label>' in html
    assert '<span class="hint" id="name-hint">As on the certificate.</span>' in html
    assert 'aria-describedby="name-hint"' in html
    assert "aria-invalid" not in html


def test_a_field_in_error_says_how_to_mend_it_before_the_input(page: Flask) -> None:
    form = Invitation(MultiDict())
    form.validate()
    html = show(page, "{{ ui.field(form.name, autocomplete='name') }}", form=form)
    assert 'aria-describedby="name-hint name-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'autocomplete="name"' in html
    assert html.index("Write your name.") < html.index("<input")


def test_an_address_is_written_from_left_to_right_in_every_language(page: Flask) -> None:
    form = Invitation(MultiDict())
    assert 'dir="ltr"' in show(page, "{{ ui.field(form.email) }}", form=form)
    assert 'dir="ltr"' not in show(page, "{{ ui.field(form.name) }}", form=form)


def test_several_choices_are_one_group_with_a_legend(page: Flask) -> None:
    html = show(page, "{{ ui.field(form.attends) }}", form=Invitation(MultiDict()))
    assert re.search(r"<legend[^>]*>Can you attend\?", html)
    assert html.count('type="radio"') == 2
    assert "<label for" not in html


def test_the_summary_leads_to_each_field_and_to_the_first_choice_of_a_group(page: Flask) -> None:
    form = Invitation(MultiDict())
    form.validate()
    html = show(page, "{{ ui.error_summary(form) }}{{ ui.fields(form) }}", form=form)
    for target in re.findall(r'href="#([^"]+)"', html):
        assert f'id="{target}"' in html
    assert 'href="#attends-0"' in html
    assert 'role="alert"' in html


def test_the_summary_is_absent_while_nothing_is_wrong(page: Flask) -> None:
    assert show(page, "{{ ui.error_summary(form) }}", form=Invitation(MultiDict())).strip() == ""


def test_the_summary_says_why_a_service_refused(page: Flask) -> None:
    form = Invitation(MultiDict())
    form.refuse(LmsError("This edition is closed."))
    assert "This edition is closed." in show(page, "{{ ui.error_summary(form) }}", form=form)


def test_what_a_person_wrote_is_never_markup(page: Flask) -> None:
    html = show(page, "{{ ui.status('done', text) }}{{ ui.facts([(text, text)]) }}", text="<b>Mfano</b>")
    assert "<b>" not in html
    assert html.count("&lt;b&gt;") == 3


def test_a_condition_is_told_in_words(page: Flask) -> None:
    html = show(page, "{{ ui.conditions([(true, 'Name confirmed', none), (false, 'Attendance closed', none)]) }}")
    assert re.findall(r"</svg>([^<]+)</span>", html) == ["Met", "Not yet met"]


def test_every_icon_of_the_design_can_be_drawn(page: Flask) -> None:
    template = (Path(__file__).parents[2] / "lms/web/templates/_macros.html").read_text(encoding="utf-8")
    names = re.findall(r'"([a-z]+)": [a-z_]+[,\n]', template[template.index("set icons") :])
    drawn = [show(page, "{{ ui.icon(name) }}", name=name) for name in names]
    assert len(set(drawn)) == len(names) == 26
    assert all('aria-hidden="true"' in svg for svg in drawn)


def test_a_page_whose_form_was_refused_says_so_in_its_title(page: Flask) -> None:
    form = Invitation(MultiDict())
    layout = '{% extends "lms/web/base.html" %}{% block title %}Name{% endblock %}'
    context: dict[str, object] = {"form": form}
    page.update_template_context(context)
    assert "<title>Name" in page.jinja_env.from_string(layout).render(context)
    form.validate()
    assert "<title>Error: Name" in page.jinja_env.from_string(layout).render(context)
