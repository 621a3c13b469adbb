"""What pages carry for the form that is sent back."""

from __future__ import annotations

import re
from typing import Any


def shown_in(page: Any) -> str:
    """What a page says it has shown."""
    found = re.search(r'name="shown" value="([^"]+)"', page.get_data(as_text=True))
    assert found
    return found[1]
