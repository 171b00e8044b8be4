import pytest

from connector.accounts.names import is_name, same_name, split_name


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Ana Lopez", "Ana", "Lopez"),
        ("Lopez, Ana María", "Ana María", "Lopez"),
        ("Ana de la Cruz", "Ana", "de la Cruz"),
        ("John R. Smith", "John R.", "Smith"),
        ("Ludwig van Beethoven", "Ludwig", "van Beethoven"),
        ("Cher", "Cher", ""),
        (" Ana \n Lopez ", "Ana", "Lopez"),
        ("", "", ""),
    ],
)
def test_a_name_is_cut_into_first_and_last(name, first, last):
    assert split_name(name) == (first, last)


@pytest.mark.parametrize("name", ["Ana López", "O'Brien-Smith", "José", "李 明", "D."])
def test_a_name(name):
    assert is_name(name)


@pytest.mark.parametrize("words", ["", "...", "a@b.example", "=1+1", "<b>", "Ana3", "x" * 101])
def test_no_name(words):
    assert not is_name(words)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ana López", "ana lopez", True),
        ("Lopez, Ana", "Ana Lopez", True),
        ("Ana Lopez", "Ana Lopes", False),
        ("Ana", "Ana Lopez", False),
        ("", "", False),
    ],
)
def test_names_are_compared_without_case_accents_and_order(one, other, same):
    assert same_name(one, other) is same
