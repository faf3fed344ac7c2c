"""Codes of links: a secret permutation of customers' keys (R-1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.rules.codes import ALPHABET, CODE_LENGTH, CODES, code_of, customer_of

KEY = b"k" * 32
keys = st.integers(min_value=0, max_value=CODES - 1)


@given(keys)
def test_a_code_leads_back_to_its_customer(customer_id: int) -> None:
    code = code_of(customer_id, key=KEY)

    assert (len(code), set(code) <= set(ALPHABET)) == (CODE_LENGTH, True)
    assert customer_of(code, key=KEY) == customer_id


def test_codes_of_neighbours_look_like_strangers() -> None:
    codes = [code_of(number, key=KEY) for number in range(1, 2001)]

    assert len(set(codes)) == 2000
    assert len({code[:3] for code in codes}) > 1000
    assert len({code[-3:] for code in codes}) > 1000


def test_another_secret_gives_other_codes() -> None:
    assert code_of(7, key=KEY) != code_of(7, key=b"x" * 32)
    assert customer_of(code_of(7, key=KEY), key=b"x" * 32) != 7


@pytest.mark.parametrize("text", ["", "SHORT", "ABCDEFGHJ", "ABCD0FGH", "abcdefgh", "АВСДЕКМН"])
def test_what_looks_like_no_code_is_nobodys(text: str) -> None:
    assert customer_of(text, key=KEY) is None


@pytest.mark.parametrize("number", [-1, CODES])
def test_a_key_without_a_code_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match=str(number)):
        code_of(number, key=KEY)
