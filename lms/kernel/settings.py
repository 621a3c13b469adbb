"""Every setting of the system, read once from the environment; outside development nothing secret has a default."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, current_app

from .errors import Misconfigured
from .secrets import KEY_BYTES, Keyring, new_key
from .values import dataclass

KEY_NAMES = ("secret", "identity", "ledger")
ENVIRONMENTS = ("development", "testing", "production")


@dataclass(frozen=True)
class Settings:
    """What an operator decides. Each field is the environment variable LMS_<NAME>, but DATABASE_URL."""

    env: str = "development"
    """development, testing or production."""
    home: Path = Path("instance")
    """The folder for what the system keeps outside the database: keys in development, anchors, the SQLite file."""
    database_url: str = ""
    """postgresql://… or sqlite:///…; DATABASE_URL. Empty: a SQLite file in `home`."""
    public_url: str = "http://127.0.0.1:8000"
    """Where people reach us; links in mail begin with it, never with what a client says in its Host header."""
    mail_url: str = ""
    """smtp://user:password@host:port or smtps://…; empty: mail is kept and, in development, shown on a page."""
    mail_from: str = "seminar@example.org"
    """The sender of every mail."""
    support_address: str = "seminar@example.org"
    """Whom people write to when they cannot get in; the sender of the mail, unless said."""
    trusted_proxies: int = 0
    """How many proxies in front set X-Forwarded-For and -Proto; 0 believes none of them."""
    sign_offs: tuple[str, ...] = ("history", "sensitivity")
    """What reviewers stand for before a course is published, by kind; "language" once for each changed translation."""
    issuer: str = ""
    """The `did:web:…` id that records are signed under, for ever; empty: nothing is signed outside development."""
    key_folder: Path | None = None
    """The folder of key files, LMS_KEYS; `keys` in `home` when nothing is said."""
    keys: Keyring = field(default=Keyring(b"", b"", b""), repr=False)
    """The three root keys: LMS_SECRET_KEY, LMS_IDENTITY_KEY, LMS_LEDGER_KEY (64 hexadecimal digits each), or files
    secret.key, identity.key, ledger.key in the folder LMS_KEYS."""

    @property
    def development(self) -> bool:
        """True where demonstration data, generated keys and the mail page are allowed."""
        return self.env in ("development", "testing")

    @property
    def keys_at(self) -> Path:
        """Where key files lie."""
        return self.key_folder or self.home / "keys"

    @property
    def secure(self) -> bool:
        """True where cookies must travel over https only."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def database(self) -> str:
        """The address SQLAlchemy opens."""
        return self.database_url or f"sqlite:///{(self.home / 'lms.sqlite').resolve()}"


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read and check the settings; raises Misconfigured with every mistake in one message."""
    mistakes: list[str] = []
    env = environ.get("LMS_ENV", "production")
    if env not in ENVIRONMENTS:
        mistakes.append(f"LMS_ENV is {env!r}; it must be one of {', '.join(ENVIRONMENTS)}.")
    home = Path(environ.get("LMS_HOME", "instance"))
    settings = Settings(
        env=env,
        home=home,
        database_url=environ.get("DATABASE_URL", ""),
        public_url=environ.get("LMS_PUBLIC_URL", Settings.public_url).rstrip("/"),
        mail_url=environ.get("LMS_MAIL_URL", ""),
        mail_from=environ.get("LMS_MAIL_FROM", Settings.mail_from),
        support_address=environ.get("LMS_SUPPORT_ADDRESS") or environ.get("LMS_MAIL_FROM", Settings.support_address),
        trusted_proxies=_whole("LMS_TRUSTED_PROXIES", environ, mistakes),
        sign_offs=_sign_offs(environ, mistakes),
        issuer=_issuer(environ, mistakes),
        key_folder=Path(environ["LMS_KEYS"]) if environ.get("LMS_KEYS") else None,
        keys=_keyring(environ, env, home, mistakes),
    )
    mistakes += _production_mistakes(environ, settings)
    if mistakes:
        raise Misconfigured("The system does not start. " + " ".join(mistakes))
    return settings


def _whole(name: str, environ: Mapping[str, str], mistakes: list[str]) -> int:
    text = environ.get(name, "0")
    if not text.isdigit():
        mistakes.append(f"{name} is {text!r}; it must be a whole number.")
        return 0
    return int(text)


def _sign_offs(environ: Mapping[str, str], mistakes: list[str]) -> tuple[str, ...]:
    text = environ.get("LMS_SIGN_OFFS")
    if text is None:
        return Settings.sign_offs
    kinds = tuple(kind.strip() for kind in text.split(","))
    if len(set(kinds)) < len(kinds) or not all(re.fullmatch("[a-z][a-z-]{0,39}", kind) for kind in kinds):
        mistakes.append(f"LMS_SIGN_OFFS is {text!r}; write kinds such as history,law,sensitivity,language, each once.")
    return kinds


def _issuer(environ: Mapping[str, str], mistakes: list[str]) -> str:
    did = environ.get("LMS_ISSUER", "")
    if did and not re.fullmatch(r"did:web:[A-Za-z0-9.-]+(%3A\d+)?(:[A-Za-z0-9._-]+)*", did):
        mistakes.append(f"LMS_ISSUER is {did!r}; write did:web: and the host name, as in did:web:seminar.example.org.")
    return did


def _production_mistakes(environ: Mapping[str, str], settings: Settings) -> list[str]:
    mistakes = []
    if settings.database_url.startswith("postgres://"):
        mistakes.append("DATABASE_URL begins with postgres://; write postgresql://.")
    if settings.mail_url and urlsplit(settings.mail_url).scheme not in ("smtp", "smtps"):
        mistakes.append("LMS_MAIL_URL must begin with smtp:// or smtps://.")
    if settings.env != "production":
        return mistakes
    if not settings.secure:
        mistakes.append("LMS_PUBLIC_URL must be set and begin with https://.")
    mistakes += [
        f"{name} is not set." for name in ("DATABASE_URL", "LMS_MAIL_URL", "LMS_MAIL_FROM") if not environ.get(name)
    ]
    return mistakes


def _keyring(environ: Mapping[str, str], env: str, home: Path, mistakes: list[str]) -> Keyring:
    folder = Path(environ.get("LMS_KEYS", home / "keys"))
    found = {name: _key(name, environ, folder, env, mistakes) for name in KEY_NAMES}
    return Keyring(**found)


def _key(name: str, environ: Mapping[str, str], folder: Path, env: str, mistakes: list[str]) -> bytes:
    variable, path = f"LMS_{name.upper()}_KEY", folder / f"{name}.key"
    text = environ.get(variable, "")
    if not text and path.exists():
        if path.stat().st_mode & 0o077:
            mistakes.append(f"{path} can be read by others; run chmod 600 on it.")
        text = path.read_text().strip()
    if not text and env in ("development", "testing"):
        text = make_key(path)
    if not text:
        mistakes.append(f"{variable} is not set and {path} does not exist.")
        return b""
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        mistakes.append(f"{variable} must be {KEY_BYTES * 2} hexadecimal digits.")
    return key


def make_key(path: Path) -> str:
    """Write a fresh key that only its owner can read, unless there is one already; gives the key in force."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(new_key().hex() + "\n")
    return path.read_text().strip()


def settings_of(app: Flask) -> Settings:
    """The settings an app was made with."""
    settings: Settings = app.extensions["lms.settings"]
    return settings


def present_settings() -> Settings:
    """The settings of the app at work."""
    settings: Settings = current_app.extensions["lms.settings"]
    return settings


def keyring() -> Keyring:
    """The keys of the app at work."""
    return present_settings().keys
