"""A customer's code ↔ the key of his row, by a secret permutation (R-1): everybody has a code without a row for it.

A Feistel network over all codes of `CODE_LENGTH` letters: who does not know the secret can neither count customers nor
guess a neighbour's code, and the code holds nothing personal.
"""

import hashlib
import hmac

# Without letters and digits that are taken for one another.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 8
HALF: int = len(ALPHABET) ** (CODE_LENGTH // 2)
CODES: int = HALF * HALF
ROUNDS = 8


def code_of(customer_id: int, *, key: bytes) -> str:
    """Eight letters and digits. Raises ValueError for a key beyond `CODES` (852 billion)."""
    if not 0 <= customer_id < CODES:
        raise ValueError(customer_id)
    left, right = divmod(customer_id, HALF)
    for number in range(ROUNDS):
        left, right = right, (left + _mixed(right, number, key)) % HALF
    return _letters(left * HALF + right)


def customer_of(code: str, *, key: bytes) -> int | None:
    """The key whose code this is, of a customer there is or not; None for what no customer's code looks like."""
    if len(code) != CODE_LENGTH or any(letter not in ALPHABET for letter in code):
        return None
    number = 0
    for letter in code:
        number = number * len(ALPHABET) + ALPHABET.index(letter)
    left, right = divmod(number, HALF)
    for turn in reversed(range(ROUNDS)):
        left, right = (right - _mixed(left, turn, key)) % HALF, left
    return left * HALF + right


def _mixed(half: int, turn: int, key: bytes) -> int:
    digest = hmac.digest(key, b"%d:%d" % (turn, half), hashlib.sha256)
    return int.from_bytes(digest[:8], "big") % HALF


def _letters(number: int) -> str:
    letters = []
    for _place in range(CODE_LENGTH):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "".join(reversed(letters))
