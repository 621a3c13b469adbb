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
