"""Settings are read once, every mistake is named at once, and production has no secret by default."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from lms.kernel.errors import Misconfigured
from lms.kernel.settings import KEY_NAMES, Settings, from_environment

PRODUCTION = {
    "LMS_ENV": "production",
    "DATABASE_URL": "postgresql://lms@/lms",
    "LMS_PUBLIC_URL": "https://seminar.example.org",
    "LMS_MAIL_URL": "smtps://mail.example.org",
    "LMS_MAIL_FROM": "seminar@example.org",
    **{f"LMS_{name.upper()}_KEY": f"{number:02x}" * 32 for number, name in enumerate(KEY_NAMES, 1)},
}


def without(*names: str) -> dict[str, str]:
    return {name: value for name, value in PRODUCTION.items() if name not in names}


def test_a_complete_production_starts(tmp_path: Path) -> None:
    settings = from_environment({**PRODUCTION, "LMS_HOME": str(tmp_path)})
    assert settings.secure
    assert not settings.development
    assert settings.keys.identity == bytes([2]) * 32
    assert not (tmp_path / "keys").exists()


def test_without_a_word_about_it_the_environment_is_production() -> None:
    with pytest.raises(Misconfigured):
        from_environment({})


def test_production_refuses_to_start_and_names_everything_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as refusal:
        from_environment({"LMS_ENV": "production", "LMS_HOME": str(tmp_path)})
    for name in (*PRODUCTION, "LMS_PUBLIC_URL"):
        assert name == "LMS_ENV" or name in str(refusal.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", sorted(set(PRODUCTION) - {"LMS_ENV"}))
def test_each_missing_setting_alone_stops_production(name: str, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=name):
        from_environment({**without(name), "LMS_HOME": str(tmp_path)})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"LMS_ENV": "staging"}, "LMS_ENV is 'staging'"),
        ({"LMS_PUBLIC_URL": "http://seminar.example.org"}, "https://"),
        ({"LMS_TRUSTED_PROXIES": "one"}, "LMS_TRUSTED_PROXIES is 'one'"),
        ({"LMS_TRUSTED_PROXIES": "-1"}, "LMS_TRUSTED_PROXIES"),
        ({"LMS_SECRET_KEY": "short"}, "LMS_SECRET_KEY must be 64 hexadecimal digits"),
        ({"LMS_LEDGER_KEY": "ab" * 31}, "LMS_LEDGER_KEY must be 64 hexadecimal digits"),
        ({"DATABASE_URL": "postgres://lms@/lms"}, "write postgresql://"),
        ({"LMS_MAIL_URL": "http://mail.example.org"}, "smtp:// or smtps://"),
        ({"LMS_ISSUER": "https://seminar.example.org"}, "LMS_ISSUER is 'https://seminar.example.org'; write did:web:"),
        ({"LMS_SIGN_OFFS": ""}, "LMS_SIGN_OFFS is ''"),
        ({"LMS_SIGN_OFFS": "history,history"}, "each once"),
        ({"LMS_SIGN_OFFS": "History; law"}, "write kinds such as history,law"),
    ],
)
def test_a_wrong_value_is_named_with_its_cure(change: dict[str, str], sentence: str, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as refusal:
        from_environment({**PRODUCTION, "LMS_HOME": str(tmp_path), **change})
    assert sentence in str(refusal.value)


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ({}, ("history", "sensitivity")),
        ({"LMS_SIGN_OFFS": "history, law,language"}, ("history", "law", "language")),
    ],
)
def test_the_kinds_of_sign_off_are_a_setting(said: dict[str, str], kinds: tuple[str, ...], tmp_path: Path) -> None:
    assert from_environment({**PRODUCTION, "LMS_HOME": str(tmp_path), **said}).sign_offs == kinds


def test_a_refusal_never_repeats_a_key(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as refusal:
        from_environment({**PRODUCTION, "LMS_HOME": str(tmp_path), "LMS_SECRET_KEY": "5ec4e7"})
    assert "5ec4e7" not in str(refusal.value)


def test_development_makes_keys_that_only_their_owner_reads(tmp_path: Path) -> None:
    environ = {"LMS_ENV": "development", "LMS_HOME": str(tmp_path)}
    first, second = from_environment(environ), from_environment(environ)
    assert first.keys == second.keys
    assert len({first.keys.secret, first.keys.identity, first.keys.ledger}) == 3
    for name in KEY_NAMES:
        assert stat.S_IMODE((tmp_path / "keys" / f"{name}.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_production_takes_its_keys_from_files_and_refuses_readable_ones(tmp_path: Path) -> None:
    environ = {**without(*(f"LMS_{name.upper()}_KEY" for name in KEY_NAMES)), "LMS_KEYS": str(tmp_path)}
    for number, name in enumerate(KEY_NAMES):
        path = tmp_path / f"{name}.key"
        path.write_text(f"{number:02x}" * 32 + "\n")
        path.chmod(0o600)
    assert from_environment(environ).keys.ledger == bytes([2]) * 32
    (tmp_path / "ledger.key").chmod(0o644)
    with pytest.raises(Misconfigured, match="chmod 600"):
        from_environment(environ)


def test_the_database_is_a_file_in_the_home_unless_another_is_named(tmp_path: Path) -> None:
    assert Settings(home=tmp_path).database == f"sqlite:///{tmp_path / 'lms.sqlite'}"
    assert Settings(home=tmp_path, database_url="postgresql://x/y").database == "postgresql://x/y"


def test_people_write_to_the_sender_unless_another_address_is_named(tmp_path: Path) -> None:
    sender = {**PRODUCTION, "LMS_MAIL_FROM": "house@example.org"}
    assert from_environment(sender).support_address == "house@example.org"
    assert from_environment({**sender, "LMS_SUPPORT_ADDRESS": "help@example.org"}).support_address == "help@example.org"


def test_settings_do_not_show_keys_when_printed() -> None:
    assert "keys" not in repr(from_environment(PRODUCTION))
