"""A HEAD is answered as the GET would be, without a body: link checkers and mail scanners send it."""

from __future__ import annotations

import pytest
from flask import Flask


@pytest.mark.parametrize(
    "path", ["/help", "/sign-in", "/forgot", "/invitation/nobody-knows", "/reset/nobody-knows", "/"]
)
def test_head_has_the_status_of_get_and_no_body(sqlite_app: Flask, path: str) -> None:
    client = sqlite_app.test_client()
    head, get = client.head(path), client.get(path)
    assert head.status_code == get.status_code
    assert head.data == b""
    assert head.content_type == get.content_type
