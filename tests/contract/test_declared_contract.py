"""The sandbox's own declaration of the contract is the vendor's."""

import os
from collections.abc import Mapping
from typing import Any

import pytest
from support.bms_contract import VARIABLE, Contract

from connector.sandbox.contract.fields import Field, Kind, Shape
from connector.sandbox.contract.operations import OPERATIONS, Answer, BodyType, Operation

pytestmark = [
    pytest.mark.skipif(VARIABLE not in os.environ, reason=f"{VARIABLE} names no document"),
    pytest.mark.breaks_contract,
]


def test_every_operation_of_the_sandbox_is_one_of_the_vendor(contract: Contract) -> None:
    assert {operation.endpoint for operation in OPERATIONS} <= dict(contract.endpoints()).keys()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.endpoint)
def test_the_declared_fields_are_the_vendors(contract: Contract, operation: Operation) -> None:
    published = dict(contract.endpoints())[operation.endpoint]
    assert plain_query(operation.query) == published_query(contract, published)
    assert plain_body(operation) == published_body(contract, published)
    assert plain_answer(operation) == published_answer(contract, published)


_TYPES = {
    Kind.INTEGER: {"type": "integer"},
    Kind.NUMBER: {"type": "number"},
    Kind.BOOLEAN: {"type": "boolean"},
    Kind.TEXT: {"type": "string"},
    Kind.MOMENT: {"type": "string", "format": "date-time"},
    Kind.FILE: {"type": "string", "format": "binary"},
    Kind.ANYTHING: {},
}


def plain(field: Field) -> dict[str, Any]:
    """Return one of our fields in the form to which `published` brings the vendor's."""
    if field.kind is Kind.OBJECT:
        return plain_object(field.shape or {})
    shown: dict[str, Any] = dict(_TYPES.get(field.kind, {}))
    if field.kind in {Kind.LIST, Kind.MAP}:
        assert field.of is not None
        shown = {field.kind.value: plain(field.of)}
    if field.nullable:
        shown["nullable"] = True
    if field.filled:
        shown["minLength"] = 1
    if field.minimum is not None:
        shown["minimum"] = field.minimum
    if field.choices:
        shown["enum"] = list(field.choices)
    return shown


def plain_object(shape: Shape) -> dict[str, Any]:
    return {
        "fields": {name: plain(field) for name, field in shape.items()},
        "required": sorted(name for name, field in shape.items() if field.required),
    }


def published(contract: Contract, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema of the vendor without references and without what we do not declare."""
    if "$ref" in schema:
        return published(contract, contract.schemas[schema["$ref"].rpartition("/")[2]])
    kept = {
        name: schema[name]
        for name in ("nullable", "minLength", "minimum", "enum")
        if name in schema
    }
    if schema.get("type") == "array":
        return {"array": published(contract, schema["items"]), **kept}
    if "properties" in schema:
        return {
            "fields": {
                name: published(contract, item) for name, item in schema["properties"].items()
            },
            "required": sorted(schema.get("required", [])),
        }
    if isinstance(schema.get("additionalProperties"), dict):
        return {"map": published(contract, schema["additionalProperties"]), **kept}
    if "type" in schema:
        kept["type"] = schema["type"]
    if schema.get("format") in {"date-time", "binary"}:
        kept["format"] = schema["format"]
    return kept


def plain_query(shape: Shape) -> dict[str, Any]:
    return {name: plain(field) for name, field in shape.items()}


def published_query(contract: Contract, operation: Mapping[str, Any]) -> dict[str, Any]:
    return {
        item["name"]: published(contract, item["schema"])
        for item in operation.get("parameters", [])
        if item["in"] == "query"
    }


def plain_body(operation: Operation) -> dict[str, Any] | None:
    if operation.body_type is BodyType.NONE:
        return None
    body = plain_object(operation.body)
    return {"array": body} if operation.body_type is BodyType.JSON_LIST else body


def published_body(contract: Contract, operation: Mapping[str, Any]) -> dict[str, Any] | None:
    content = operation.get("requestBody", {}).get("content")
    return published(contract, next(iter(content.values()))["schema"]) if content else None


def plain_answer(operation: Operation) -> dict[str, Any] | None:
    if operation.answer is Answer.EMPTY:
        return None
    if operation.answer is Answer.FILE:
        return {"type": "object"}
    result = plain_object(operation.result)
    if operation.answer is Answer.BARE:
        return result
    if operation.answer is Answer.ONE:
        return {"result": result}
    listed = {"result": {"array": result, "nullable": True}}
    return {**listed, "total": True} if operation.answer is Answer.PAGE else listed


def published_answer(contract: Contract, operation: Mapping[str, Any]) -> dict[str, Any] | None:
    content = operation["responses"]["200"].get("content")
    if not content:
        return None
    answer = published(contract, content["application/json"]["schema"])
    if "Success" not in answer.get("fields", {}):
        return answer
    shown = {"result": answer["fields"]["Result"]}
    return {**shown, "total": True} if "TotalRecords" in answer["fields"] else shown
