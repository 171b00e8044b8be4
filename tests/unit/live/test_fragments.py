"""The tenant's names as YAML: it loads, and says what BMS says."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from connector.domain.tenant import Named, Template
from connector.live.fragments import fragments, scalar
from connector.live.pull import LISTS, TenantNames
from connector.ports.inspection import Entry

NAMES = (
    st.text(
        st.characters(
            exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters="\ufeff\ufffe\uffff"
        ),
        min_size=1,
        max_size=20,
    )
    .map(str.strip)
    .filter(bool)
)


def loaded(text: str) -> list[Any]:
    return list(YAML(typ="safe", pure=True).load_all(io.StringIO(text)))


def names(**lists: list[Entry]) -> TenantNames:
    return TenantNames(
        pulled_at=datetime(2026, 11, 22, tzinfo=UTC),
        lists={what: lists.get(what, []) for what in LISTS},
        sub_issue_types={501: [Entry(5011, "VPN: slow")]},
        templates=[
            Template(6001, "Printer #1: jam", queue=Named(1, "Help Desk")),
        ],
    )


def test_each_document_has_the_keys_of_its_mapping_file() -> None:
    priorities, templates, clients, others = loaded(
        fragments(
            names(
                priorities=[Entry(1, "Medium", is_default=True), Entry(2, "high")],
                accounts=[Entry(2001, "Ben & Sons: Movers")],
                issue_types=[Entry(501, "Network")],
            )
        )
    )

    assert priorities == {"priorities": {"Normal": "Medium", "High": "high"}}
    assert templates["rules"] == [
        {
            "name": "printer-1-jam",
            "template": "Printer #1: jam",
            "match": {"form_templates": ["Printer #1: jam"]},
        }
    ]
    assert clients == {"clients": [{"account": "Ben & Sons: Movers", "domains": []}]}
    assert others["issue_types"] == {"Network": ["VPN: slow"]}
    assert others["queues"] == []


def test_what_shares_its_name_is_given_by_its_id() -> None:
    twins = [Entry(7, "Smith"), Entry(8, "smith"), Entry(9, "Jones")]
    priorities, _, clients, others = loaded(
        fragments(
            names(accounts=twins, queues=twins, priorities=[Entry(1, "low"), Entry(2, "Low")])
        )
    )

    assert [client["account"] for client in clients["clients"]] == [7, 8, "Jones"]
    assert others["queues"] == [7, 8, "Jones"]
    assert priorities["priorities"] == {"Low": 1}


def test_no_two_rules_have_the_same_name() -> None:
    templates = [Template(i, name) for i, name in enumerate(["a: b", "a # b", "???", "c"], start=1)]
    tenant = replace(names(), templates=templates)

    rules = loaded(fragments(tenant))[1]["rules"]

    assert [rule["name"] for rule in rules] == ["a-b-1", "a-b-2", "3", "c"]


def test_a_template_s_own_fields_stand_beside_its_rule() -> None:
    assert "# 6001: queue Help Desk" in fragments(names())


@given(NAMES)
@settings(max_examples=200, deadline=None)
def test_any_name_survives_yaml(name: str) -> None:
    assert loaded(f"- {scalar(name)}  # 1\n") == [[name]]
    assert loaded(f"{{a: [{scalar(name)}]}}\n") == [{"a": [name]}]
