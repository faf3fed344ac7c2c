"""Whom the uses of a code are counted against (PC-9, PC-18)."""

import hashlib
import hmac

ONE_MAILBOX = {
    "googlemail.com": "gmail.com",
    "ya.ru": "yandex.ru",
    "yandex.com": "yandex.ru",
    "yandex.by": "yandex.ru",
    "yandex.kz": "yandex.ru",
    "yandex.ua": "yandex.ru",
    "narod.ru": "yandex.ru",
}


def holder_keys(*, customer_id: int | None = None, email: str = "", phone: str = "", secret: str) -> tuple[str, ...]:
    """Sorted keys of one shopper: `customer:7`, and keyed hashes of the mailbox and the phone.

    Empty for an anonymous shopper. A guest who signs in keeps the keys of his e-mail and phone, so his
    earlier uses are found again.
    """
    keys = []
    if customer_id is not None:
        keys.append(f"customer:{customer_id}")
    if mailbox := mailbox_of(email):
        keys.append(f"email:{_keyed_hash(mailbox, secret)}")
    if digits := phone_digits(phone):
        keys.append(f"phone:{_keyed_hash(digits, secret)}")
    return tuple(sorted(keys))


def mailbox_of(email: str) -> str:
    """One spelling for all addresses of a mailbox: no case, no +tag; dots and twin domains where they do not count."""
    name, _, domain = email.strip().lower().rpartition("@")
    if not name or not domain:
        return ""
    domain = ONE_MAILBOX.get(domain, domain)
    name = name.split("+", 1)[0] or name
    if domain == "gmail.com":
        name = name.replace(".", "")
    if domain == "yandex.ru":
        name = name.replace(".", "-")
    return f"{name}@{domain}"


def phone_digits(phone: str) -> str:
    """The digits of a phone; a Russian number dialled with 8 is the same as with +7."""
    digits = "".join(char for char in phone if char in "0123456789")
    if len(digits) == 11 and digits[0] == "8":
        return "7" + digits[1:]
    return "7" + digits if len(digits) == 10 else digits


def _keyed_hash(text: str, secret: str) -> str:
    return hmac.new(secret.encode(), text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:40]
