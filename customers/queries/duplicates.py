"""What tells that two customers may be one person, as SELECTs of pairs (CU-3): sets, never everybody with everybody."""

from datetime import datetime

# A value that more customers share says nothing of two of them: a shop's telephone, an office's address.
MOST_SHARED = 5

MAILBOX, PHONE, NAME, CONTACT_EMAIL, CONTACT_PHONE = "mailbox", "phone", "name", "contact_email", "contact_phone"
PAYER, ADDRESS, DEVICE = "payer", "address", "device"

# How sure each sign makes, in per cent; they add up, and a pair is shown from `LEAST` on.
SCORES = {
    MAILBOX: 90,
    PHONE: 90,
    CONTACT_EMAIL: 60,
    CONTACT_PHONE: 60,
    NAME: 60,
    PAYER: 50,
    ADDRESS: 30,
    DEVICE: 20,
}
LEAST = 50

# `customers.rules.email_key` in SQL; a test holds the two against each other.
EMAIL_KEY = """
CASE WHEN domain IN ('gmail.com', 'googlemail.com') THEN replace(local, '.', '') || '@gmail.com'
     WHEN domain IN ('yandex.ru', 'yandex.com', 'yandex.by', 'yandex.kz', 'yandex.ua', 'ya.ru', 'narod.ru')
     THEN replace(local, '.', '-') || '@yandex.ru'
     ELSE local || '@' || domain END
"""
# Also what he has confirmed in his account beside the main one: the till may know it as somebody else's.
ADDRESSES = """
SELECT id, email FROM customers_customer WHERE email IS NOT NULL UNION ALL
SELECT c.id, lower(a.email) FROM account_emailaddress a JOIN customers_customer c ON c.user_id = a.user_id
WHERE a.verified
"""
MAILBOXES = f"""
SELECT id AS customer_id, {EMAIL_KEY} AS value FROM (
    SELECT id, split_part(email, '@', 2) AS domain,
           COALESCE(NULLIF(split_part(split_part(email, '@', 1), '+', 1), ''), split_part(email, '@', 1)) AS local
    FROM ({ADDRESSES}) known) parts
"""  # noqa: S608 (nothing but constants)

# What an import or an old system wrote down as it came, without the country.
PHONES = r"""
SELECT id AS customer_id, right(regexp_replace(phone, '\D', '', 'g'), 10) AS value FROM customers_customer
WHERE phone IS NOT NULL
"""

NAMES = """
SELECT id AS customer_id, replace(lower(first_name || ' ' || last_name), 'ё', 'е') || ' ' || birthday AS value
FROM customers_customer
WHERE birthday IS NOT NULL AND first_name <> '' AND last_name <> '' AND merged_into_id IS NULL AND erased_at IS NULL
"""


def pairs(valued: str, sign: str) -> str:
    """Pairs of customers with the same value of `valued`, a SELECT of customer_id and value; each value few share."""
    return f"""
        SELECT p.first_id, p.second_id, '{sign}' AS sign, {SCORES[sign]} AS score
        FROM (
            SELECT array_agg(DISTINCT customer_id) AS ids FROM ({valued}) valued
            WHERE value <> '' GROUP BY value HAVING count(DISTINCT customer_id) BETWEEN 2 AND {MOST_SHARED}
        ) alike
        CROSS JOIN LATERAL (
            SELECT a AS first_id, b AS second_id FROM unnest(ids) AS a, unnest(ids) AS b WHERE a < b) p
    """  # noqa: S608 (nothing but constants)


def own_signs(*, since: datetime | None = None) -> list[str]:
    """The port CUSTOMERS_DUPLICATE_SIGNS for what customers are known by."""
    return [pairs(MAILBOXES, MAILBOX), pairs(PHONES, PHONE), pairs(NAMES, NAME)]
