"""A case to study: timeline, actors, account, points of decision, debrief and a rubric to score other cases by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from lms.catalogue.files.schemas import schema
from lms.catalogue.labels import label, scores
from lms.plugins.unit_kind import RenderContext, RenderedUnit, UnitMistake, UnitRefused, UnitSource

from .text_kind import Unscored

# Anchors of the parts that stand around the account; an author cannot use them for headings.
PARTS = ("timeline", "actors", "decisions", "debrief", "rubric")


class CaseStudy(Unscored):
    """The parts come in one order: what happened, who acted, the account, then what to do with it."""

    key = "case-study"
    suffix = ".md"
    anchors = PARTS
    schema = schema("case-study")

    def parse(self, source: UnitSource) -> dict[str, Any]:
        """Raises UnitRefused for an empty account, a date of the timeline without a source, two factors of one key."""
        wrong = [
            UnitMistake(source.line(("timeline", index)), f"“{entry['when']}” has no source", "cite one: [@S019]")
            for index, entry in enumerate(source.front["timeline"])
            if "[@" not in entry["text"]
        ]
        wrong += _twins(source)
        if not source.body:
            wrong.append(
                UnitMistake(source.body_line, "there is no account of the case", "write it below the second ---")
            )
        if wrong:
            raise UnitRefused(*wrong)
        return {**source.front, "body": source.body}

    def render(self, data: Mapping[str, Any], context: RenderContext) -> RenderedUnit:
        """The whole case."""
        parts = (_timeline, _actors, _account, _decisions, _debrief, _rubric)
        return context.rendered("".join(part(data, context) for part in parts))


def _twins(source: UnitSource) -> Iterator[UnitMistake]:
    keys = [factor["key"] for factor in source.front["rubric"]]
    for index, key in enumerate(keys):
        if key in keys[:index]:
            yield UnitMistake(source.line(("rubric", index)), f"two factors have the key “{key}”", "rename one")


def _timeline(data: Mapping[str, Any], context: RenderContext) -> str:
    items = "".join(f"<li><b>{escape(e['when'])}</b> {context.inline(e['text'])}</li>\n" for e in data["timeline"])
    note = escape(label("order-not-scale", context.language))
    head = context.heading("timeline", "timeline")
    return f'{head}<figure class="fig"><ol class="timeline">\n{items}</ol><figcaption>{note}</figcaption></figure>\n'


def _actors(data: Mapping[str, Any], context: RenderContext) -> str:
    items = "".join(f"<dt>{escape(a['name'])}</dt><dd>{context.inline(a['role'])}</dd>\n" for a in data["actors"])
    return f'{context.heading("actors", "actors")}<dl class="actors">\n{items}</dl>\n'


def _account(data: Mapping[str, Any], context: RenderContext) -> str:
    return context.prose(data["body"])


def _decisions(data: Mapping[str, Any], context: RenderContext) -> str:
    items = "".join(
        f"<li><b>{escape(d['when'])}</b> {context.inline(d['situation'])} "
        f"<strong>{escape(d['question'])}</strong></li>\n"
        for d in data["decisions"]
    )
    return f'{context.heading("decisions", "decisions")}<ol class="decisions">\n{items}</ol>\n'


def _debrief(data: Mapping[str, Any], context: RenderContext) -> str:
    items = "".join(f"<li>{escape(question)}</li>\n" for question in data["debrief"])
    return f"{context.heading('debrief', 'debrief')}<ol>\n{items}</ol>\n"


def _rubric(data: Mapping[str, Any], context: RenderContext) -> str:
    heads = "".join(f'<th scope="col">{escape(label(key, context.language))}</th>' for key in ("factor", "question"))
    rows = "".join(f"<tr><td>{escape(r['factor'])}</td><td>{escape(r['question'])}</td></tr>\n" for r in data["rubric"])
    steps = ", ".join(f"{score} ({label(f'score-{score}', context.language)})" for score, _ in scores(context.language))
    scale = escape(f"{label('scale', context.language)} {steps}.")
    name = escape(label("rubric", context.language))
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>\n{rows}</tbody></table>"
    box = f'<div class="scroll rubric" role="region" tabindex="0" aria-label="{name}">{table}</div>\n'
    return f"{context.heading('rubric', 'rubric')}<p>{scale}</p>\n{box}"
