"""The examples written in the shipped `sla.yaml`."""

from datetime import datetime

import pytest
from support.sla_policies import SHIPPED, shipped_policy

from connector.local_time import to_utc
from connector.sla.targets import reckon


@pytest.mark.parametrize("place", range(len(SHIPPED["examples"])))
def test_a_shipped_example_comes_to_what_it_expects(place: int) -> None:
    policy = shipped_policy()
    example = policy.file.examples[place]
    assert not isinstance(example.desired, datetime), "would need its zone here"
    due = reckon(
        policy,
        to_utc(example.received, policy.zone),
        example.priority,
        emergency=example.emergency,
        desired=example.desired,
    )
    expected = {key for key in example.model_fields_set if key.startswith("expect_")}
    for key in expected:
        moment = getattr(example, key)
        wanted = None if moment is None else to_utc(moment, policy.zone)
        assert getattr(due, key.removeprefix("expect_")) == wanted, key
