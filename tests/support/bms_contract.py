"""Holds exchanges with the sandbox against the OpenAPI document that the vendor publishes.

The document lies outside of this repository; the environment variable BMS_OPENAPI names it.
Requests may write names in any case, as the real server reads them; answers must write them in
the camelCase that it sends. Only names that the document declares may be on the wire, on both
sides.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema

from connector.sandbox import Exchange
from connector.sandbox.forms import read_form

Schema = dict[str, Any]

VARIABLE = "BMS_OPENAPI"
_HTTP_METHODS = {"get", "put", "post", "patch", "delete"}


class Contract:
    """The vendor's document, ready to check exchanges."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.paths: Mapping[str, Any] = document["paths"]
        self.schemas: Mapping[str, Schema] = document["components"]["schemas"]
        self._requests = {name: _for_requests(item) for name, item in self.schemas.items()}
        self._answers = {name: _for_answers(item) for name, item in self.schemas.items()}

    @classmethod
    def from_environment(cls) -> "Contract | None":
        """Return the document that BMS_OPENAPI names, or None when it names none."""
        path = os.environ.get(VARIABLE)
        return cls(json.loads(Path(path).read_text(encoding="utf-8"))) if path else None

    def problems(self, exchange: Exchange, *, requests_too: bool = True) -> list[str]:
        """Return a sentence for everything in an exchange that breaks the contract.

        An answer that a fault has spoilt is not looked at.
        """
        operation = self.operation(exchange.method, exchange.path)
        found: list[str] = []
        if requests_too:
            found += self.request_problems(operation, exchange)
        if exchange.fault is None and not exchange.dropped:
            found += self.answer_problems(operation, exchange)
        return [f"{exchange.method} {exchange.path}: {problem}" for problem in found]

    def operation(self, method: str, path: str) -> Schema | None:
        """Return the operation for a path; fixed names win over names in braces."""
        found = [
            (template.count("{"), methods[method.lower()])
            for template, methods in self.paths.items()
            if method.lower() in methods and re.fullmatch(_pattern(template), path)
        ]
        return min(found, key=lambda item: item[0])[1] if found else None

    def endpoints(self) -> Iterator[tuple[str, Schema]]:
        """Yield method and path template of every operation, with the operation."""
        for path, methods in self.paths.items():
            for method in methods.keys() & _HTTP_METHODS:
                yield f"{method.upper()} {path}", methods[method]

    # --- requests ----------------------------------------------------------------------------

    def request_problems(self, operation: Schema | None, exchange: Exchange) -> list[str]:
        if operation is None:
            return ["the contract has no such operation"]
        return [*_query_problems(operation, exchange), *self._body_problems(operation, exchange)]

    def _body_problems(self, operation: Schema, exchange: Exchange) -> list[str]:
        content = operation.get("requestBody", {}).get("content", {})
        if not content:
            return ["the contract has no body here"] if exchange.request_body else []
        if "multipart/form-data" in content:
            return _form_problems(content["multipart/form-data"]["schema"], exchange)
        try:
            body = json.loads(exchange.request_body)
        except ValueError:
            return ["the body is not JSON"]
        schema = _for_requests(content["application/json"]["schema"])
        folded = _folded(body)
        return [
            *_repeated_names(body),
            *_schema_problems(schema, self._requests, folded, _REQUEST_FORMATS),
        ]

    # --- answers -----------------------------------------------------------------------------

    def answer_problems(self, operation: Schema | None, exchange: Exchange) -> list[str]:
        if exchange.status != 200 or operation is None:
            return self._refusal_problems(exchange)
        content = operation["responses"]["200"].get("content", {})
        if not content:
            return ["the contract has no answer here"] if exchange.response_body else []
        schema = content["application/json"]["schema"]
        if schema.get("$ref", "").endswith("/File"):
            return []
        answer = _json_or_none(exchange.response_body)
        if answer is None:
            return ["the answer is not JSON"]
        found = _schema_problems(_for_answers(schema), self._answers, answer, _ANSWER_FORMATS)
        if "Success" in self._properties(schema) and answer.get("success") is not True:
            found += ["an answer with 200 does not say success"]
        return found

    def _refusal_problems(self, exchange: Exchange) -> list[str]:
        answer = _json_or_none(exchange.response_body)
        if not isinstance(answer, dict) or answer.keys() != {"success", "error", "result"}:
            return [f"a refusal with {exchange.status} is no envelope"]
        error = _schema_problems(
            {"$ref": "#/$defs/ErrorInfo"}, self._answers, answer["error"], _ANSWER_FORMATS
        )
        if answer["success"] is not False or not (answer["error"] or {}).get("message"):
            return [*error, "a refusal has no words, or says success"]
        return error

    def _properties(self, schema: Schema) -> Mapping[str, Any]:
        name = schema.get("$ref", "").rpartition("/")[2]
        return dict(self.schemas.get(name, schema).get("properties", {}))


class Watch:
    """An observer of sandboxes that gathers every breach of the contract."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.requests_too = True
        self._problems: list[str] = []

    def __call__(self, exchange: Exchange) -> None:
        self._problems += self.contract.problems(exchange, requests_too=self.requests_too)

    def take(self) -> list[str]:
        """Return what was gathered, and start anew."""
        taken, self._problems = self._problems, []
        return taken


# --- the document as JSON Schema -------------------------------------------------------------


def camel_case(name: str) -> str:
    """Return a .NET name as it stands on the wire: SLAId is slaId, HasMetSLA is hasMetSLA."""
    return re.sub(
        r"^(?:[A-Z]+(?=[A-Z][a-z0-9])|[A-Z]+$|[A-Z])",
        lambda match: match.group().lower(),
        name,
    )


def _for_requests(schema: Schema) -> Schema:
    return _translated(schema, str.lower, null_for_objects=False)


def _for_answers(schema: Schema) -> Schema:
    return _translated(schema, camel_case, null_for_objects=True)


def _translated(schema: Schema, rename: Any, *, null_for_objects: bool) -> Schema:
    """Return an OpenAPI 3.0 schema as JSON Schema.

    OpenAPI 3.0 cannot say that a reference may be null, so in answers every property that is a
    reference may be.
    """
    translated: Schema = {
        key: schema[key]
        for key in ("type", "enum", "minLength", "minimum", "maximum", "format")
        if key in schema
    }
    if "$ref" in schema:
        return {"$ref": schema["$ref"].replace("#/components/schemas/", "#/$defs/")}
    if "properties" in schema:
        translated["properties"] = {
            rename(name): _property(item, rename, null_for_objects=null_for_objects)
            for name, item in schema["properties"].items()
        }
    if "required" in schema:
        translated["required"] = [rename(name) for name in schema["required"]]
    if "items" in schema:
        translated["items"] = _translated(
            schema["items"], rename, null_for_objects=null_for_objects
        )
    additional = schema.get("additionalProperties")
    if additional is not None:
        translated["additionalProperties"] = (
            _translated(additional, rename, null_for_objects=null_for_objects)
            if isinstance(additional, dict)
            else additional
        )
    if schema.get("nullable") and "type" in translated:
        translated["type"] = [translated["type"], "null"]
    return translated


def _property(schema: Schema, rename: Any, *, null_for_objects: bool) -> Schema:
    translated = _translated(schema, rename, null_for_objects=null_for_objects)
    if "$ref" in schema and null_for_objects:
        return {"anyOf": [translated, {"type": "null"}]}
    return translated


def _schema_problems(
    schema: Schema,
    definitions: Mapping[str, Schema],
    value: object,
    formats: jsonschema.FormatChecker,
) -> list[str]:
    validator = jsonschema.Draft202012Validator(
        {**schema, "$defs": definitions}, format_checker=formats
    )
    found = [jsonschema.exceptions.best_match([error]) for error in validator.iter_errors(value)]
    return [f"{error.json_path}: {error.message}" for error in found]


_REQUEST_FORMATS = jsonschema.FormatChecker(formats=())
_ANSWER_FORMATS = jsonschema.FormatChecker(formats=())


@_REQUEST_FORMATS.checks("date-time", raises=ValueError)
def _is_moment_with_offset(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@_ANSWER_FORMATS.checks("date-time", raises=ValueError)
def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or ("T" in value and bool(datetime.fromisoformat(value)))


# --- queries and forms -----------------------------------------------------------------------


def _query_problems(operation: Schema, exchange: Exchange) -> list[str]:
    declared = {
        item["name"].lower(): item
        for item in operation.get("parameters", [])
        if item["in"] == "query"
    }
    given = {name.lower() for name, _ in exchange.query}
    found = [
        f"{item['name']} is required" for item in declared.values() if _is_missing(item, given)
    ]
    for name, value in exchange.query:
        if name.lower() not in declared:
            found.append(f"the contract has no query parameter {name}")
        elif not _fits(declared[name.lower()]["schema"], value):
            found.append(f"{value!r} is no value for the query parameter {name}")
    return found


def _is_missing(parameter: Schema, given: set[str]) -> bool:
    return bool(parameter.get("required")) and parameter["name"].lower() not in given


def _fits(schema: Schema, value: str) -> bool:
    if schema.get("type") == "array":
        return _fits(schema["items"], value)
    if schema.get("type") == "integer":
        return value.lstrip("-").isdigit()
    if schema.get("type") == "boolean":
        return value.lower() in {"true", "false"}
    if schema.get("format") == "date-time":
        try:
            datetime.fromisoformat(value)
        except ValueError:
            return False
    return True


def _form_problems(schema: Schema, exchange: Exchange) -> list[str]:
    """A form may also come urlencoded, which six clients show to work (facts, section 1)."""
    content_type = exchange.request_headers.get("content-type", "")
    try:
        parts = read_form(content_type, exchange.request_body)
    except ValueError as error:
        return [str(error)]
    declared = {name.lower() for name in schema["properties"]}
    given = {part.name.lower() for part in parts}
    required = {name.lower() for name in schema.get("required", [])}
    return [
        *(f"the contract has no form field {name}" for name in sorted(given - declared)),
        *(f"the form field {name} is required" for name in sorted(required - given)),
    ]


# --- small things ----------------------------------------------------------------------------


def _pattern(template: str) -> str:
    parts = ("[^/]+" if part.startswith("{") else re.escape(part) for part in template.split("/"))
    return "/".join(parts)


def _folded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key.lower(): _folded(item) for key, item in value.items()}
    return [_folded(item) for item in value] if isinstance(value, list) else value


def _repeated_names(value: Any) -> Sequence[str]:
    if isinstance(value, list):
        return [name for item in value for name in _repeated_names(item)]
    if not isinstance(value, dict):
        return []
    names = [key.lower() for key in value]
    repeated = [f"{name} stands there twice" for name in set(names) if names.count(name) > 1]
    return [*repeated, *(name for item in value.values() for name in _repeated_names(item))]


def _json_or_none(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
