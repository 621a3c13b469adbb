"""That nobody waits for a certificate in vain."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from lms.kernel.checks import Finding, check

from .faces import package_for
from .queries import lacking


@check("records.certificates")
def certificates(session: Session) -> Iterable[Finding]:
    """Every name can be printed with the letters of this machine."""
    for script, number in sorted(lacking(session).items()):
        yield Finding(
            f"certificates in {script}",
            f"{number} cannot be printed: this machine has no letters for it; install {package_for(script)}, start the"
            " worker again, and let the holders ask once more",
        )
