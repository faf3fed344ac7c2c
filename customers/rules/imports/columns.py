"""What a file may hold, and which of its columns is what, guessed from the header in Russian or English (CU-6)."""

import re
from collections.abc import Mapping, Sequence

from customers.rules.imports import cells

CONSENTS = ("programme", "email", "sms", "messenger")
CONTACTS = ("external_id", "email", "phone", "card")
PERSON = ("first_name", "last_name")
PURCHASE = ("number", "paid_at", "goods_amount", "discount_amount", "refunded_amount", "channel")
FIELDS: Mapping[str, tuple[str, ...]] = {
    "purchases": (*PURCHASE, *CONTACTS, *PERSON),
    "customers": (
        "external_id",
        "email",
        "phone",
        *PERSON,
        "birthday",
        "registered_at",
        *(f"consent_{purpose}" for purpose in CONSENTS),
    ),
}
REQUIRED: Mapping[str, tuple[str, ...]] = {"purchases": ("number", "paid_at", "goods_amount"), "customers": ()}
# Who it is must be known by at least one of them.
KNOWN_BY: Mapping[str, tuple[str, ...]] = {
    "purchases": CONTACTS,
    "customers": ("external_id", "email", "phone"),
}
# Words of headers, each without spaces and marks, in lower case. The whole header must be one of them.
WORDS: Mapping[str, str] = {
    "number": "номер номерзаказа номерпокупки заказ чек номерчека order ordernumber orderid ordernum invoice receipt"
    " purchaseid transactionid документ ref",
    "paid_at": "дата датаоплаты датапокупки датазаказа оплачен оплачено дататовремя датаивремя время paidat date"
    " orderdate purchasedate paid datepaid purchasedat timestamp",
    "goods_amount": "сумма суммазаказа суммапокупки суммачека итого оплачено суммаоплаты стоимость товары amount total"
    " sum goods goodsamount ordertotal revenue paidamount суммаруб суммар",
    "discount_amount": "скидка суммаскидки discount discountamount",
    "refunded_amount": "возврат суммавозврата возвращено refund refunded refundedamount refundamount",
    "channel": "канал источник channel source магазин",
    "external_id": "id ид кодклиента кодпокупателя идклиента idклиента idпокупателя внешнийкод внешнийid внешнийид"
    " клиентid customerid clientid userid externalid customer customercode householdkey номерклиента",
    "email": "email почта эл почтаклиента электроннаяпочта элпочта имейл емейл емайл mail emailaddress customeremail"
    " emailпокупателя emailклиента",
    "phone": "телефон тел мобильный номертелефона мобильныйтелефон телефонклиента phone phonenumber mobile tel"
    " customerphone",
    "card": "карта номеркарты картаклиента дисконтнаякарта картапокупателя card cardnumber loyaltycard",
    "first_name": "имя firstname name имяклиента имяпокупателя givenname",
    "last_name": "фамилия lastname surname фамилияклиента familyname",
    "birthday": "деньрождения датарождения др рождение birthday birthdate dateofbirth dob",
    "registered_at": "регистрация датарегистрации зарегистрирован registered registeredat created createdat signupdate"
    " registrationdate датасоздания",
    "consent_programme": "программа согласиепрограмма согласиенаучастие участиевпрограмме programme program loyalty"
    " consentprogramme согласие согласиенаобработку",
    "consent_email": "согласиеemail согласиенаemail рассылка emailрассылка согласиепочта согласиенарассылку"
    " consentemail emailconsent emailoptin subscribed",
    "consent_sms": "согласиеsms согласиенаsms смс sms согласиесмс согласиенасмс consentsms smsconsent smsoptin",
    "consent_messenger": "мессенджер мессенджеры согласиемессенджер whatsapp telegram consentmessenger messenger",
}


def plain(title: str) -> str:
    """Letters and digits only, in lower case, `ё` as `е`."""
    return re.sub(r"[\W_]", "", title.lower().replace("ё", "е"))


def guessed(kind: str, header: Sequence[str]) -> dict[str, int]:
    """Field → index of its column, each column once, the first that fits."""
    found: dict[str, int] = {}
    titles = [plain(title) for title in header]
    for field in FIELDS[kind]:
        words = WORDS[field].split()
        fitting = [
            (words.index(title), index)
            for index, title in enumerate(titles)
            if title in words and index not in found.values()
        ]
        if fitting:
            found[field] = min(fitting)[1]
    return found


KNOWN_TITLES = frozenset(word for words in WORDS.values() for word in words.split())


def row_of_titles(rows: Sequence[Sequence[str]]) -> int | None:
    """Index of the row that names the columns, which may stand below a heading; None when already the first is data."""
    known = [sum(plain(cell) in KNOWN_TITLES for cell in row) for row in rows]
    best = max(known, default=0)
    if best > 1:
        return known.index(best)
    return None if not known[0] and any(_is_data(cell.strip()) for cell in rows[0]) else 0


def _is_data(cell: str) -> bool:
    """A number, a date or an address: no column is called so."""
    if "@" in cell or re.fullmatch(r"[+(]?\d[\d\s.,()-]*", cell):
        return True
    try:
        cells.moment(cell)
    except ValueError:
        return False
    return True


def faults(kind: str, columns: Mapping[str, int], width: int) -> dict[str, str]:
    """Field → code of what is wrong with the choice: `required`, `unknown`, `twice`; `contact` when nobody is named."""
    wrong = {field: "unknown" for field in columns if field not in FIELDS[kind] or not 0 <= columns[field] < width}
    taken: dict[int, str] = {}
    for field, index in columns.items():
        if taken.setdefault(index, field) != field:
            wrong.setdefault(field, "twice")
    wrong |= {field: "required" for field in REQUIRED[kind] if field not in columns}
    if not set(KNOWN_BY[kind]) & set(columns):
        wrong["contact"] = "required"
    return wrong
