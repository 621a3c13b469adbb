"""Where what is sealed belongs."""

from __future__ import annotations


def words_place(public_id: str) -> str:
    """What a member says of themselves."""
    return f"lms_directory_words:sealed:{public_id}"


def message_place(introduction: str) -> str:
    """What somebody writes who asks for an introduction."""
    return f"lms_introduction:message:{introduction}"


def answer_place(introduction: str) -> str:
    """What is given in answer."""
    return f"lms_introduction:answer:{introduction}"


def report_place(introduction: str) -> str:
    """Why a message was reported."""
    return f"lms_introduction_report:reason:{introduction}"


def source_place(attestation: str) -> str:
    """From where it is known who completed a past edition."""
    return f"lms_past_attestation:source:{attestation}"


def new_address_place(reinvitation: str) -> str:
    """The address that officers propose for somebody."""
    return f"lms_reinvitation:address:{reinvitation}"


def new_address_reason_place(reinvitation: str) -> str:
    """Why, and how it was made sure who it is."""
    return f"lms_reinvitation:reason:{reinvitation}"
