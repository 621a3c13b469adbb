"""What we sign has the members, the types and the lists that Open Badges 3.0 asks of an achievement credential.

The specification's own JSON schema is in no package of a registry, so its text is not here: these are its requirements
for the members that we use, written down anew from the data model (https://www.imsglobal.org/spec/ob/v3p0/#data-models),
with every other member refused.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft201909Validator

from lms.kernel.worker import drain
from lms.records.rules.credential import document
from tests.records.credentials.papers import ISSUER, SAID, a_credential, a_list
from tests.records.credentials.test_signing import document as signed_of
from tests.records.credentials.test_signing import issue

TEXT = {"type": "string", "minLength": 1}
IRI = {"type": "string", "pattern": r"^(https?://|urn:|did:)\S+\Z"}
INSTANT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\Z"}
CONTEXTS = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
ACHIEVEMENT_TYPES = [
    "Achievement", "ApprenticeshipCertificate", "Assessment", "Assignment", "AssociateDegree", "Award", "Badge",
    "BachelorDegree", "Certificate", "CertificateOfCompletion", "Certification", "CommunityService",
    "Competency", "Course", "CoCurricular", "Degree", "Diploma", "DoctoralDegree", "Fieldwork",
    "GeneralEducationDevelopment", "JourneymanCertificate", "LearningProgram", "License", "Membership",
    "ProfessionalDoctorate", "QualityAssuranceCredential", "MasterCertificate", "MasterDegree",
    "MicroCredential", "ResearchDoctorate", "SecondarySchoolDiploma",
]  # fmt: skip
IDENTIFIER_TYPES = [
    "name", "sourcedId", "systemId", "productId", "userName", "accountId", "emailAddress",
    "nationalIdentityNumber", "isbn", "issn", "lisSourcedId", "oneRosterSourcedId", "sisSourcedId",
    "ltiContextId", "ltiDeploymentId", "ltiToolId", "ltiPlatformId", "ltiUserId", "identifier",
]  # fmt: skip


def known_as(*words: str) -> dict[str, Any]:
    """One of the words of a list, or one of one's own that is marked so."""
    return {"anyOf": [{"enum": list(words)}, {"type": "string", "pattern": r"^ext:[a-zA-Z0-9.\-_]+\Z"}]}


def kinds(*words: str) -> dict[str, Any]:
    """A list of types, always a list, that holds these."""
    return {"type": "array", "minItems": 1, "items": TEXT, "allOf": [{"contains": {"const": word}} for word in words]}


def an_object(needed: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    members = {**needed, **(optional or {})}
    return {"type": "object", "required": list(needed), "properties": members, "additionalProperties": False}


def some(item: dict[str, Any]) -> dict[str, Any]:
    """A list even where there is one, and never an empty one."""
    return {"type": "array", "minItems": 1, "items": item}


PROOF = an_object(
    {
        "type": {"const": "DataIntegrityProof"},
        "cryptosuite": {"const": "eddsa-rdfc-2022"},
        "created": INSTANT,
        "verificationMethod": IRI,
        "proofPurpose": {"const": "assertionMethod"},
        "proofValue": {"type": "string", "pattern": r"^z[1-9A-HJ-NP-Za-km-z]+\Z"},
    }
)
IDENTITY = an_object(
    {
        "type": {"const": "IdentityObject"},
        "hashed": {"type": "boolean"},
        "identityHash": TEXT,
        "identityType": known_as(*IDENTIFIER_TYPES),
    },
    {"salt": TEXT},
)
ACHIEVEMENT = an_object(
    {
        "id": IRI,
        "type": kinds("Achievement"),
        "name": TEXT,
        "description": TEXT,
        "criteria": {**an_object({}, {"id": IRI, "narrative": TEXT}), "minProperties": 1},
    },
    {
        "achievementType": known_as(*ACHIEVEMENT_TYPES),
        "version": TEXT,
        "otherIdentifier": some(
            an_object(
                {
                    "type": {"const": "IdentifierEntry"},
                    "identifier": TEXT,
                    "identifierType": known_as(*IDENTIFIER_TYPES),
                }
            )
        ),
    },
)
SUBJECT = {
    **an_object(
        {"type": kinds("AchievementSubject"), "achievement": ACHIEVEMENT},
        {"id": IRI, "identifier": some(IDENTITY), "activityStartDate": INSTANT, "activityEndDate": INSTANT},
    ),
    "anyOf": [{"required": ["id"]}, {"required": ["identifier"]}],
}
ENTRY = an_object(
    {"id": IRI, "type": {"const": "BitstringStatusListEntry"}},
    {
        "statusPurpose": {"const": "revocation"},
        "statusListIndex": {"type": "string", "pattern": r"^\d+\Z"},
        "statusListCredential": IRI,
    },
)
BADGE = Draft201909Validator(
    an_object(
        {
            "@context": {
                "type": "array",
                "minItems": 2,
                "items": [{"const": context} for context in CONTEXTS],
            },
            "id": IRI,
            "type": {
                **kinds("VerifiableCredential"),
                "contains": {"enum": ["OpenBadgeCredential", "AchievementCredential"]},
            },
            "credentialSubject": SUBJECT,
            "issuer": an_object({"id": IRI, "type": kinds("Profile")}, {"name": TEXT}),
            "validFrom": INSTANT,
        },
        {"name": TEXT, "awardedDate": INSTANT, "credentialStatus": ENTRY, "proof": some(PROOF)},
    )
)
LIST = Draft201909Validator(
    an_object(
        {
            "@context": {"type": "array", "items": [{"const": CONTEXTS[0]}]},
            "id": IRI,
            "type": kinds("VerifiableCredential", "BitstringStatusListCredential"),
            "issuer": IRI,
            "validFrom": INSTANT,
            "credentialSubject": an_object(
                {
                    "id": IRI,
                    "type": {"const": "BitstringStatusList"},
                    "statusPurpose": {"const": "revocation"},
                    "encodedList": {"type": "string", "pattern": r"^u[A-Za-z0-9_-]+\Z"},
                }
            ),
            "proof": some(PROOF),
        }
    )
)


def faults(made: dict[str, Any], of: Draft201909Validator = BADGE) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in of.iter_errors(made)]


def test_the_requirements_are_a_schema() -> None:
    for validator in (BADGE, LIST):
        Draft201909Validator.check_schema(validator.schema)


def test_everything_that_we_sign_has_the_shape_of_an_open_badge_or_of_a_status_list(sqlite_app: Flask) -> None:
    [record] = issue()
    drain()
    shown = document(replace(ISSUER, demonstration=True), SAID)
    before = a_credential(rule={"modules": [], "attendance_at_least": None, "name_confirmed": False})
    for made in (signed_of(record), a_credential(), a_credential(name="لينا مثال", status_index=0), shown, before):
        assert faults(made) == []
    assert faults(a_list([5]), LIST) == []
    assert faults(a_list(), LIST) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("proof",), {"type": "DataIntegrityProof"}),
        (("proof",), []),
        (("@context",), CONTEXTS[0]),
        (("@context",), list(reversed(CONTEXTS))),
        (("type",), "OpenBadgeCredential"),
        (("type",), ["VerifiableCredential"]),
        (("credentialSubject",), [{}]),
        (("credentialSubject", "identifier"), {}),
        (("credentialSubject", "achievement", "criteria"), {}),
        (("credentialSubject", "achievement", "achievementType"), "Medal"),
        (("credentialSubject", "achievement", "type"), "Achievement"),
        (("credentialStatus", "statusListIndex"), 5),
        (("validFrom",), "2026-05-21"),
        (("name",), None),
        (("jti",), "x"),
        (("credentialSubject", "achievement", "endorsementJwt"), ["x"]),
    ],
)
def test_another_shape_is_not_taken_for_one(path: tuple[str, ...], value: Any) -> None:
    made = copy.deepcopy(a_credential())
    at = made
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    assert faults(made) != []


@pytest.mark.parametrize("name", ["id", "issuer", "validFrom", "credentialSubject", "@context", "type"])
def test_what_must_be_there_is_missed(name: str) -> None:
    assert faults({key: value for key, value in a_credential().items() if key != name}) != []
