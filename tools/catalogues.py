"""Compiles every catalogue of translations, so that gettext can read it: `python -m tools.catalogues`."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]


def compile_all(folder: Path) -> list[Path]:
    """Write the .mo beside each .po below the folder; the paths written."""
    return [_compile(source) for source in sorted(folder.rglob("LC_MESSAGES/*.po"))]


def _compile(source: Path) -> Path:
    with source.open("rb") as text:
        catalogue = read_po(text, locale=source.parents[1].name)
    compiled = source.with_suffix(".mo")
    with compiled.open("wb") as binary:
        write_mo(binary, catalogue)
    return compiled


if __name__ == "__main__":
    compile_all(ROOT / "lms")
