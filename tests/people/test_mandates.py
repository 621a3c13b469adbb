"""Mandates with an end: said when given, kept to the day, written in time, handed over in one act by two people."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lms.kernel.checks import run_all
from lms.kernel.clock import frozen
from lms.kernel.models import Job
from lms.kernel.unit_of_work import unit_of_work
from lms.people import services
from lms.people.letters import letter_for
from lms.people.models import Mandate, MandateAct, MandateEndTold, Person
from lms.people.queries import grants_of, person_by_address
from lms.people.queries.mandates import mandate as held_still
from lms.people.rules import MandateState, Role, ScopeKind
from lms.people.rules.mandates import MandateActKind, a_year_from
from tests.conftest import NOW
from tests.learning.makers import publish
from tests.people.makers import give_mandate, make_person, signed_in_client
from tests.records.makers import make_edition
from tests.seminars.makers import enrol_person

TODAY = NOW.date()
DAY = dt.timedelta(days=1)


def states(session: object) -> list[tuple[int, MandateState]]:
    rows = session.execute(select(Mandate.person_id, Mandate.state).order_by(Mandate.id))  # type: ignore[attr-defined]
    return [tuple(row) for row in rows]


# The end ----------------------------------------------------------------------------------------------------------


def test_a_focal_point_and_an_evaluator_are_not_proposed_without_a_last_day(app: Flask) -> None:
    administrator = make_person()
    give_mandate(administrator, Role.ADMINISTRATOR)
    client = signed_in_client(app, administrator)
    form = {"address": "new@example.org", "name": "Nia Mfano", "since": TODAY.isoformat(), "until": ""}
    for role, reach, status in (
        ("focal-point", "state:TZ", 422),
        ("evaluator", "all", 422),
        ("coordinator", "all", 303),
    ):
        answer = client.post("/mandates/new", data={**form, "role": role, "reach": reach})
        assert answer.status_code == status, role
        assert ("hold their mandate for a time" in answer.text) == (status == 422)
    page = client.get("/mandates/new").text
    assert f'value="{a_year_from(TODAY).isoformat()}"' in page


def test_what_an_operator_gives_without_an_end_lasts_a_year_where_an_end_has_to_be_said(app: Flask) -> None:
    ends = {
        role: give_mandate(make_person(), role, kind, about).until
        for role, kind, about in (
            (Role.FOCAL_POINT, ScopeKind.STATE, "TZ"),
            (Role.EVALUATOR, ScopeKind.ALL, None),
            (Role.COORDINATOR, ScopeKind.ALL, None),
        )
    }
    year = dt.date(2028, 4, 11)
    assert ends == {Role.FOCAL_POINT: year, Role.EVALUATOR: year, Role.COORDINATOR: None}


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (dt.date(2027, 4, 12), dt.date(2028, 4, 11)),
        (dt.date(2027, 1, 1), dt.date(2027, 12, 31)),
        (dt.date(2028, 2, 29), dt.date(2029, 2, 28)),
        (dt.date(2027, 3, 1), dt.date(2028, 2, 29)),
    ],
)
def test_a_year_ends_the_day_before_it_begins_again(since: dt.date, until: dt.date) -> None:
    assert a_year_from(since) == until


def test_a_mandate_shows_people_to_its_last_second_and_nobody_after_it(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        enrol_person(session, edition, name="Zawadi Ejemplo", state="TZ")
    focal = make_person()
    give_mandate(focal, Role.FOCAL_POINT, ScopeKind.STATE, "TZ", until=TODAY)
    path = f"/editions/{edition.public_id}/people"
    last = dt.datetime.combine(TODAY, dt.time(23, 59, 59, 999_999), dt.UTC)
    with frozen(last):
        client = signed_in_client(app, focal)
        assert "Zawadi Ejemplo" in client.get(path).text
    with frozen(last + dt.timedelta(microseconds=1)):
        again = signed_in_client(app, focal)
        for one in (client, again):
            answers = [one.get(where) for where in (path, f"/editions/{edition.public_id}", "/editions", "/")]
            assert [answer.status_code for answer in answers] in ([404, 404, 404, 200], [303, 303, 303, 303])
            assert "Zawadi Ejemplo" not in "".join(answer.text for answer in answers)


# The letter -------------------------------------------------------------------------------------------------------


def letters() -> list[tuple[str, int, str]]:
    with unit_of_work() as session:
        jobs = session.scalars(select(Job).where(Job.kind == "mail.send").order_by(Job.id)).all()
        return [(job.payload["template"], job.payload["person_id"], job.payload["context"]["until"]) for job in jobs]


def daily(at: dt.datetime) -> None:
    with frozen(at), unit_of_work() as session:
        services.tell_of_ends(session, {}, at)


def test_the_end_is_written_fourteen_days_before_once_to_the_holder_and_to_the_administrators(app: Flask) -> None:
    administrator, focal = make_person(), make_person()
    give_mandate(administrator, Role.ADMINISTRATOR)
    until = TODAY + 15 * DAY
    give_mandate(focal, Role.FOCAL_POINT, ScopeKind.STATE, "TZ", until=until)
    give_mandate(make_person(), Role.EVALUATOR, until=TODAY + 60 * DAY)
    daily(NOW)
    assert letters() == []
    for _ in range(3):
        daily(NOW + DAY)
    day = until.isoformat()
    expected = [("people/mandate-ends", focal.id, day), ("people/mandate-of-another-ends", administrator.id, day)]
    assert letters() == expected
    daily(NOW + 10 * DAY)
    assert letters() == expected
    with unit_of_work() as session:
        assert [told.until for told in session.scalars(select(MandateEndTold))] == [until]


def test_a_letter_about_an_end_that_came_before_it_is_written_to_nobody(app: Flask) -> None:
    give_mandate(make_person(), Role.ADMINISTRATOR)
    ending = give_mandate(make_person(), Role.EVALUATOR, until=TODAY + DAY)
    daily(NOW)
    with unit_of_work() as session:
        payloads = [job.payload for job in session.scalars(select(Job).where(Job.kind == "mail.send"))]
        assert [letter_for(session, one) is None for one in payloads] == [False, False]
        services.end(session, mandate=session.get_one(Mandate, ending.id), by=ending.person_id, at=NOW)
        session.flush()
        assert [letter_for(session, one) for one in payloads] == [None, None]


def test_a_mandate_that_is_over_or_has_no_end_is_written_to_nobody(app: Flask) -> None:
    give_mandate(make_person(), Role.COORDINATOR)
    give_mandate(make_person(), Role.COORDINATOR, since=TODAY - 9 * DAY, until=TODAY - DAY)
    ended = give_mandate(make_person(), Role.EVALUATOR, until=TODAY + DAY)
    with unit_of_work() as session:
        services.end(session, mandate=session.get_one(Mandate, ended.id), by=ended.person_id, at=NOW)
    daily(NOW)
    assert letters() == []


# Handing over -----------------------------------------------------------------------------------------------------


def successor_of(app: Flask, holder: Person, mandate: Mandate, **more: str) -> int:
    form = {"address": "next@example.org", "name": "Neema Mfano", "until": (TODAY + 300 * DAY).isoformat(), **more}
    return signed_in_client(app, holder).post(f"/mandate/{mandate.public_id}/successor", data=form).status_code


def proposed() -> str:
    with unit_of_work() as session:
        return session.scalars(select(Mandate.public_id).where(Mandate.state == MandateState.PROPOSED)).one()


def test_a_mandate_changes_hands_in_one_act_that_two_people_stand_behind(app: Flask) -> None:
    focal, coordinator = make_person("Radosław Przykład"), make_person()
    held = give_mandate(focal, Role.FOCAL_POINT, ScopeKind.STATE, "TZ")
    give_mandate(coordinator, Role.COORDINATOR)
    assert successor_of(app, focal, held) == 303
    with unit_of_work() as session:
        assert [state for _who, state in states(session)][-1] is MandateState.PROPOSED
        assert grants_of(session, focal.id, TODAY)
    client = signed_in_client(app, coordinator)
    page = client.get("/successors").text
    assert "Neema Mfano" in page
    assert "Radosław Przykład" in page
    assert client.post(f"/successors/{proposed()}/confirm").status_code == 303
    with unit_of_work() as session:
        after = person_by_address(session, "next@example.org")
        assert after is not None
        assert [grant.scope_id for grant in grants_of(session, after.id, TODAY)] == ["TZ"]
        assert grants_of(session, focal.id, TODAY) == ()
        acts = session.execute(select(MandateAct.kind, MandateAct.at).order_by(MandateAct.id)).all()[-2:]
    assert [act.kind for act in acts] == [MandateActKind.ENDED, MandateActKind.CONFIRMED]
    assert acts[0].at == acts[1].at
    with unit_of_work() as session:
        found = run_all(session)
        assert found["people.mandates"] == found["people.successions"] == found["people.mandate_ends"] == []
        session.get_one(Mandate, held.id).state = MandateState.IN_FORCE
        session.flush()
        assert len(run_all(session)["people.successions"]) == 1
        session.rollback()


def test_nobody_confirms_what_they_proposed_nor_what_is_to_be_theirs(app: Flask) -> None:
    both, successor = make_person(), make_person("Neema Mfano", "next@example.org")
    held = give_mandate(both, Role.FOCAL_POINT, ScopeKind.STATE, "TZ")
    for person in (both, successor):
        give_mandate(person, Role.COORDINATOR)
    assert successor_of(app, both, held) == 303
    for person, said in ((both, "You proposed this mandate."), (successor, "Nobody gives a mandate to themselves.")):
        answer = signed_in_client(app, person).post(f"/successors/{proposed()}/confirm")
        assert answer.status_code == 422
        assert said in answer.text
    assert successor_of(app, both, held, address="other@example.org") == 409, "a successor is proposed already"
    assert signed_in_client(app, both).post(f"/successors/{proposed()}/decline").status_code == 303
    assert successor_of(app, both, held) == 303


def test_only_the_holder_and_administrators_propose_and_only_those_over_everything_decide(app: Flask) -> None:
    focal, other, administrator = make_person(), make_person(), make_person()
    held = give_mandate(focal, Role.FOCAL_POINT, ScopeKind.STATE, "TZ")
    with unit_of_work() as session:
        edition = make_edition(session)
    give_mandate(other, Role.COORDINATOR, ScopeKind.EDITION, edition.public_id)
    give_mandate(administrator, Role.ADMINISTRATOR)
    assert successor_of(app, other, held) == 404
    assert successor_of(app, focal, held, address="") == 422
    assert successor_of(app, administrator, held) == 303
    client = signed_in_client(app, other)
    assert client.get("/successors").status_code == 404
    for verb in ("confirm", "decline"):
        assert client.post(f"/successors/{proposed()}/{verb}").status_code == 404
    assert signed_in_client(app, focal).get("/successors").status_code == 404


def test_the_holder_of_an_evaluators_mandate_is_followed_by_an_administrators_yes_alone(app: Flask) -> None:
    evaluator, coordinator, administrator = make_person(), make_person(), make_person()
    held = give_mandate(evaluator, Role.EVALUATOR)
    give_mandate(coordinator, Role.COORDINATOR)
    give_mandate(administrator, Role.ADMINISTRATOR)
    assert successor_of(app, evaluator, held) == 303
    answer = signed_in_client(app, coordinator).post(f"/successors/{proposed()}/confirm")
    assert answer.status_code == 422
    assert signed_in_client(app, administrator).post(f"/mandates/{proposed()}/confirm").status_code == 303
    with unit_of_work() as session:
        assert grants_of(session, evaluator.id, TODAY) == ()


def test_a_proposal_whose_last_day_has_passed_cannot_be_confirmed(app: Flask) -> None:
    focal, coordinator = make_person(), make_person()
    held = give_mandate(focal, Role.FOCAL_POINT, ScopeKind.STATE, "TZ")
    give_mandate(coordinator, Role.COORDINATOR)
    assert successor_of(app, focal, held, until=TODAY.isoformat()) == 303
    with frozen(NOW + DAY):
        answer = signed_in_client(app, coordinator).post(f"/successors/{proposed()}/confirm")
        assert "The last day has passed." in answer.text
        with unit_of_work() as session:
            row = held_still(session, held.public_id)
            assert row is not None
            assert row.state is MandateState.IN_FORCE


def test_a_successor_whom_nobody_confirmed_in_time_stands_in_nobodys_way(app: Flask) -> None:
    focal, coordinator = make_person(), make_person()
    held = give_mandate(focal, Role.FOCAL_POINT, ScopeKind.STATE, "TZ")
    give_mandate(coordinator, Role.COORDINATOR)
    assert successor_of(app, focal, held, until=TODAY.isoformat()) == 303
    lapsed = proposed()
    assert successor_of(app, focal, held) == 409
    with frozen(NOW + DAY):
        page = signed_in_client(app, focal).get("/").text
        assert "propose a successor" in page
        assert "A successor is proposed" not in page
        assert successor_of(app, focal, held) == 303
        assert proposed() != lapsed
        assert signed_in_client(app, coordinator).post(f"/successors/{proposed()}/confirm").status_code == 303
    with unit_of_work() as session:
        assert run_all(session)["people.mandates"] == []


def test_whoever_proposed_a_successor_takes_it_back_and_nobody_else_does(app: Flask) -> None:
    focal, administrator, coordinator = make_person(), make_person(), make_person()
    held = give_mandate(focal, Role.FOCAL_POINT, ScopeKind.STATE, "TZ")
    give_mandate(administrator, Role.ADMINISTRATOR)
    give_mandate(coordinator, Role.COORDINATOR)
    path, client = f"/mandate/{held.public_id}/successor/take-back", signed_in_client(app, focal)
    assert successor_of(app, focal, held) == 303
    assert signed_in_client(app, coordinator).post(path).status_code == 404
    assert [client.post(path).status_code for _twice in range(2)] == [303, 303]
    assert successor_of(app, administrator, held) == 303
    page = client.get("/").text
    assert "A successor is proposed" in page
    assert "/take-back" not in page
    assert client.post(path).status_code == 422, "it is the administrator's proposal"
    assert signed_in_client(app, coordinator).post(f"/successors/{proposed()}/confirm").status_code == 303
    assert client.post(path).status_code == 409, "it has changed hands"


def test_one_mandate_is_not_held_twice_by_one_person(app: Flask) -> None:
    first, second = make_person(), make_person()
    for one in (first, second):
        give_mandate(one, Role.ADMINISTRATOR)
    client, other = signed_in_client(app, first), signed_in_client(app, second)
    form = {"address": "next@example.org", "name": "Neema Mfano", "role": "focal-point", "reach": "state:TZ"}
    days = {"since": TODAY.isoformat(), "until": (TODAY + 9 * DAY).isoformat()}
    later = {"since": (TODAY + 10 * DAY).isoformat(), "until": (TODAY + 20 * DAY).isoformat()}
    went = {client.post("/mandates/new", data=form | days).location for _twice in range(2)}
    assert went == {f"/mandates/{proposed()}"}
    again = "This person holds this mandate on some of these days"
    assert again in other.post("/mandates/new", data=form | days).text
    assert other.post(f"/mandates/{proposed()}/confirm").status_code == 303
    for data, status in ((days, 422), (days | {"until": later["until"]}, 422), (later, 303)):
        assert client.post("/mandates/new", data=form | data).status_code == status
    with unit_of_work() as session:
        session.scalars(select(Mandate).where(Mandate.state == MandateState.PROPOSED)).one().since = TODAY
    assert again in other.post(f"/mandates/{proposed()}/confirm").text, "from before it was looked at"
    with frozen(NOW + 10 * DAY):
        assert signed_in_client(app, second).post(f"/mandates/{proposed()}/confirm").status_code == 303


def test_what_nobody_holds_any_more_is_handed_to_nobody(app: Flask) -> None:
    focal, coordinator, administrator = make_person(), make_person(), make_person()
    held = give_mandate(focal, Role.FOCAL_POINT, ScopeKind.STATE, "TZ", until=TODAY + DAY)
    give_mandate(coordinator, Role.COORDINATOR)
    give_mandate(administrator, Role.ADMINISTRATOR)
    assert successor_of(app, focal, held) == 303
    waiting = proposed()
    with frozen(NOW + 2 * DAY):
        answer = signed_in_client(app, coordinator).post(f"/successors/{waiting}/confirm")
        assert "was to take the place of is over" in answer.text
    ended = signed_in_client(app, administrator).post(f"/mandates/{held.public_id}/end", data={"reason": "Withdrawn"})
    assert ended.status_code == 303
    with unit_of_work() as session:
        row = held_still(session, waiting)
        assert row is not None
        assert row.state is MandateState.DECLINED
        assert grants_of(session, row.person_id, TODAY) == ()


def test_a_successor_holds_a_mandate_for_a_year_at_most_or_as_long_as_the_other_would(app: Flask) -> None:
    short, long = make_person(), make_person()
    for person, until, last in ((short, 20 * DAY, TODAY + 365 * DAY), (long, 800 * DAY, TODAY + 800 * DAY)):
        held = give_mandate(person, Role.FOCAL_POINT, ScopeKind.STATE, "TZ", until=TODAY + until)
        for then, status in ((dt.date(2099, 1, 1), 422), (last + DAY, 422), (last, 303)):
            assert successor_of(app, person, held, until=then.isoformat()) == status


def test_whoever_proposes_a_successor_does_not_learn_who_is_known_here(app: Flask) -> None:
    focal, _known = make_person(), make_person("Neema Mfano", "known@example.org")
    held = give_mandate(focal, Role.FOCAL_POINT, ScopeKind.STATE, "TZ")
    client = signed_in_client(app, focal)
    addresses = ("known@example.org", "nobody@example.org")

    def answers(name: str, until: str) -> set[tuple[int, str]]:
        form = {"name": name, "until": until}
        found = [
            client.post(f"/mandate/{held.public_id}/successor", data={**form, "address": one}) for one in addresses
        ]
        # What guards a form against others changes with the second in which it was made.
        pages = [re.sub(r'(name="csrf_token" value=")[^"]*', r"\1", one.text) for one in found]
        said = [page.replace(address, "") for page, address in zip(pages, addresses, strict=True)]
        return {(one.status_code, page) for one, page in zip(found, said, strict=True)}

    soon = (TODAY + DAY).isoformat()
    for name, until in (("", soon), ("123", soon), ("Neema Mfano", "2099-01-01")):
        ((status, _page),) = answers(name, until)
        assert status == 422
    assert successor_of(app, focal, held) == 303
    ((status, page),) = answers("Neema Mfano", soon)
    assert (status, "has been proposed already" in page) == (409, True)


def test_proposing_successors_is_for_some_tries_only(app: Flask) -> None:
    focal = make_person()
    held = give_mandate(focal, Role.FOCAL_POINT, ScopeKind.STATE, "TZ")
    client = signed_in_client(app, focal)
    form = {"address": "next@example.org", "name": "Neema Mfano", "until": "2099-01-01"}
    tries = [client.post(f"/mandate/{held.public_id}/successor", data=form).status_code for _ in range(11)]
    assert tries == [422] * 10 + [429]


# Over what --------------------------------------------------------------------------------------------------------


def test_editions_and_courses_can_be_chosen_in_the_browser(app: Flask, tmp_path: Path) -> None:
    publish(tmp_path)
    with unit_of_work() as session:
        edition = make_edition(session, "tiny", title="Seminar of the spring")
    administrator = make_person()
    give_mandate(administrator, Role.ADMINISTRATOR)
    client = signed_in_client(app, administrator)
    page = client.get("/mandates/new").text
    for value, name in ((f"edition:{edition.public_id}", "Seminar of the spring"), ("course:tiny", "A tiny course")):
        assert re.search(rf'value="{value}"[^>]*>\s*{name}', page), name
    form = {"address": "new@example.org", "name": "Nia Mfano", "since": TODAY.isoformat(), "until": ""}
    form |= {"role": "coordinator", "reach": f"edition:{edition.public_id}"}
    assert client.post("/mandates/new", data=form).status_code == 303
    assert "Seminar of the spring" in client.get("/mandates").text


def test_an_observer_reads_the_texts_and_sees_neither_people_nor_numbers(app: Flask, tmp_path: Path) -> None:
    publish(tmp_path)
    with unit_of_work() as session:
        edition = make_edition(session, "tiny")
        for _ in range(6):
            enrol_person(session, edition)
    observer = make_person()
    give_mandate(observer, Role.OBSERVER)
    client = signed_in_client(app, observer)
    assert 'href="/texts/tiny"' in client.get("/").text
    assert 'href="/texts/tiny/first"' in client.get("/texts/tiny").text
    assert "In 2012 a" in client.get("/texts/tiny/first").text
    asked = client.get("/texts/tiny/asked")
    assert asked.status_code == 200
    assert "SECRET" not in asked.text
    for path in ("", "/people", "/people.csv", "/matrix.csv"):
        assert client.get(f"/editions/{edition.public_id}{path}").status_code == 404
    for path in ("/texts/other", "/texts/tiny/none", "/courses", "/courses/tiny", "/editions"):
        assert client.get(path).status_code == 404
    stranger = signed_in_client(app, make_person())
    assert stranger.get("/texts/tiny").status_code == 404


def test_an_observer_of_one_edition_reads_the_course_of_that_edition_alone(app: Flask, tmp_path: Path) -> None:
    publish(tmp_path)
    with unit_of_work() as session:
        here, elsewhere = make_edition(session, "tiny"), make_edition(session)
    for edition, status in ((here, 200), (elsewhere, 404)):
        observer = make_person()
        give_mandate(observer, Role.OBSERVER, ScopeKind.EDITION, edition.public_id)
        assert signed_in_client(app, observer).get("/texts/tiny/first").status_code == status
