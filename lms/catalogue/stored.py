"""What of a course is shown as HTML without being made anew: its stored texts, and the entries of its sources.

Apart from what makes and sanitises HTML, since that is needed where somebody publishes, and this on every page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from html import escape
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from flask import current_app, has_app_context
from markupsafe import Markup

from .media import html as media


def stored_html(html: str) -> Markup:
    """Mark HTML that was sanitised when it was published as safe; the only place that may. Addresses of pictures and
    documents get the prefix that a host has mounted us under."""
    prefix = str(current_app.config["APPLICATION_ROOT"]).rstrip("/") if has_app_context() else ""
    return Markup(media.mounted(html, prefix))  # noqa: S704 - it has been through `sanitise`, or is made of escaped values


def source_html(source: Mapping[str, Any], language: str) -> str:
    """An entry of the list of sources, its date as `language` writes it. Every value is escaped as the sanitiser would
    write it, and an address leads only into the web: there is nothing left to sanitise."""
    title = f"<cite>{_text(source['title'])}</cite>"
    parts = [
        _text(source["author"]) if "author" in source else "",
        title,
        _text(_written(str(source.get("date", "")), language)),
    ]
    text = ", ".join(part for part in parts if part) + "."
    address = str(source.get("url", ""))
    if address.startswith(("https://", "http://")):
        text += f' <a href="{_attribute(address)}" rel="noreferrer">{_text(_host(address))}</a>'
    return text


def _text(value: object) -> str:
    return escape(str(value), quote=False).replace("\xa0", "&nbsp;")


def _attribute(value: str) -> str:
    return _text(value).replace('"', "&quot;")


def _written(date: str, language: str) -> str:
    """A year, a month of a year or a day, as the files have it: 2014, 2021-11, 1948-12-09."""
    year, *rest = date.split("-")
    try:
        locale = Locale.parse("en_GB" if language == "en" else language)
        first = dt.date(int(year), *(int(part) for part in (*rest, "1", "1")[:2]))
    except (ValueError, UnknownLocaleError):
        return date
    if not rest:
        return date
    return format_date(first, "long", locale) if rest[1:] else format_skeleton("yMMMM", first, locale=locale)


def _host(url: str) -> str:
    return url.split("/")[2].removeprefix("www.")
