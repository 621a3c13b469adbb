"""Persons, their sealed identity, states, institutions, mandates, sign-in."""

from __future__ import annotations

import datetime as dt
import enum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.clock import now
from lms.kernel.db import Model, choice

from .joined_models import FormerKey as FormerKey
from .rules import MandateActKind as MandateActKind
from .rules import MandateState as MandateState
from .rules import Role as Role
from .rules import ScopeKind as ScopeKind
from .rules.codes import TokenPurpose as TokenPurpose
from .rules.letters import FailureKind as FailureKind


class Sector(enum.StrEnum):
    """What an institution is there for."""

    FOREIGN_AFFAIRS = "foreign-affairs"
    JUSTICE = "justice"
    DEFENCE = "defence"
    INTERIOR = "interior"
    EDUCATION = "education"
    HUMAN_RIGHTS = "human-rights"
    OTHER = "other"


class IdentityKind(enum.StrEnum):
    """What one sealed row of identity says."""

    NAME = "name"
    ADDRESS = "address"


class StateRow(Model):
    """A UN member or observer state, as in the data file; here so that the database refuses unknown ones."""

    __tablename__ = "lms_state"

    code: Mapped[str] = mapped_column(String(2), primary_key=True)
    membership: Mapped[str] = mapped_column(String(10))


class Institution(Model):
    """A ministry or national human rights institution of a state."""

    __tablename__ = "lms_institution"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    state_code: Mapped[str] = mapped_column(ForeignKey("lms_state.code"))
    sector: Mapped[Sector] = mapped_column(choice(Sector))
    name: Mapped[str] = mapped_column(String(300))
    zone: Mapped[str] = mapped_column(String(64))

    __table_args__ = (UniqueConstraint("state_code", "name"),)


class Person(Model):
    """Somebody who takes part or holds a mandate. Nothing here says who it is; that is sealed."""

    __tablename__ = "lms_person"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(32), unique=True)
    created_at: Mapped[dt.datetime]
    locale: Mapped[str | None] = mapped_column(String(20))
    zone: Mapped[str | None] = mapped_column(String(64))
    welcomed_at: Mapped[dt.datetime | None]
    name_confirmed_at: Mapped[dt.datetime | None]
    disabled_at: Mapped[dt.datetime | None]
    erased_at: Mapped[dt.datetime | None]
    # Indexed, since removing a person asks who was joined into them: 20,000 times when an import is taken back.
    joined_into_id: Mapped[int | None] = mapped_column(ForeignKey("lms_person.id"), index=True)
    """The entry that this one was found to be the same person as; it is erased then, and old links lead on."""

    key: Mapped[PersonKey | None] = relationship(back_populates="person")


class PersonKey(Model):
    """The key of one person's identity, wrapped by a key from outside the database; erasing destroys this row."""

    __tablename__ = "lms_person_key"

    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)

    person: Mapped[Person] = relationship(back_populates="key")


class IdentityRow(Model):
    """A name or an address, sealed under its person's key; addresses carry a blind index to be found by."""

    __tablename__ = "lms_identity"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), index=True)
    kind: Mapped[IdentityKind] = mapped_column(choice(IdentityKind))
    place: Mapped[str] = mapped_column(String(32))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    blind_index: Mapped[str | None] = mapped_column(String(64), unique=True)
    primary: Mapped[bool] = mapped_column(default=True)
    verified_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime]
    former_id: Mapped[int | None] = mapped_column(ForeignKey("lms_person.id"), index=True)
    """The entry that this address was of before it was joined into its person's."""

    __table_args__ = (
        CheckConstraint("(kind = 'address') = (blind_index IS NOT NULL)", name="address_has_index"),
        Index(
            "uq_lms_identity_one_primary",
            "person_id",
            "kind",
            unique=True,
            sqlite_where=text('"primary" = 1'),
            postgresql_where=text('"primary"'),
        ),
    )


class Affiliation(Model):
    """From when to when a person belongs to an institution; the function there is sealed like a name."""

    __tablename__ = "lms_affiliation"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), index=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("lms_institution.id"), index=True)
    sealed_function: Mapped[bytes | None] = mapped_column(LargeBinary)
    since: Mapped[dt.date]
    until: Mapped[dt.date | None]

    institution: Mapped[Institution] = relationship()

    __table_args__ = (CheckConstraint("until IS NULL OR until >= since", name="in_order"),)


class NameConfirmation(Model):
    """Somebody said that a name is right: its holder, or a coordinator with a reason. Append-only."""

    __tablename__ = "lms_name_confirmation"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), index=True)
    by_person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"))
    sealed_reason: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Under the key of the person whose name it is."""
    at: Mapped[dt.datetime]


class Mandate(Model):
    """A role over a scope, from–to. `state` is the summary of its acts, kept in the same transaction."""

    __tablename__ = "lms_mandate"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), index=True)
    role: Mapped[Role] = mapped_column(choice(Role))
    scope: Mapped[ScopeKind] = mapped_column(choice(ScopeKind))
    scope_id: Mapped[str | None] = mapped_column(String(64))
    """The edition's, institution's or course's public id or slug, or the state's code; nothing for `all`."""
    since: Mapped[dt.date]
    until: Mapped[dt.date | None]
    state: Mapped[MandateState] = mapped_column(choice(MandateState), default=MandateState.PROPOSED)

    __table_args__ = (
        CheckConstraint("(scope = 'all') = (scope_id IS NULL)", name="scope_named"),
        CheckConstraint("until IS NULL OR until >= since", name="in_order"),
    )


class MandateAct(Model):
    """One act on a mandate: who did it, when, and why if it was an exception. Append-only."""

    __tablename__ = "lms_mandate_act"

    id: Mapped[int] = mapped_column(primary_key=True)
    mandate_id: Mapped[int] = mapped_column(ForeignKey("lms_mandate.id"), index=True)
    kind: Mapped[MandateActKind] = mapped_column(choice(MandateActKind))
    by_person_id: Mapped[int | None] = mapped_column(ForeignKey("lms_person.id"))
    sealed_reason: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Under the key of the mandate's holder."""
    reason_length: Mapped[int] = mapped_column(default=0)
    """That there was a reason, and no empty one, stays known after the holder is erased."""
    at: Mapped[dt.datetime]


class MandateSuccession(Model):
    """That a mandate is proposed, or was given, in the place of another: both change hands in one act. Append-only."""

    __tablename__ = "lms_mandate_succession"

    successor_id: Mapped[int] = mapped_column(ForeignKey("lms_mandate.id"), primary_key=True)
    replaced_id: Mapped[int] = mapped_column(ForeignKey("lms_mandate.id"), index=True)


class MandateEndTold(Model):
    """That the end of a mandate was written to its holder and to the administrators; once for each last day."""

    __tablename__ = "lms_mandate_end_told"

    mandate_id: Mapped[int] = mapped_column(ForeignKey("lms_mandate.id"), primary_key=True)
    until: Mapped[dt.date] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime]


class Password(Model):
    """The Argon2id hash of a person's password."""

    __tablename__ = "lms_password"

    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), primary_key=True)
    hash: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[dt.datetime]


class HostLink(Model):
    """Which person of ours a host application's user is: the host's stable subject, kept as a blind index."""

    __tablename__ = "lms_host_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), index=True)
    host: Mapped[str] = mapped_column(String(64))
    blind_subject: Mapped[str] = mapped_column(String(64))
    linked_at: Mapped[dt.datetime]

    __table_args__ = (UniqueConstraint("host", "blind_subject"),)


class SignInSession(Model):
    """A signed-in browser; the cookie holds a random token of which only the digest is kept."""

    __tablename__ = "lms_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), index=True)
    device: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    idle_seconds: Mapped[int]
    ended_at: Mapped[dt.datetime | None]


class MailedToken(Model):
    """A link with a typed code, sent by mail: opening the link uses nothing up, typing the code does."""

    __tablename__ = "lms_mailed_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[TokenPurpose] = mapped_column(choice(TokenPurpose))
    link_digest: Mapped[str] = mapped_column(String(64), unique=True)
    code_digest: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), index=True)
    identity_id: Mapped[int | None] = mapped_column(ForeignKey("lms_identity.id"))
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    wrong_codes: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[dt.datetime | None]
    void_at: Mapped[dt.datetime | None]


class SentLetter(Model):
    """That a letter was asked for: to whom, of which kind, by whom, and what became of it. Its words are not kept."""

    __tablename__ = "lms_letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    """Begins the Message-ID, so that a report of a letter that came back leads here and names nobody."""
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), index=True)
    identity_id: Mapped[int | None] = mapped_column(ForeignKey("lms_identity.id", ondelete="SET NULL"))
    template: Mapped[str] = mapped_column(String(60))
    about: Mapped[str | None] = mapped_column(String(40))
    """The public id of the edition it is about, if it is about one."""
    digest: Mapped[bool] = mapped_column(default=False)
    """Whether it is one of those that a person may stop, and of which there is one a week."""
    by: Mapped[str | None] = mapped_column(String(40))
    at: Mapped[dt.datetime] = mapped_column(default=now)
    sent_at: Mapped[dt.datetime | None]
    """When the mail server took it."""
    withheld_at: Mapped[dt.datetime | None]
    """When it was found that its reason was gone, or that its reader gets no such letters."""


class MailChoice(Model):
    """What a person wants of letters; nobody without a row has chosen anything."""

    __tablename__ = "lms_mail_choice"

    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), primary_key=True)
    handle: Mapped[str] = mapped_column(String(64), unique=True)
    """What stands in the link that stops digests."""
    says_little: Mapped[bool] = mapped_column(default=False)
    stopped_at: Mapped[dt.datetime | None]
    """Since when digests are stopped."""


class MailFailure(Model):
    """That a letter came back, and on which day. A permanent one stops mail to its address until `over_at`."""

    __tablename__ = "lms_mail_failure"

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("lms_letter.id"))
    identity_id: Mapped[int | None] = mapped_column(ForeignKey("lms_identity.id", ondelete="SET NULL"), index=True)
    kind: Mapped[FailureKind] = mapped_column(choice(FailureKind))
    status: Mapped[str] = mapped_column(String(12))
    """The mail system's code, such as 5.1.1 (RFC 3463)."""
    day: Mapped[dt.date]
    noted_at: Mapped[dt.datetime]
    over_at: Mapped[dt.datetime | None]
    over_by: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (UniqueConstraint("letter_id", "kind"),)


class SensitiveMark(Model):
    """That a person, or everybody of a state, is not to be named in lists, letters and files, or no longer is.
    Append-only: triggers that the migrations make refuse everything else; the last mark counts."""

    __tablename__ = "lms_sensitive_mark"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("lms_person.id"), index=True)
    state_code: Mapped[str | None] = mapped_column(ForeignKey("lms_state.code"), index=True)
    on: Mapped[bool]
    by_person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"))
    sealed_reason: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Under the key of the person marked; for a state, of whoever marked it."""
    at: Mapped[dt.datetime]

    __table_args__ = (CheckConstraint("(person_id IS NULL) <> (state_code IS NULL)", name="one_of_both"),)
