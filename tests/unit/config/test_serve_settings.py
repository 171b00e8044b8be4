"""The section `serve`: whom the web side believes."""

import pytest
from pydantic import ValidationError

from connector.config.serve import ServeSettings


def refusals(**values: object) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        ServeSettings.model_validate(values)
    return [error["msg"] for error in caught.value.errors()]


def test_a_login_header_needs_a_proxy_that_may_send_it() -> None:
    assert refusals(login_header="X-Remote-User") == ["has a login_header and no trusted_proxies"]
    settings = ServeSettings(login_header="X-Remote-User", trusted_proxies=("127.0.0.1",))
    assert settings.trusted_proxies == ("127.0.0.1/32",)


@pytest.mark.parametrize("wrong", ["proxy.example", "10.0.0.1/8", "300.1.1.1", ""])
def test_a_proxy_is_named_by_address_or_network(wrong: str) -> None:
    assert refusals(trusted_proxies=(wrong,)) == [f"'{wrong}' is no IP address and no network"]


@pytest.mark.parametrize("wrong", ["X Remote", "X-Remote:", "Überkopf"])
def test_a_login_header_is_the_name_of_a_header(wrong: str) -> None:
    assert refusals(login_header=wrong, trusted_proxies=("127.0.0.1",))[0] == (
        f"'{wrong}' is not the name of a header"
    )


def test_a_key_that_could_be_guessed_is_refused() -> None:
    assert refusals(secret_key="short")
    assert ServeSettings(secret_key="x" * 16)


def test_secrets_are_never_shown() -> None:
    settings = ServeSettings(status_password="hunter2hunter2", secret_key="k" * 20)
    assert "hunter2" not in repr(settings)
    assert "kkkk" not in repr(settings)
