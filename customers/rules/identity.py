"""How a person's e-mail and phone are written down, and when two spellings are one person (CU-1)."""

import unicodedata

import phonenumbers
from email_validator import EmailNotValidError, validate_email

GMAIL = frozenset({"gmail.com", "googlemail.com"})
YANDEX = frozenset({"yandex.ru", "yandex.com", "yandex.by", "yandex.kz", "yandex.ua", "ya.ru", "narod.ru"})


def normalised_email(text: str) -> str:
    """Lower case, Unicode domain, no spaces around. Raises ValueError for what is no address."""
    cleaned = unicodedata.normalize("NFKC", text).strip()
    try:
        found = validate_email(cleaned, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise ValueError(str(error)) from error
    return found.normalized.lower()


def email_key(text: str) -> str:
    """One key for all addresses that reach one mailbox: no `+tag`, no dots of Gmail, one name for Yandex's domains.

    For counting uses, never for sending. What is no address is its own key, in lower case.
    """
    try:
        local, _, domain = normalised_email(text).partition("@")
    except ValueError:
        return text.strip().lower()
    local = local.partition("+")[0] or local
    if domain in GMAIL:
        return f"{local.replace('.', '')}@gmail.com"
    if domain in YANDEX:
        return f"{local.replace('.', '-')}@yandex.ru"
    return f"{local}@{domain}"


def normalised_phone(text: str, region: str) -> str:
    """E.164 of a number in any spelling. `region` reads numbers without a country. Raises ValueError."""
    cleaned = unicodedata.normalize("NFKC", text).strip()
    try:
        number = phonenumbers.parse(cleaned, region)
    except phonenumbers.NumberParseException as error:
        raise ValueError(str(error)) from error
    if not phonenumbers.is_valid_number(number):
        with_plus = _with_country(cleaned, region)
        if with_plus is None:
            raise ValueError("Not a valid phone number.")
        number = with_plus
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _with_country(text: str, region: str) -> phonenumbers.PhoneNumber | None:
    """`7 912 …` typed with the country but without the plus."""
    digits = "".join(character for character in text if character.isdigit())
    try:
        number = phonenumbers.parse(f"+{digits}", region)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None
