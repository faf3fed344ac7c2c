"""Numbers of cards."""


def with_check_digit(digits: str) -> str:
    """`digits` and the last one after Luhn, so that a till tells a mistyped number from a strange one."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 - position % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return digits + str(-total % 10)
