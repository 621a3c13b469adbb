"""From a letter to what goes over the wire: plain text first and complete, HTML with the same words."""

from __future__ import annotations

import datetime as dt
import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import urlsplit

from flask import current_app

from lms.kernel.settings import Settings
from lms.kernel.values import dataclass
from lms.people.letters import Letter
from lms.web.languages import speaking
from lms.web.pages import PRODUCT

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
_LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]]")


class UnfitForAHeader(ValueError):
    """A name, address or subject holds a line break or another control character."""


@dataclass(frozen=True)
class Part:
    """A run of text, or an address to be followed."""

    text: str
    is_link: bool


def paragraphs(text: str) -> list[list[Part]]:
    """A plain text, taken apart at its empty lines."""
    return [parts(paragraph) for paragraph in text.replace("\r\n", "\n").strip().split("\n\n")]


def parts(paragraph: str) -> list[Part]:
    """A paragraph, taken apart into its text and the web addresses in it."""
    found, end = [], 0
    for link in _LINK.finditer(paragraph):
        found += [Part(paragraph[end : link.start()], False), Part(link.group(), True)]
        end = link.end()
    return [part for part in [*found, Part(paragraph[end:], False)] if part.text]


def compose(letter: Letter, settings: Settings, stable_id: str, at: dt.datetime) -> EmailMessage:
    """The message; raises UnfitForAHeader. The same letter under the same stable id has the same Message-ID."""
    message = EmailMessage(policy=SMTP)
    message["From"] = _mailbox(letter.sender or _product(letter), settings.mail_from)
    message["To"] = _mailbox(letter.to_name, letter.to_address)
    message["Reply-To"] = _mailbox("", settings.support_address)
    message["Subject"] = _one_line(letter.subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{message_name(letter, settings, stable_id)}@{urlsplit(settings.public_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"  # so that nobody's absence note answers it (RFC 3834)
    if letter.stop_url:
        message["List-Unsubscribe"] = f"<{letter.stop_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    message.set_content(letter.body_text, cte="quoted-printable")
    message.add_alternative(_html(letter), subtype="html", cte="quoted-printable")
    # Last: setting a content takes away every header about content that stood before.
    message["Content-Language"] = letter.locale.replace("_", "-")
    return message


def message_name(letter: Letter, settings: Settings, stable_id: str) -> str:
    """The job's id with a veiled word about the letter: a restored database numbers its jobs from an earlier point."""
    return f"{stable_id}.{settings.keys.veil(f'{letter.to_address} {letter.subject}')}"


def _product(letter: Letter) -> str:
    with speaking(letter.locale):
        return str(PRODUCT["name"])


def _mailbox(name: str, address: str) -> Address:
    local, _, domain = _one_line(address).rpartition("@")
    return Address(display_name=_one_line(name), username=local, domain=domain.encode("idna").decode("ascii"))


def _one_line(text: str) -> str:
    if _CONTROL.search(text):
        raise UnfitForAHeader("a name, address or subject holds a line break or a control character")
    return text


def _html(letter: Letter) -> str:
    template = current_app.jinja_env.get_template("lms/integrations/mail.html")
    return template.render(letter=letter, paragraphs=paragraphs(letter.body_text))
