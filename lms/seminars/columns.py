"""The columns of lists that leave and enter: one vocabulary, so that what was exported is read again as it was.

Headings are written in English, Spanish or French, whatever the page's language, because a file is read by others than
its writer; `column_of` knows all of them, however they are spelled, and what offices call the same thing.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from functools import cache

from .spelling import letters_of

LANGUAGES = ("en", "es", "fr")


class Column(enum.StrEnum):
    """What one column of a list of people says."""

    NAME = "name"
    GIVEN = "given"
    FAMILY = "family"
    """Many offices keep a name in two columns; read together where there is no column with the whole. Never written."""
    ADDRESS = "address"
    STATE = "state"
    INSTITUTION = "institution"
    SECTOR = "sector"
    ZONE = "zone"
    LANGUAGE = "language"
    FUNCTION = "function"
    SINCE = "since"
    STATUS = "status"
    INVITED = "invited"
    SEEN = "seen"
    READ = "read"
    DEADLINE = "deadline"


NEEDED = (Column.NAME, Column.ADDRESS, Column.STATE, Column.INSTITUTION)
"""Without these nobody can be nominated."""
TAKEN = (*NEEDED, Column.SECTOR, Column.ZONE, Column.LANGUAGE, Column.FUNCTION, Column.SINCE)
"""What an import takes over; the other columns are ours to say."""

HEADINGS: Mapping[Column, Mapping[str, str]] = {
    Column.NAME: {"en": "Name", "es": "Nombre", "fr": "Nom"},
    Column.GIVEN: {"en": "Given name", "es": "Nombre de pila", "fr": "Prénom"},
    Column.FAMILY: {"en": "Family name", "es": "Apellidos", "fr": "Nom de famille"},
    Column.ADDRESS: {"en": "E-mail address", "es": "Dirección de correo electrónico", "fr": "Adresse électronique"},
    Column.STATE: {"en": "State", "es": "Estado", "fr": "État"},
    Column.INSTITUTION: {
        "en": "Ministry or institution",
        "es": "Ministerio o institución",
        "fr": "Ministère ou institution",
    },
    Column.SECTOR: {"en": "Sector", "es": "Sector", "fr": "Secteur"},
    Column.ZONE: {"en": "Time zone", "es": "Zona horaria", "fr": "Fuseau horaire"},
    Column.LANGUAGE: {"en": "Language", "es": "Idioma", "fr": "Langue"},
    Column.FUNCTION: {"en": "Function", "es": "Cargo", "fr": "Fonction"},
    Column.SINCE: {"en": "There since", "es": "Allí desde", "fr": "Y est depuis"},
    Column.STATUS: {"en": "Where they stand", "es": "Situación", "fr": "Situation"},
    Column.INVITED: {"en": "Invited on", "es": "Invitación", "fr": "Invitation"},
    Column.SEEN: {"en": "First signed in on", "es": "Primer acceso", "fr": "Première connexion"},
    Column.READ: {"en": "Units read", "es": "Unidades leídas", "fr": "Unités lues"},
    Column.DEADLINE: {"en": "Own deadline", "es": "Plazo propio", "fr": "Délai propre"},
}

# What offices write for the same thing; compared without case, accents, blanks and signs.
_ALSO: Mapping[Column, Sequence[str]] = {
    Column.NAME: (
        "full name", "names", "name of participant", "participant", "participant name", "nominee", "name of nominee",
        "candidate", "name and surname", "surname and name", "first and last name", "official", "name of official",
        "nombre completo", "nombres", "nombre y apellido", "nombre y apellidos", "apellidos y nombres", "participante",
        "nombre del participante", "candidato", "candidata", "funcionario",
        "nom complet", "nom et prénom", "nom et prénoms", "nom prénom", "prénom et nom", "noms", "participante",
        "nom du participant", "candidat", "candidate", "fonctionnaire",
    ),
    Column.GIVEN: (
        "first name", "firstname", "forename", "forenames", "given names", "first names", "primer nombre",
        "nombres de pila", "prénoms", "prénom(s)",
    ),
    Column.FAMILY: (
        "last name", "lastname", "surname", "surnames", "family names", "apellido", "primer apellido",
        "apellido(s)", "nom de naissance", "nom patronymique",
    ),
    Column.ADDRESS: (
        "email", "e-mail", "mail", "email address", "e-mail address", "email id", "electronic mail",
        "contact email", "official email", "work email", "correo", "correo-e", "email de contacto",
        "correo electrónico",
        "dirección de correo", "dirección de correo electrónico", "correo electrónico oficial", "courriel",
        "adresse e-mail", "adresse email", "adresse mail", "adresse courriel", "mél", "courrier électronique",
    ),
    Column.STATE: (
        "country", "member state", "state/country", "country/state", "nation", "nationality", "country of service",
        "sending state", "país", "estado miembro", "estado o país", "país de origen", "nacionalidad", "pays",
        "état membre", "pays d'origine", "nationalité", "état/pays",
    ),
    Column.INSTITUTION: (
        "ministry", "institution", "organisation", "organization", "agency", "department", "ministry/institution",
        "ministry / agency", "government body", "employer", "office", "body", "national institution", "entity",
        "ministerio", "institución", "organización", "organismo", "entidad", "dependencia",
        "ministère", "organisme", "ministère/institution", "administration", "structure",
    ),
    Column.SECTOR: ("field", "area", "branch", "ámbito", "área", "domaine", "secteur d'activité"),
    Column.ZONE: (
        "timezone", "tz", "time zone (iana)", "huso horario", "zona de tiempo", "fuseau", "zone horaire",
    ),
    Column.LANGUAGE: (
        "preferred language", "language of invitation", "lang", "working language", "languages", "lengua",
        "idioma preferido", "idioma de la invitación", "langue préférée", "langue de travail", "langue de l'invitation",
    ),
    Column.FUNCTION: (
        "position", "post", "job title", "title/position", "role", "rank", "designation", "post title", "occupation",
        "puesto", "función", "posición", "cargo o función", "poste", "titre", "qualité", "grade",
    ),
    Column.SINCE: (
        "since", "in post since", "start date", "date of appointment", "in office since", "desde", "fecha de ingreso",
        "fecha de nombramiento", "en el cargo desde", "depuis", "date de nomination", "en poste depuis",
        "date de prise de fonction",
    ),
    Column.STATUS: ("status", "estatus", "estado de la participación", "statut"),
    Column.INVITED: ("invited", "invitado", "invité", "invited at"),
    Column.SEEN: ("first seen", "signed in"),
    Column.READ: ("read",),
    Column.DEADLINE: ("deadline", "more time until"),
}  # fmt: skip


def heading(column: Column, locale: str) -> str:
    """What a file in this language calls the column; in English where we do not write that language."""
    words = HEADINGS[column]
    return words.get(locale.replace("-", "_").partition("_")[0], words["en"])


def headings(columns: Sequence[Column], locale: str) -> list[str]:
    """The first line of a file with these columns."""
    return [heading(column, locale) for column in columns]


def written_in(locale: str) -> str:
    """The language of a file for readers of this one: one that we read again, English where that is none."""
    own = locale.replace("-", "_").partition("_")[0]
    return own if own in LANGUAGES else LANGUAGES[0]


def column_of(text: str) -> Column | None:
    """The column that a heading stands for, in any of the languages; None for a column of somebody else's."""
    return _known().get(letters_of(text))


@cache
def _known() -> Mapping[str, Column]:
    also = {letters_of(word): column for column, words in _ALSO.items() for word in words}
    written = {letters_of(word): column for column, words in HEADINGS.items() for word in words.values()}
    keys = {letters_of(column.value): column for column in Column}
    return {**keys, **also, **written}
