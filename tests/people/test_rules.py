"""Names, mandates, passwords, paths, sessions and codes as tables of cases."""

from __future__ import annotations

import datetime as dt
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.people.passwords import common_passwords
from lms.people.rules import Grant, MandateRefusal, MandateState, NameOrder, PersonName, Role, ScopeKind, scope_of
from lms.people.rules import mandates as rules
from lms.people.rules.codes import spaced, tidy_code, usable
from lms.people.rules.names import TextMistake, mistake_in_line, mistake_in_name, mistake_in_parts, tidy_line
from lms.people.rules.networks import network_of
from lms.people.rules.passwords import PasswordMistake, mistake_in_password
from lms.people.rules.paths import local_path
from lms.people.rules.sessions import ABSOLUTE, KEPT, device_words, lifetime, lives
from tests.conftest import NOW

DAY = NOW.date()


@pytest.mark.parametrize(
    "name",
    [
        "Amina Mfano",
        "Nguyễn Văn Ví Dụ",
        "مثال بن مثال",
        "例 太郎",
        "ตัวอย่าง",
        "O'Ejemplo-Ñ",
        "Mononym",
        "می‌خواهم",
        "J. Przykład III",
        "x" * 200,
    ],
)
def test_a_name_may_be_in_any_script(name: str) -> None:
    assert mistake_in_name(name) is None


@pytest.mark.parametrize(
    ("name", "mistake"),
    [
        ("", TextMistake.EMPTY),
        ("   ", TextMistake.EMPTY),
        ("12 34", TextMistake.NO_LETTERS),
        ("x" * 201, TextMistake.TOO_LONG),
        ("Amina\r\nBcc: all@example.org", TextMistake.CONTROL),
        ("Amina\x00", TextMistake.CONTROL),
        ("Amina\u202eonafM", TextMistake.CONTROL),
        ("Amina\u2066Mfano", TextMistake.CONTROL),
        ("Amina\u200fMfano", TextMistake.CONTROL),
        ("Ami\u200bna", TextMistake.CONTROL),
        ("Amina\u2028Mfano", TextMistake.CONTROL),
        ("Amina\ue000", TextMistake.CONTROL),
    ],
)
def test_what_is_no_name_is_refused(name: str, mistake: TextMistake) -> None:
    assert mistake_in_name(name) is mistake


@pytest.mark.parametrize("part", ["latin", "address", "for_lists"])
def test_every_part_of_a_name_is_looked_at(part: str) -> None:
    assert mistake_in_parts(PersonName("Amina", **{part: "a\nb"})) is TextMistake.CONTROL  # type: ignore[arg-type]
    assert mistake_in_parts(PersonName("Amina", **{part: ""})) is None  # type: ignore[arg-type]


def test_names_are_kept_in_one_normal_form() -> None:
    assert tidy_line("  Jose\u0301   Ejemplo ") == "José Ejemplo"


@given(st.text(max_size=60))
def test_what_passes_as_a_line_has_no_hidden_characters_and_is_stable(text: str) -> None:
    tidy = tidy_line(text)
    assert tidy_line(tidy) == tidy
    if mistake_in_line(tidy, 200) is None:
        assert all(unicodedata.category(char) != "Cc" for char in tidy)


@given(st.builds(PersonName, full=st.text(), latin=st.text(), order=st.sampled_from(NameOrder), address=st.text()))
def test_a_name_is_what_was_sealed(name: PersonName) -> None:
    assert PersonName.from_json(name.to_json()) == name


STAYS = ("/", "/account", "/learn/x/units/y?page=2", "/a?next=/b", "/a?text=a%20b", "/é", "/a..b/...", "/a?up=/../b")
LEAVES = (
    *(
        "",
        "account",
        "https://evil.example",
        "http:evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
    ),
    *("\\\\evil.example", "/%2fevil.example", "/%2Fevil.example", "/%5cevil.example", "%2f%2fevil.example"),
    *("/%252fevil.example", "/%255cevil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x"),
    *("/..//evil", "/.//evil", "/a/..", "/a/%2e%2e/b", "/a/.%2E/b", "/a/%252e%252e/b", "/a%3f/%2e%2e/b", "/a%2f../b"),
    *("/\t/evil.example", "/\n/evil.example", "/\r\nLocation: x", " //evil.example", "\x00/", "/\x00", "/%0d%0aX: y"),
    *(
        "/a\\..\\b",
        "@evil.example",
        ".evil.example",
        "?x",
        "#x",
        "/" + "a" * 600,
        "/ /evil.example",
        "/%09/evil.example",
    ),
)


@pytest.mark.parametrize("path", STAYS)
def test_paths_of_ours_are_followed(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize("path", LEAVES)
def test_whatever_could_leave_us_is_not_followed(path: str) -> None:
    assert local_path(path) is None


@pytest.mark.parametrize(
    ("password", "mistake"),
    [
        ("elevenchars", PasswordMistake.SHORT),
        ("x" * 513, PasswordMistake.LONG),
        ("passwordpassword", PasswordMistake.COMMON),
        ("Password123456!", PasswordMistake.COMMON),
        ("P@ssw0rd2027!!", PasswordMistake.COMMON),
        ("qwertyuiopasdfgh", PasswordMistake.COMMON),
        ("123456789012", PasswordMistake.COMMON),
        ("abcdefghijklmn", PasswordMistake.COMMON),
        ("aaaabbbbccccdddd", PasswordMistake.COMMON),
        ("lemkinseminar2027", PasswordMistake.CONTEXT),
        ("GenocidePrevention!", PasswordMistake.CONTEXT),
        ("AminaMfano2027", PasswordMistake.CONTEXT),
        ("three grey herons", None),
        ("кошка спит на окне", None),
        ("x1y2z3 q8w7e6 herons and more and more and more and more and more and more", None),
        ("aK9#mQ2$vL5p", None),
    ],
)
def test_a_password_is_long_and_not_the_first_that_is_guessed(password: str, mistake: PasswordMistake | None) -> None:
    found = mistake_in_password(password, common=common_passwords(), own_words=("Amina Mfano", "amina@example.org"))
    assert found is mistake


def test_staff_sign_in_anew_sooner_and_keep_no_device() -> None:
    assert lifetime(staff=True, keep=True).idle == dt.timedelta(minutes=30)
    assert lifetime(staff=True, keep=True).absolute == ABSOLUTE
    assert lifetime(staff=False, keep=False).idle == dt.timedelta(hours=8)
    assert lifetime(staff=False, keep=True).absolute == KEPT


@pytest.mark.parametrize(
    ("idle_minutes", "age_hours", "staff", "alive"),
    [
        (29, 1, True, True),
        (30, 1, True, False),
        (479, 8, False, True),
        (480, 8, False, False),
        (1, 12, False, False),
        (1, 11, False, True),
    ],
)
def test_a_session_ends_at_its_limits(idle_minutes: int, age_hours: int, staff: bool, alive: bool) -> None:
    created = NOW - dt.timedelta(hours=age_hours)
    found = lives(
        created_at=created,
        seen_at=NOW - dt.timedelta(minutes=idle_minutes),
        expires_at=created + ABSOLUTE,
        idle=dt.timedelta(hours=8),
        staff=staff,
        at=NOW,
    )
    assert found is alive


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537 Chrome/140.0 Mobile Safari/537", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18 like Mac OS X) Version/18 Safari/604", "Safari, iPhone"),
        ("curl/8\r\n<script>", ""),
    ],
)
def test_a_device_is_told_in_two_words(agent: str, words: str) -> None:
    assert device_words(agent) == words


def test_codes_are_read_as_people_type_them() -> None:
    assert tidy_code(" abcd-2346 ") == "ABCD2346"
    assert spaced("ABCD2346") == "ABCD 2346"


def test_five_wrong_codes_close_a_link() -> None:
    later = NOW + dt.timedelta(days=1)
    assert usable(expires_at=later, used_at=None, void_at=None, wrong=4, at=NOW)
    assert not usable(expires_at=later, used_at=None, void_at=None, wrong=5, at=NOW)
    assert not usable(expires_at=NOW, used_at=None, void_at=None, wrong=0, at=NOW)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("scope", ScopeKind)
def test_each_role_is_given_over_what_fits_it(role: Role, scope: ScopeKind) -> None:
    scope_id = None if scope is ScopeKind.ALL else "x"
    fits = scope in rules.ALLOWED_SCOPES[role]
    assert (rules.scope_refusal(role, scope, scope_id, DAY, None) is None) is fits


def test_a_scope_is_named_unless_it_is_everything() -> None:
    assert rules.scope_refusal(Role.TRAINER, ScopeKind.ALL, "x", DAY, None) is MandateRefusal.WRONG_SCOPE
    assert rules.scope_refusal(Role.TRAINER, ScopeKind.COURSE, None, DAY, None) is MandateRefusal.WRONG_SCOPE
    before = DAY - dt.timedelta(days=1)
    assert rules.scope_refusal(Role.TRAINER, ScopeKind.ALL, None, DAY, before) is MandateRefusal.DATES


@pytest.mark.parametrize(
    ("state", "by", "administrator", "refusal"),
    [
        (MandateState.PROPOSED, 2, True, None),
        (MandateState.PROPOSED, 1, True, MandateRefusal.PROPOSER),
        (MandateState.PROPOSED, 3, True, MandateRefusal.CONCERNED),
        (MandateState.PROPOSED, 2, False, MandateRefusal.NOT_ADMINISTRATOR),
        (MandateState.IN_FORCE, 2, True, MandateRefusal.NOT_PROPOSED),
        (MandateState.DECLINED, 2, True, MandateRefusal.NOT_PROPOSED),
        (MandateState.ENDED, 2, True, MandateRefusal.NOT_PROPOSED),
    ],
)
def test_a_second_person_confirms(
    state: MandateState, by: int, administrator: bool, refusal: MandateRefusal | None
) -> None:
    found = rules.may_decide(state=state, concerned=3, proposer=1, by=by, by_is_administrator=administrator)
    assert found is refusal


@pytest.mark.parametrize(
    ("by", "administrators", "reason", "refusal"),
    [
        (1, {1}, "There is no second administrator yet.", None),
        (1, {1}, "too short", MandateRefusal.REASON),
        (1, {1}, " " * 40, MandateRefusal.REASON),
        (1, {1, 2}, "There is no second administrator yet.", MandateRefusal.SECOND_EXISTS),
        (1, {1, 3}, "There is no second administrator yet.", None),
        (3, {3}, "There is no second administrator yet.", MandateRefusal.CONCERNED),
        (4, {1}, "There is no second administrator yet.", MandateRefusal.NOT_ADMINISTRATOR),
    ],
)
def test_alone_only_in_writing_and_only_without_a_second(
    by: int, administrators: set[int], reason: str, refusal: MandateRefusal | None
) -> None:
    found = rules.may_confirm_alone(
        state=MandateState.PROPOSED, concerned=3, by=by, administrators=frozenset(administrators), reason=reason
    )
    assert found is refusal


def test_the_last_administrator_stays() -> None:
    last = {"role": Role.ADMINISTRATOR, "state": MandateState.IN_FORCE, "concerned": 1, "by": 1}
    assert rules.may_end(**last, administrators=frozenset({1})) is MandateRefusal.LAST  # type: ignore[arg-type]
    assert rules.may_end(**last, administrators=frozenset({1, 2})) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(("day", "holds"), [(-1, False), (0, True), (10, True), (11, False)])
def test_a_mandate_lapses_by_its_date(day: int, holds: bool) -> None:
    until = DAY + dt.timedelta(days=10)
    assert rules.in_force(MandateState.IN_FORCE, DAY, until, DAY + dt.timedelta(days=day)) is holds


def test_figures_never_widen_what_is_shown_by_name() -> None:
    scope = scope_of(1, [Grant(Role.EVALUATOR, ScopeKind.ALL), Grant(Role.OBSERVER, ScopeKind.EDITION, "e")])
    assert scope.counts_only
    assert scope.counts_everything
    assert not scope.everything
    assert scope.editions == frozenset()
    both = scope_of(1, [Grant(Role.EVALUATOR, ScopeKind.ALL), Grant(Role.FOCAL_POINT, ScopeKind.STATE, "KE")])
    assert not both.counts_only
    assert both.states == {"KE"}
    assert not both.everything


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_tries_are_counted_by_what_a_network_is_given(address: str, network: str) -> None:
    assert network_of(address) == network
