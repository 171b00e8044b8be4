"""What a visitor sees when something is wrong: a page for people, one line of JSON for webhooks."""

import structlog
from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, InternalServerError

from connector.errors import ConnectorError

log = structlog.get_logger()

WORDS = {
    400: ("That did not work", "Your browser sent something that this page cannot read."),
    404: ("There is no such page", "The address may be mistyped, or the page has moved."),
    405: ("That did not work", "This page cannot be used in that way."),
    413: (
        "That was too large",
        "Go back: what you typed is still there. Choose smaller files, or fewer of them.",
    ),
    429: (
        "Too many at once",
        "Very many requests came from your network. Go back and send yours again in some "
        "minutes: what you typed is still there.",
    ),
    503: (
        "This does not work just now",
        "Nothing was recorded. Please try again in a few minutes.",
    ),
}
UNEXPECTED = (
    "Something went wrong here",
    "That is our mistake, not yours. Please try again in a few minutes.",
)


def register_error_pages(app: Flask) -> None:
    """Let every error be answered in words, and log those that are ours."""
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(ConnectorError, _connector_error)
    app.register_error_handler(Exception, _unexpected)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    headers = {
        name: value
        for name, value in error.get_headers(request.environ)
        if name not in ("Content-Type", "Content-Length")
    }
    title, text = WORDS.get(code, UNEXPECTED if code >= 500 else WORDS[400])
    if request.path.startswith("/hooks/"):
        return jsonify(error=error.description or title), code, headers
    return render_template("error.html", title=title, text=text), code, headers


def _connector_error(error: ConnectorError) -> ResponseReturnValue:
    log.error("not answered", path=request.endpoint, reason=error.message)
    title, text = WORDS[503]
    if request.path.startswith("/hooks/"):
        return jsonify(error="not recorded: send it again later"), 503
    return render_template("error.html", title=title, text=text), 503


def _unexpected(error: Exception) -> ResponseReturnValue:
    log.error("internal error", path=request.endpoint, exc_info=error)
    return _http_error(InternalServerError())
