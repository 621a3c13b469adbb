"""Whole courses as nobody would write them: sound by construction, in every script, with whatever YAML misreads."""

from __future__ import annotations

import string
from typing import Any

from hypothesis import strategies as st

from lms.catalogue.files.canonical import canonical_files
from lms.catalogue.files.text import tidy
from lms.catalogue.media.apart import Made
from lms.catalogue.rules.course_files import CourseFiles, ModuleFile, UnitFile
from lms.catalogue.rules.media import DOCUMENT, path_of
from lms.catalogue.rules.translation import text_hash

from . import illustrated
from .tiny import KINDS

POOL = (illustrated.picture, illustrated.report, illustrated.drawing)
LANGUAGES = ("en", "es", "fr", "ar", "no", "ku")
KEYS = st.one_of(
    st.sampled_from(["no", "on", "null", "y", "1e3", "0x1f", "012", "2012", "true", "a--b", "n"]),
    st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8),
).map(lambda key: key.strip("-"))
UNWRITABLE = "\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
NAMES = st.lists(KEYS.filter(bool), min_size=3, max_size=3, unique=True)
LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Cn", "Co"), exclude_characters=UNWRITABLE)
SCRIPTS = (
    "Prevention begins early", "Запобігання", "الوقاية خير", "预防", "防止する", "רצח עם", "ប្រទេស", "የዘር ማጥፋት",
    "Ngăn chặn", "ย้อนหลัง",
    "საქართველო", "ᏣᎳᎩ", "e\u0301galite\u0301", "🕯️ 👩🏾‍⚖️", "\u200dzwj\u200c", "ﬁ ligature", "İstanbul ı", "ǅ",
)  # fmt: skip
AWKWARD = (
    "no", "NO", "Null", "~", "2012", "2012-03-04", "0x1f", "1e3", "12:30", ": #", "a: b", "a #b", "- a", "? a", "& a",
    "* a", "! a", "| a", "> a", "% a", "@ a", "` a", "' a", '" a', "{a}", "[a]", "a:", "#a", "---", "...", "\\n", "\\",
    "=", "<<", ".inf", "+1", "1_000", "0o7", "1,000", "!!str", "%YAML 1.2", "|-", ">-", "--- |", "'", '"', "''",
    "a" * 200, "  two before", "ends :", "word " * 60, "\u00a0non-breaking\u00a0",
    "\u3000wide", "\u1680ogham", "tab\\t",
)  # fmt: skip
LINES = st.one_of(st.text(LETTERS, min_size=1, max_size=90), st.sampled_from(AWKWARD), st.sampled_from(SCRIPTS))
# Plain text of one line, and of several; a line of the latter may begin with spaces, and blank lines may stand between.
LINE = LINES.map(tidy).filter(bool)
WORDS = st.one_of(LINE, st.lists(st.one_of(LINES, st.just("")), min_size=1, max_size=4).map("\n".join).map(tidy))
WORDS = WORDS.filter(bool)
# Markdown that is nothing but words: no sign in it opens anything, so that soundness is no matter of luck.
MARKS = "<>[]{}\\`*_~#&|=+-!:$^()\"'"
PROSE = st.one_of(
    st.text(st.characters(exclude_categories=("C", "Zl", "Zp"), exclude_characters=MARKS + UNWRITABLE), max_size=120),
    st.sampled_from(SCRIPTS),
)
DAYS = st.one_of(
    st.integers(1000, 2999).map(str),
    st.dates().map(lambda day: f"{max(day.year, 1000):04}-{day.month:02}"),
)
LABELS = st.sampled_from(
    ["Law", "no", "Null", "Права", "قانون", "法", "a: b", "On", "- dash", "#x", "yes", "~", "& co"]
)


def texts(of: st.SearchStrategy[str], language: str, *others: str) -> st.SearchStrategy[dict[str, str]]:
    """The same text in the course's language, in `others`, and perhaps in more."""
    needed = dict.fromkeys((language, *others), of)
    return st.fixed_dictionaries(needed, optional={code: of for code in LANGUAGES if code not in needed})


class Author:
    """Somebody who writes a course; everything is drawn, and fits together."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.language = draw(st.sampled_from(LANGUAGES))
        self.others = draw(
            st.lists(st.sampled_from([c for c in LANGUAGES if c != self.language]), max_size=2, unique=True)
        )
        self.sources = [f"S{number:03}" for number in range(1, draw(st.integers(1, 3)) + 1)]
        self.terms = draw(st.lists(KEYS.filter(bool), max_size=3, unique=True))
        # Looking at files takes a process of its own, so only some courses have any.
        kept = draw(st.lists(st.sampled_from(POOL), max_size=3, unique=True)) if draw(st.integers(0, 3)) == 0 else []
        self.media = [(key, make()) for key, make in zip(draw(NAMES), kept, strict=False)]
        self.units: set[str] = set()
        self.cases: list[str] = []
        self.passages: list[str] = []

    # Words ------------------------------------------------------------------------------------------------------------

    def words(self) -> str:
        """Plain text."""
        return self.draw(WORDS)

    def line(self) -> str:
        """Plain text of one line."""
        return self.draw(LINE.filter(lambda text: len(text) <= 300))

    def texts(self) -> dict[str, str]:
        """Plain text in some languages."""
        return self.draw(texts(WORDS, self.language, *self.others))

    def prose(self, *, of: str = "") -> str:
        """One paragraph that cites behind everything it says."""
        said = [self.draw(PROSE).strip() for _ in range(self.draw(st.integers(1, 3)))]
        if self.terms and self.draw(st.booleans()):
            term = self.draw(st.sampled_from(self.terms))
            said.append(f"[[{term}]]" if self.draw(st.booleans()) else f"[[{term}|the word]]")
        paragraph = tidy("So " + "\nand ".join(part for part in said if part) + f" {of}").replace("\n\n", "\n")
        return f"{paragraph} {self.citation(whole=bool(of))}"

    def citation(self, *, whole: bool = False) -> str:
        """Some sources, or all of them."""
        cited = self.sources if whole else [self.draw(st.sampled_from(self.sources))]
        place = self.draw(st.sampled_from(["", " p. 3", " para. 12", " arts. I–III"]))
        return f"[@{f'{place}; @'.join(cited)}{place}]"

    def cites(self) -> list[str]:
        """A list of sources with places."""
        return [
            source + self.draw(st.sampled_from(["", " p. 3"]))
            for source in self.sources[: self.draw(st.integers(1, 3))]
        ]

    # Units ------------------------------------------------------------------------------------------------------------

    def key(self) -> str:
        """A key no other unit has."""
        found = self.draw(KEYS.filter(lambda key: bool(key) and key != "module" and key not in self.units))
        self.units.add(found)
        return found

    def front(self, key: str, kind: str) -> dict[str, Any]:
        """The fields of every unit."""
        return {
            "key": key, "kind": kind, "title": self.texts(), "minutes": self.draw(st.integers(1, 600)),
            "substance": self.draw(KEYS.filter(bool)),
        }  # fmt: skip

    def body(self, key: str, figures: list[dict[str, Any]], *, all_sources: bool = False) -> str:
        """Headings, paragraphs, lists, a table, a quotation, and the places of the figures."""
        parts = [self.prose(of="all" if all_sources else "")]
        for number in range(self.draw(st.integers(0, 2))):
            parts.append(f"{'#' * (2 + number)} Part {{#part-{number}}}")
            self.passages.append(f"{key}#part-{number}")
            parts.append(self.prose())
        parts += [f"{{{{figure: {figure['id']}}}}}" for figure in figures]
        parts += [self.shown(key, made) for key, made in self.media if all_sources or self.draw(st.booleans())]
        more = {
            "list": f"- {self.prose()}\n- {self.prose()}".replace("\nand", " and"),
            "table": f"| A | B |\n| --- | --- |\n| {self.prose()} | x |".replace("\nand", " and").replace(
                "|the word]]", "]]"
            ),
            "quotation": f"> {self.prose()}".replace("\nand", "\n> and"),
            "link": f"See [the rest](https://example.org/{key}) {self.citation()}",
        }
        parts += [more[name] for name in self.draw(st.lists(st.sampled_from(sorted(more)), max_size=3, unique=True))]
        return tidy("\n\n".join(parts))

    def shown(self, key: str, made: Made) -> str:
        """The place of a picture, perhaps with a caption; or a link to a document."""
        if made.medium.kind == DOCUMENT:
            return f"[The report](media/{key}) {self.citation()}"
        caption = f"\nA caption {self.citation()}" if self.draw(st.booleans()) else ""
        return f"![Words for it](media/{key}){caption}"

    def reading(self, folder: str, *, first: bool = False) -> UnitFile:
        """A text to read, with whatever it may have."""
        key = self.key()
        front = self.front(key, "reading")
        figures = self.extras(front)
        return UnitFile(
            f"modules/{folder}/{key}.md", key, self.language, front, self.body(key, figures, all_sources=first)
        )

    def extras(self, front: dict[str, Any]) -> list[dict[str, Any]]:
        """What readings and case studies may have; gives the figures among it."""
        if self.draw(st.booleans()):
            front |= {"content_note": self.words(), "written_alternative": self.words()}
        if self.draw(st.booleans()):
            front["key_points"] = [self.prose() for _ in range(self.draw(st.integers(1, 4)))]
        if self.draw(st.booleans()):
            sectors = ["foreign-affairs", "justice", "defence", "interior", "education", "human-rights", "other"]
            front["for_your_institution"] = {name: self.prose() for name in sectors[: self.draw(st.integers(6, 7))]}
        figures = [self.figure(kind) for kind in self.draw(st.lists(st.sampled_from(FIGURES), max_size=2, unique=True))]
        if figures:
            front["figures"] = figures
        return figures

    def quiz(self, folder: str) -> UnitFile:
        """Questions of every kind that have somewhere to point to."""
        key = self.key()
        kinds = ["one-of-many", "many-of-many", "true-false", "matching", "ordering"] if self.passages else []
        chosen = [*self.draw(st.lists(st.sampled_from(kinds), max_size=3)), "reflection"] if kinds else ["reflection"]
        questions = [self.question(f"q{number}", kind) for number, kind in enumerate(chosen)]
        front = {**self.front(key, "quiz"), "questions": questions}
        if self.draw(st.booleans()):
            front["pass_mark"] = self.draw(st.integers(1, 100))
        return UnitFile(f"modules/{folder}/{key}.yaml", key, self.language, front)

    def question(self, name: str, kind: str) -> dict[str, Any]:
        """One question."""
        asked: dict[str, Any] = {"id": name, "kind": kind, "prompt": self.words()}
        if self.draw(st.booleans()):
            asked["substance"] = "s2"
        if kind == "reflection":
            return asked
        said = self.draw(st.lists(WORDS, min_size=4, max_size=6, unique=True))
        if kind == "true-false":
            asked["answer"] = self.draw(st.booleans())
        elif kind == "matching":
            half = len(said) // 2
            pairs = zip(said[:half], said[half : 2 * half], strict=True)
            asked["pairs"] = [{"id": f"p{n}", "left": left, "right": right} for n, (left, right) in enumerate(pairs)]
        elif kind == "ordering":
            asked["items"] = [{"id": f"i{n}", "text": text} for n, text in enumerate(said)]
        else:
            right = 1 if kind == "one-of-many" else 2
            asked["options"] = [
                {"id": f"o{n}", "text": text} | ({"correct": True} if n < right else {}) for n, text in enumerate(said)
            ]
        passage = self.draw(st.sampled_from(self.passages))
        return {**asked, "explanation": self.words(), "passage": passage, "cites": self.cites()}

    def case(self, folder: str) -> UnitFile:
        """A case study."""
        key = self.key()
        front = self.front(key, "case-study")
        figures = self.extras(front)
        front |= {
            "timeline": [{"when": self.line(), "text": self.prose()} for _ in range(2)],
            "actors": [{"name": self.line(), "role": self.prose()}],
            "decisions": [{"when": self.line(), "situation": self.prose(), "question": self.words()}],
            "debrief": [self.words(), self.words()],
            "rubric": [{"key": name, "factor": self.line(), "question": self.words()} for name in ("no", "f2")],
        }
        body = self.body(key, figures)
        self.cases.append(key)
        return UnitFile(f"modules/{folder}/{key}.md", key, self.language, front, body)

    def reflection(self, folder: str) -> UnitFile:
        """A prompt, and cases to score where there is one."""
        key = self.key()
        front = self.front(key, "reflection")
        if self.cases and self.draw(st.booleans()):
            case = self.draw(st.sampled_from(self.cases))
            front["scoring"] = {
                "rubric": case,
                "cases": [{"id": "1e3", "name": self.line(), "unit": case}, {"id": "no", "name": self.line()}],
            }
        return UnitFile(f"modules/{folder}/{key}.md", key, self.language, front, self.prose())

    # Figures ----------------------------------------------------------------------------------------------------------

    def figure(self, kind: str) -> dict[str, Any]:
        """A drawing of a kind, and its text that says the same."""
        figure = {"id": f"a-{kind}", "kind": kind, "title": self.draw(LABELS), **getattr(self, kind)()}
        years = sorted(
            {entry[name][:4] for entry in _entries(figure) for name in ("at", "from", "to") if name in entry}
        )
        return {**figure, "text": f"This was in {' and '.join(years) or 'some year'}. {self.citation(whole=True)}"}

    def pillars(self) -> dict[str, Any]:
        """Two to four pillars."""
        pillars = [
            {
                "id": f"p{number}", "label": self.draw(LABELS), "name": self.draw(LABELS),
                "parts": [{"id": "no", "label": self.draw(LABELS)}], "cites": self.cites(),
            }
            for number in range(self.draw(st.integers(2, 4)))
        ]  # fmt: skip
        return {"over": self.draw(LABELS), "pillars": pillars}

    def scale(self) -> dict[str, Any]:
        """Two events and a period between them."""
        first = self.draw(st.integers(1900, 2000))
        events = [self.moment(f"e{number}", f"{first + number * 5}") for number in range(2)]
        period = {
            "id": "p",
            "from": f"{first}",
            "to": f"{first + 5}-06",
            "label": self.draw(LABELS),
            "cites": self.cites(),
        }
        if self.draw(st.booleans()):
            period["grave"] = True
        return {"periods": [period], "events": events}

    def path(self) -> dict[str, Any]:
        """One or two strands that lead to one place."""
        first = self.draw(st.integers(1900, 2000))
        strands = [
            {
                "id": f"s{n}", "label": self.draw(LABELS),
                "stations": [self.moment("a", str(first)), self.moment("b", f"{first + 1}-02")],
            }
            for n in range(self.draw(st.integers(1, 2)))
        ]  # fmt: skip
        end = self.moment("c", f"{first + 2}-03-04")
        return {"strands": strands, "together": [end, {"id": "d", "label": self.draw(LABELS), "cites": self.cites()}]}

    def moment(self, name: str, at: str) -> dict[str, Any]:
        """Something that happened."""
        return {"id": name, "at": at, "label": self.draw(LABELS), "cites": self.cites()}

    # Translations -----------------------------------------------------------------------------------------------------

    def translation(self, unit: UnitFile) -> UnitFile | None:
        """The unit in another language, whole, in part or of an older text; perhaps none."""
        if not self.others or not self.draw(st.booleans()):
            return None
        language = self.draw(st.sampled_from(self.others))
        stale = self.draw(st.integers(0, 4)) == 0
        front: dict[str, Any] = {
            "follows": "t" + "0e1" * 5 if stale else text_hash(unit),
            "status": self.draw(st.sampled_from(["awaiting-native-reader", "confirmed"])),
        }
        if "content_note" in unit.front:
            front["content_note"] = self.words()
        if "key_points" in unit.front and self.draw(st.booleans()):
            front["key_points"] = [self.prose() for _ in unit.front["key_points"]]
        if "questions" in unit.front:
            front["questions"] = [{"id": asked["id"], "prompt": self.words()} for asked in unit.front["questions"]]
        if "figures" in unit.front:
            front["figures"] = [{"id": figure["id"], "title": self.draw(LABELS)} for figure in unit.front["figures"]]
        path = unit.path.replace(".md", f".{language}.md").replace(".yaml", f".{language}.yaml")
        own_body = unit.path.endswith(".md") and self.draw(st.booleans())
        return UnitFile(path, unit.key, language, front, unit.body.replace("So ", "Así ", 1) if own_body else "")

    # The course -------------------------------------------------------------------------------------------------------

    def module(self, number: int, key: str) -> ModuleFile:
        """A module of one to three units; the first text of the course cites every source."""
        folder = f"{number:02}-{key}"
        units = [self.reading(folder, first=number == 1)]
        makers = (self.reading, self.quiz, self.case, self.reflection)
        units += [self.draw(st.sampled_from(makers))(folder) for _ in range(self.draw(st.integers(0, 2)))]
        fields: dict[str, Any] = {
            "key": key, "title": self.texts(), "objectives": [self.texts()], "units": [unit.key for unit in units],
        }  # fmt: skip
        if self.draw(st.booleans()):
            fields["pass_mark"] = self.draw(st.integers(1, 100))
        translations = [other for unit in units if (other := self.translation(unit))]
        return ModuleFile(folder, fields, tuple(units), tuple(sorted(translations, key=lambda one: one.path)))

    def term(self, key: str) -> dict[str, Any]:
        """A term of the glossary."""
        term = self.texts()
        standing = {
            code: self.draw(st.sampled_from(["official", "translation"])) for code in term if code != self.language
        }
        made: dict[str, Any] = {"key": key, "term": term, "definition": self.texts()}
        made |= {"status": standing} if standing else {}
        return made | ({"cites": self.cites()} if self.draw(st.booleans()) else {"needs_review": True})

    def source(self, name: str) -> dict[str, Any]:
        """A source with some of what can be known of it."""
        known = {
            "author": self.line(), "date": self.draw(DAYS), "url": "https://example.org/?a=1&b=%20#no",
            "language": "no", "accessed": "2027-04-12", "note": self.line(),
        }  # fmt: skip
        kept = self.draw(st.lists(st.sampled_from(sorted(known)), unique=True))
        return {"id": name, "title": self.line(), "kind": "law", **{name: known[name] for name in kept}}

    def course(self) -> CourseFiles:
        """All of it."""
        keys = self.draw(st.lists(KEYS.filter(bool), min_size=1, max_size=3, unique=True))
        modules = tuple(self.module(number, key) for number, key in enumerate(keys, 1))
        completion: dict[str, Any] = {"modules": self.draw(st.sampled_from(["all", keys[:1]]))}
        if self.draw(st.booleans()):
            completion |= {"attendance": {"at_least": self.draw(st.integers(1, 100))}}
        if self.draw(st.booleans()):
            completion |= {"name_confirmed": self.draw(st.booleans())}
        order: list[dict[str, Any]] = [{"module": module.folder} for module in modules]
        if len(order) > 1 and self.draw(st.booleans()):
            order[-1]["after"] = keys[:-1]
        head = {
            "slug": self.draw(KEYS.filter(bool)), "language": self.language, "title": self.texts(),
            "description": self.texts(), "completion": completion, "modules": self.draw(st.permutations(order)),
        }  # fmt: skip
        if self.draw(st.booleans()):
            head["pass_mark"] = self.draw(st.integers(1, 100))
        terms = tuple(self.term(key) for key in self.terms)
        media = tuple(self.entry(key, made) for key, made in self.media)
        return CourseFiles(head, modules, terms, tuple(self.source(name) for name in self.sources), media)

    def entry(self, key: str, made: Made) -> dict[str, Any]:
        """What media.yaml says of a file."""
        said = {"title": self.line(), "licence": self.line(), "provenance": self.line()}
        return {"id": key, "kind": made.medium.kind, **said, **made.medium.fields()}


FIGURES = ("pillars", "scale", "path")


def _entries(part: Any) -> list[dict[str, Any]]:
    if isinstance(part, list):
        return [entry for item in part for entry in _entries(item)]
    return [part, *(entry for value in part.values() for entry in _entries(value))] if isinstance(part, dict) else []


@st.composite
def courses(draw: st.DrawFn) -> CourseFiles:
    """A course."""
    return Author(draw).course()


def files_of(course: CourseFiles) -> dict[str, bytes]:
    """Its files in the canonical form."""
    pool = {make().medium.sha256: make().data for make in POOL} if course.media else {}
    media = {path_of(entry): pool[entry["sha256"]] for entry in course.media}
    return {path: text.encode() for path, text in canonical_files(course, KINDS).items()} | media
