from dataclasses import replace

import pytest
from support.bms import ACCESS

from connector.errors import ConfigError


@pytest.mark.parametrize(
    "base_url",
    [
        "https://api.bms.kaseya.com",
        "https://bms.kaseya.com/api2/",
        "http://127.0.0.1:8080",
        "http://localhost:8080",
        "http://[::1]:8080",
    ],
)
def test_an_encrypted_or_local_address_is_accepted(base_url: str) -> None:
    access = replace(ACCESS, base_url=base_url)
    assert access.url("/v2/x") == base_url.rstrip("/") + "/v2/x"


@pytest.mark.parametrize(
    ("base_url", "said"),
    [
        ("http://api.bms.kaseya.com", "https"),
        ("http://10.0.0.7", "https"),
        ("http://127.0.0.1.evil.example", "https"),
        ("ftp://127.0.0.1", "https"),
        ("api.bms.kaseya.com", "not the address"),
        ("https://", "not the address"),
        ("https://[::1", "not the address"),
        ("https://user:pw@api.bms.kaseya.com", "more than a server"),
        ("https://api.bms.kaseya.com/?a=1", "more than a server"),
        ("https://api.bms.kaseya.com/v2/", "/v2"),
    ],
)
def test_an_unsafe_or_malformed_address_is_refused(base_url: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        replace(ACCESS, base_url=base_url)
    assert caught.value.remedy
    assert "pw@" not in str(caught.value)


@pytest.mark.parametrize("change", ["base_url", "tenant", "username", "password"])
def test_each_part_of_the_credentials_changes_the_fingerprint(change: str) -> None:
    other = replace(ACCESS, **{change: "https://other.example"})
    assert other.fingerprint() != ACCESS.fingerprint()


def test_a_trailing_slash_changes_no_fingerprint() -> None:
    assert replace(ACCESS, base_url=ACCESS.base_url + "/").fingerprint() == ACCESS.fingerprint()


def test_the_password_stands_in_no_repr() -> None:
    assert ACCESS.password not in repr(ACCESS)
