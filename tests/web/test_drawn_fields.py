"""Fields are drawn as WTForms draws them, only sooner."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from wtforms import EmailField, Field, PasswordField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length
from wtforms.widgets.core import html_params

from lms.web.forms import Form, attributes

VALUES = st.one_of(st.booleans(), st.integers(), st.text(), st.text().map(Markup))
NAMES = st.sampled_from(["id", "class_", "for", "aria_describedby", "data_is_quoted", "value", "type", "lang"])


@given(st.dictionaries(NAMES, VALUES))
def test_attributes_are_those_of_wtforms(said: dict[str, Any]) -> None:
    assert attributes(**said) == html_params(**said)


class Several(Form):
    """Of each kind one, with what is said of it by itself and by whoever draws it."""

    name = StringField("Name", [DataRequired(), Length(max=200)], render_kw={"autocomplete": "name", "class_": "a"})
    mail = EmailField("Mail")
    password = PasswordField("Password")
    words = TextAreaField("Words")


@pytest.mark.parametrize("key", ["name", "mail", "password", "words"])
def test_a_field_is_the_same_as_in_a_form_of_wtforms(sqlite_app: Flask, key: str) -> None:
    with sqlite_app.test_request_context():
        field: Field = Several(data={key: 'a "quoted" <word>'})[key]
        said = {"class_": "wide", "aria_describedby": f"{key}-hint"}
        assert field(**said) == field.widget(field, **{**(field.render_kw or {}), **said})
        assert "html_params" not in vars(field.widget), "the widget is shared with the forms of a host"
