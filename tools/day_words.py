"""`python -m tools.day_words`: the words of dates of every language of the interface, out of Babel into their files."""

from __future__ import annotations

import json
import sys

from lms.web.day_words import FOLDER, from_cldr
from lms.web.languages import have_catalogue


def write(code: str) -> None:
    """The file of one language."""
    text = json.dumps(from_cldr(code)._asdict(), ensure_ascii=False, indent=0, sort_keys=True)
    (FOLDER / f"{code}.json").write_text(text + "\n", encoding="utf-8")


def main() -> int:
    """All of them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for code in have_catalogue():
        write(code)
    return 0


if __name__ == "__main__":
    sys.exit(main())
