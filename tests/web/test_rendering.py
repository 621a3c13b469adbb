"""How templates are compiled and what their functions are given."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template_string
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import pass_context, pass_environment
from markupsafe import Markup, escape

from lms.app import create_app
from lms.web.languages import lazy_gettext
from lms.web.render import _escaped, keep_compiled
from tests.conftest import settings


def test_templates_compiled_at_set_up_are_not_compiled_again(
    monkeypatch: pytest.MonkeyPatch, app: Flask, tmp_path: Path
) -> None:
    keep_compiled(app, tmp_path)
    later = create_app(settings("sqlite://", tmp_path))

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("compiled again")

    monkeypatch.setattr(type(later.jinja_env), "compile", refuse)
    names = later.jinja_env.list_templates(["html"])
    assert len(names) > 100
    for name in names:
        later.jinja_env.get_template(name)


def test_a_folder_without_compiled_templates_stays_as_it_is(tmp_path: Path) -> None:
    fresh = create_app(settings("sqlite://", tmp_path))
    assert fresh.jinja_env.bytecode_cache is None
    assert not (tmp_path / "templates").exists()


class Asked:
    """Something that can be called, and wants the context."""

    @pass_context
    def __call__(self, context: Any, word: str) -> str:
        return f"{context['page']} {word}"


def test_functions_are_given_what_they_ask_for(app: Flask) -> None:
    @pass_context
    def of_context(context: Any, word: str) -> str:
        return f"{context['page']} {context['number']} {word}"

    @pass_environment
    def of_environment(environment: Any) -> bool:
        return environment.autoescape is not False

    source = """
{%- macro marked(word, end="<") %}{{ word }}{{ end }}{% if caller is defined %}{{ caller() }}{% endif %}{% endmacro -%}
{% for one in [1] %}{% set number = one %}{{ of_context("<b>") }}|{% endfor -%}
{{ of_environment() }}|{{ asked("two") }}|{{ "a-b".replace("-", "+") }}|{{ word.upper() }}|{{ marked("x") }}|
{%- call marked("y", end="!") %}inside{% endcall %}|{{ made([3]) }}"""
    with app.test_request_context():
        text = render_template_string(
            source,
            page="page",
            of_context=of_context,
            of_environment=of_environment,
            asked=Asked(),
            word="up",
            made=list,
        )
    assert text == "page 1 &lt;b&gt;|True|page two|a+b|UP|x&lt;|y!inside|[3]"


class Told:
    """Something that says its own markup."""

    def __html__(self) -> str:
        return "<i>told</i>"


def test_what_is_not_markup_is_escaped_once_and_markup_never(sqlite_app: Flask) -> None:
    template = sqlite_app.jinja_env.from_string(
        "{{ plain }}|{{ made }}|{{ told }}|{{ lazy }}|{{ number }}|{{ twice|e|e }}"
    )
    with sqlite_app.test_request_context("/help"):
        filled = template.render(
            plain="<b>&", made=Markup("<b>&amp;</b>"), told=Told(), lazy=lazy_gettext("<u>"), number=3, twice="<"
        )
    assert filled == "&lt;b&gt;&amp;|<b>&amp;</b>|<i>told</i>|<u>|3|&lt;", "what is lazy is a text of ours"


def test_a_text_is_filled_with_markup_as_it_is_and_with_words_escaped(sqlite_app: Flask) -> None:
    with sqlite_app.test_request_context("/help"):
        text = sqlite_app.jinja_env.from_string('{{ _("%(plain)s %(made)s %(lazy)s %(number)s", **values) }}')
        values = {"plain": "<b>", "made": Markup("<b>"), "lazy": lazy_gettext("<u>"), "number": 3}
        assert text.render(values=values) == "&lt;b&gt; <b> <u> 3"
        numbers = sqlite_app.jinja_env.from_string('{{ _("%(share).1f %(whole)d %(exact)s", **values) }}')
        assert numbers.render(values={"share": 0.25, "whole": True, "exact": Decimal("1.50")}) == "0.2 1 1.50"


def test_what_is_imported_knows_what_the_environment_knows(sqlite_app: Flask) -> None:
    environment = sqlite_app.jinja_env
    environment.globals["of_the_host"] = "known"
    macros = environment.from_string("{% macro say() %}{{ of_the_host }}{% endmacro %}")
    page = environment.from_string("{% import macros as part %}{{ part.say() }}, {{ of_the_host }}")
    assert page.render(macros=macros) == "known, known"


@given(st.text() | st.text(alphabet="&<>\"'#;lgtamp3942"))
def test_plain_text_is_escaped_as_markupsafe_escapes_it(text: str) -> None:
    assert _escaped(text) == escape(text)
