"""A CSV file of people: tolerant of how it is written, strict about what it says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.accounts.model import Person, Role
from connector.accounts.people_file import MAX_ROWS, Row, read_people

HEADING = "first name,last name,email,phone,account,role"
ANA = Person("Ana", "López", "ana@harbor.example", "+1 305-555-0101", Role.EXTERNAL_MANAGER)
GOOD = "Ana,López,Ana@Harbor.example,305 555 0101,Harbor Dental Group,External Manager"


def file(*rows, heading=HEADING):
    return "\n".join([heading, *rows])


def faults(text):
    return [(each.line, each.message) for each in read_people(text.encode()).faults]


@pytest.mark.parametrize(
    "heading",
    [
        HEADING,
        "First Name,LAST_NAME,E-Mail,Phone number,Account,Role",
        " firstname , surname ,email address,Mobile,Company,security role",
        "Nombre,Apellidos,Correo electrónico,Teléfono,Cuenta,Rol",
        "nombre,apellido,correo,móvil,empresa,rol",
        "First_Name,Last-Name,E-mail address,Mobile phone,Company Name,Portal role",
        "FirstName,LastName,Username,Tel.,Client name,ROLE",
    ],
)
def test_headings_are_understood_in_any_spelling(heading):
    people = read_people(file(GOOD, heading=heading).encode())
    assert people.rows == (Row(2, "Harbor Dental Group", ANA),)
    assert people.faults == ()


@pytest.mark.parametrize(
    "raw",
    [
        file(GOOD).encode("utf-8-sig"),
        file(GOOD).encode("utf-16"),
        file(GOOD).encode("cp1252"),
        file(GOOD).replace("\n", "\r\n").encode(),
        file(GOOD).replace(",", ";").encode(),
        file(GOOD).replace(",", "\t").encode(),
        file(GOOD + "\n\n,,,,,\n").encode(),
    ],
)
def test_a_file_may_be_written_by_any_program(raw):
    assert [row.person for row in read_people(raw).rows] == [ANA]


def test_columns_stand_in_any_order_and_others_are_left_aside():
    text = "sep=;\nTitle;Account;Name;Email\nDr;Harbor;Ana María de la Cruz;ana@x.example"
    (row,) = read_people(text.encode()).rows
    assert row == Row(3, "Harbor", Person("Ana María", "de la Cruz", "ana@x.example"))
    assert read_people(text.encode()).left_aside == ("Title",)


def test_the_heading_nombre_alone_is_the_whole_name():
    (row,) = read_people(b"Nombre,Correo,Cuenta\nAna Lopez,ana@x.example,Harbor").rows
    assert (row.person.first_name, row.person.last_name) == ("Ana", "Lopez")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (",Lopez,a@x.example,,Harbor,", "the first name is missing"),
        ("Ana,,a@x.example,,Harbor,", "the last name is missing"),
        ("Ana,=1+1,a@x.example,,Harbor,", "the last name '=1+1' is none"),
        ("Ana,Lopez,,,Harbor,", "the email is missing"),
        ("Ana,Lopez,ana at x.example,,Harbor,", "the email 'ana at x.example' is none"),
        ("Ana,Lopez,ana@x,,Harbor,", "the email 'ana@x' is none"),
        ('Ana,Lopez,"a@x.example, b@x.example",,Harbor,', "is none"),
        ("Ana,Lopez,a@x.example,555-0101,Harbor,", "the phone '555-0101' is no whole number"),
        ("Ana,Lopez,a@x.example,,,", "the account is missing"),
        ("Ana,Lopez,a@x.example,,Harbor,Administrator", "the role 'Administrator' is none"),
        ("Ana,Lopez,a@x.example,,Harbor,Manager", "the role 'Manager' is none"),
        ("Ana,Lopez, DDS,a@x.example,,Harbor,External User", "7 values under 6 headings"),
    ],
)
def test_what_is_wrong_with_a_row(row, message):
    people = read_people(file(GOOD, row).encode())
    assert [each.line for each in people.faults] == [3]
    assert message in people.faults[0].message
    assert [each.line for each in people.rows] == [2]


def test_all_faults_of_all_rows_are_told_at_once_with_their_lines():
    text = file('"Ana\nMaría",,bad,1,,', GOOD, "", ",,x@x.example,,Harbor,Boss")
    assert [line for line, _ in faults(text)] == [2] * 4 + [6] * 3


def test_an_address_stands_in_one_row_only():
    second = GOOD.replace("Ana@Harbor", "ANA@HARBOR")
    assert faults(file(GOOD, second)) == [(3, "ana@harbor.example stands in line 2, already")]
    elsewhere = GOOD.replace("Harbor Dental Group", "Palmetto")
    (fault,) = faults(file(GOOD, elsewhere))
    assert "line 2, for Harbor Dental Group" in fault[1]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "it is empty"),
        (b"\n\n", "it is empty"),
        (HEADING.encode(), "no rows"),
        (b"name,email\nAna Lopez,a@x.example", "no heading for account"),
        (b"Ana,Lopez,a@x.example,,Harbor,", "no heading for first name"),
        (b"name,email,e-mail,account\n", "two of its columns mean email"),
        (b"PK\x03\x04rest of a workbook", "Excel workbook"),
        (b"\x00\x01\x02", "no text"),
        (file('"Ana,Lopez,a@x.example,,Harbor,').encode(), "begins in line 2"),
        (file(*[GOOD] * (MAX_ROWS + 1)).encode(), "more than 1,000 rows"),
    ],
)
def test_what_is_wrong_with_a_file_as_a_whole(raw, message):
    people = read_people(raw)
    assert people.is_unreadable
    assert people.rows == ()
    assert message in people.faults[0].message
    assert people.faults[0].remedy


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.text(alphabet=f'{HEADING}\n"; \tá', max_size=300))
def test_any_file_is_rows_or_faults(content):
    raw = content if isinstance(content, bytes) else f"{HEADING}\n{content}".encode()
    people = read_people(raw)
    assert people.rows or people.faults
