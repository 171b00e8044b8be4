"""The validator of the contract finds what is planted, and nothing else."""

import copy
import dataclasses
import json
import os
from collections.abc import Callable

import pytest
from support.bms_contract import VARIABLE, Contract
from support.sandbox import (
    RawClient,
    ticket_body,
)

from connector.sandbox import Exchange, Sandbox

pytestmark = [
    pytest.mark.skipif(VARIABLE not in os.environ, reason=f"{VARIABLE} names no document"),
    pytest.mark.breaks_contract,
]


@pytest.fixture
def exchange(sandbox: Sandbox, client: RawClient) -> Exchange:
    """An exchange that keeps the contract: a ticket was created."""
    client.create()
    return sandbox.exchanges[-1]


def with_request(exchange: Exchange, **fields: object) -> Exchange:
    body = {**json.loads(exchange.request_body), **fields}
    return dataclasses.replace(exchange, request_body=json.dumps(body).encode())


def with_result(exchange: Exchange, **fields: object) -> Exchange:
    envelope = copy.deepcopy(json.loads(exchange.response_body))
    envelope["result"].update(fields)
    return dataclasses.replace(exchange, response_body=json.dumps(envelope).encode())


def test_names_of_a_request_may_be_in_any_case(contract: Contract, exchange: Exchange) -> None:
    body = {name.swapcase(): value for name, value in json.loads(exchange.request_body).items()}
    swapped = dataclasses.replace(exchange, request_body=json.dumps(body).encode())
    assert contract.problems(swapped) == []


PLANTED: dict[str, Callable[[Exchange], Exchange]] = {
    "an undeclared field": lambda e: with_request(e, ExternalId="17"),
    "a wrong type": lambda e: with_request(e, AccountId="2001"),
    "an id of zero": lambda e: with_request(e, QueueId=0),
    "an empty title": lambda e: with_request(e, Title=""),
    "a date without an offset": lambda e: with_request(e, DueDate="2026-11-16T18:05:00"),
    "a field twice": lambda e: with_request(e, title="Again"),
    "a field of a nested object": lambda e: with_request(e, Ccs=[{"Address": "x"}]),
    "an undeclared query": lambda e: dataclasses.replace(e, query=(("Filter.AccountId", "1"),)),
    "an undeclared path": lambda e: dataclasses.replace(e, path="/v2/servicedesk/ticket"),
    "an undeclared method": lambda e: dataclasses.replace(e, method="PUT"),
    "an undeclared result": lambda e: with_result(e, templateId=6001),
    "a PascalCase result": lambda e: with_result(e, SLAName="Normal"),
    "a result of a wrong type": lambda e: with_result(e, statusId="New"),
    "a result that is no date": lambda e: with_result(e, dueDate="tomorrow"),
    "an answer that is no JSON": lambda e: dataclasses.replace(e, response_body=b"<html>"),
}


@pytest.mark.parametrize("plant", PLANTED.values(), ids=PLANTED.keys())
def test_the_validator_finds_a_planted_mistake(
    contract: Contract, exchange: Exchange, plant: Callable[[Exchange], Exchange]
) -> None:
    assert contract.problems(exchange) == []
    assert contract.problems(plant(exchange)) != []


def test_a_missing_required_field_is_found(contract: Contract, exchange: Exchange) -> None:
    body = json.loads(exchange.request_body)
    del body["LocationId"]
    without = dataclasses.replace(exchange, request_body=json.dumps(body).encode())
    assert len(contract.problems(without)) == 1


def test_an_answer_that_a_fault_spoilt_is_not_looked_at(
    sandbox: Sandbox, client: RawClient, contract: Contract
) -> None:
    sandbox.faults.add("status", "POST *", status=502, body="html")
    client.call("POST", "/v2/servicedesk/tickets", json=ticket_body())
    assert contract.problems(sandbox.exchanges[-1]) == []
