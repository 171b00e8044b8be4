"""The cookie that holds the CSRF token, and the forms that check it."""

from datetime import timedelta

from flask import Flask, current_app, request, session
from flask.sessions import SecureCookieSessionInterface
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import Field, Form
from wtforms.csrf.session import SessionCSRF
from wtforms.meta import DefaultMeta

Answers = MultiDict[str, str | FileStorage]
"""What was posted; a file among it is without a name where none was chosen."""

CSRF_HOLDS = timedelta(hours=12)


class CookieSessions(SecureCookieSessionInterface):
    """Flask's signed cookie, Secure where the page came over HTTPS, and for our pages alone."""

    def get_cookie_path(self, app: Flask) -> str:
        """Return the prefix of the proxy: what else is on that host has cookies of its own."""
        del app
        return request.script_root or "/"

    def get_cookie_secure(self, app: Flask) -> bool:
        """Return whether the browser must never send the cookie in clear."""
        del app
        return request.is_secure


class GuardedForm(Form):
    """The base of every form: a POST counts only with the CSRF token of its page.

    The token is bound to the cookie and holds for `CSRF_HOLDS`. Show it with
    `{{ form.csrf_token }}`.
    """

    csrf_token: Field
    """Added by WTForms itself."""

    class Meta(DefaultMeta):
        """WTForms' settings."""

        csrf = True
        csrf_class = SessionCSRF
        csrf_time_limit = CSRF_HOLDS

    def __init__(self, answers: Answers | None = None) -> None:
        """Take what was posted; nothing of it where the form is only shown."""
        super().__init__(
            answers, meta={"csrf_secret": current_app.secret_key, "csrf_context": session}
        )


def sent_fields(*, with_files: str = "") -> Answers:
    """Return the fields that were sent, and the files of the field that takes some.

    A file in any other field is left out: fields of text cannot be asked for a file.
    """
    files = [(with_files, file) for file in request.files.getlist(with_files)]
    return Answers([*request.form.items(multi=True), *files])
