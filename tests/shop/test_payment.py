import json
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from kombu.exceptions import OperationalError

from orders import bank
from orders.models import Order, Payment, PaymentSession, WebhookEvent
from tests.factories import NOW
from tests.shop.conftest import text, words

HOOK = "/webhooks/acquirers/test/"


@pytest.fixture(autouse=True)
def _secret(settings, monkeypatch):
    """The bank cannot reach a test client over HTTP: each test hands the event over itself."""
    settings.TEST_ACQUIRER_SECRET = "test-only"
    monkeypatch.setattr("orders.views.bank.bank.deliver", lambda event, url, now: True)


@pytest.fixture
def order(visitor) -> Order:
    visitor.put("SHIRT")
    return visitor.place()


def open_session(visitor, order) -> PaymentSession:
    answer = visitor.client.post(f"/orders/{order.number}/pay/")
    return PaymentSession.objects.get(token=answer["Location"].strip("/").split("/")[-1])


def tell(session: PaymentSession, answer: str = "pay", /, *, event_id: str = "", **data: str) -> int:
    """The webhook as the bank sends it; the status of our answer."""
    event = bank.event_for(session, answer, timezone.now())
    event["id"] = event_id or event["id"]
    event["body"]["data"].update(data)
    body, headers = bank.signed(event, timezone.now())
    return send(body, headers)


def send(body: bytes, headers: dict[str, str]) -> int:
    given = {name: value for name, value in headers.items() if name != "Content-Type"}
    return Client().post(HOOK, body, content_type="application/json", headers=given).status_code


def state(order: Order) -> str:
    order.refresh_from_db()
    return order.status


def refusals() -> list[str]:
    return list(WebhookEvent.objects.order_by("pk").values_list("refusal", flat=True))


def test_bank_page_is_clearly_a_test_and_asks_for_the_total(visitor, order):
    session = open_session(visitor, order)
    page = words(visitor.get(f"/test-bank/{session.token}/"))
    assert "Эта страница изображает банк." in page
    assert f"Оплата заказа № {order.number} 2 400 ₽" in page


def test_pay_makes_the_order_paid_by_the_webhook_alone(visitor, order):
    session = open_session(visitor, order)
    answer = visitor.client.post(f"/test-bank/{session.token}/", {"answer": "pay"})
    assert answer["Location"] == f"/orders/{order.number}/?payment=waiting"
    assert state(order) == "new"
    waiting = visitor.client.get(answer["Location"])
    assert "Ждём, когда банк подтвердит оплату." in words(waiting)
    assert '<meta http-equiv="refresh" content="3">' in text(waiting)
    assert tell(session) == 200
    assert state(order) == "paid"
    page = visitor.client.get(answer["Location"])
    assert "оплачен" in words(page)
    assert "http-equiv" not in text(page)


def test_declined_payment_can_be_tried_again(visitor, order):
    first = open_session(visitor, order)
    assert tell(first, "decline") == 200
    assert state(order) == "new"
    page = words(visitor.get(f"/orders/{order.number}/"))
    assert "Банк отклонил платёж." in page
    assert "Оплатить 2 400 ₽" in page
    assert "Этот платёж отклонён." in words(visitor.get(f"/test-bank/{first.token}/"))
    second = open_session(visitor, order)
    assert second != first
    assert tell(second) == 200
    assert state(order) == "paid"


def test_coming_back_later_finds_the_same_visit_open(visitor, order):
    assert open_session(visitor, order) == open_session(visitor, order)


def test_expired_order_says_so_and_takes_no_payment(visitor, order):
    session = open_session(visitor, order)
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        page = words(visitor.get(f"/orders/{order.number}/"))
        assert "время на оплату вышло" in page
        assert "Оплатить" not in page
        answer = visitor.client.post(f"/orders/{order.number}/pay/")
        assert answer["Location"] == f"/orders/{order.number}/"
        assert "больше не ждёт оплаты" in words(visitor.get(f"/test-bank/{session.token}/"))


def test_same_event_is_followed_once(visitor, order):
    session = open_session(visitor, order)
    assert [tell(session) for _ in range(3)] == [200, 200, 200]
    assert Payment.objects.count() == 1
    assert WebhookEvent.objects.count() == 1


def test_same_payment_under_another_event_changes_nothing(visitor, order):
    session = open_session(visitor, order)
    tell(session)
    tell(session, event_id="evt_other")
    assert Payment.objects.count() == 1
    assert refusals() == ["", ""]


def test_paid_visit_is_not_declined_afterwards(visitor, order):
    session = open_session(visitor, order)
    tell(session)
    tell(session, "decline")
    session.refresh_from_db()
    assert (state(order), session.status) == ("paid", "paid")


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"amount": "1.00"}, "amount_mismatch"),
        ({"currency": "USD"}, "currency_mismatch"),
        ({"order": "999999"}, "not_found"),
        ({"session": "00000000-0000-0000-0000-000000000000"}, "unknown_session"),
    ],
)
def test_event_about_something_else_is_kept_with_its_refusal(visitor, order, told, refusal):
    session = open_session(visitor, order)
    assert tell(session, **told) == 200
    assert state(order) == "new"
    assert refusals() == [refusal]


def test_payment_of_a_cancelled_order_is_kept_for_people_to_see(visitor, order):
    session = open_session(visitor, order)
    Order.objects.update(status="cancelled")
    assert tell(session) == 200
    assert refusals() == ["wrong_state"]


def test_forged_and_stale_events_are_not_believed(visitor, order):
    session = open_session(visitor, order)
    body, headers = bank.signed(bank.event_for(session, "pay", NOW), NOW)
    assert send(body.replace(b"2400.00", b"2400.01"), headers) == 401
    assert send(body, {**headers, "webhook-signature": "v1,Zm9yZ2Vk"}) == 401
    assert send(body, {**headers, "webhook-signature": "nonsense"}) == 401
    assert send(body, {"webhook-id": "x"}) == 401
    assert send(b"\xff" + body, headers) == 401
    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        assert send(body, headers) == 401
    assert (state(order), WebhookEvent.objects.count()) == ("new", 0)


def test_signed_nonsense_is_malformed(visitor, order):
    session = open_session(visitor, order)
    for body in ({"type": "payment.succeeded"}, {"type": "x", "data": {}}, {"data": []}):
        raw, headers = bank.signed({"id": "evt", "body": body}, NOW)
        assert send(raw, headers) == 400
    assert tell(session, amount="NaN") == 400
    assert send(*bank.signed({"id": "evt", "body": [json.dumps("x")]}, NOW)) == 401


def test_without_a_secret_nothing_is_believed(visitor, order, settings):
    session = open_session(visitor, order)
    body, headers = bank.signed(bank.event_for(session, "pay", NOW), NOW)
    settings.TEST_ACQUIRER_SECRET = ""
    assert send(body, headers) == 404


def test_huge_body_is_refused():
    assert send(b"x" * 70_000, {}) == 413


def test_switched_off_bank_is_not_there(visitor, order, settings):
    session = open_session(visitor, order)
    settings.TEST_ACQUIRER_ENABLED = False
    assert visitor.client.post(f"/orders/{order.number}/pay/").status_code == 404
    assert visitor.get(f"/test-bank/{session.token}/").status_code == 404
    assert send(b"{}", {}) == 404


def test_queue_that_is_down_loses_no_page(visitor, order, monkeypatch):
    def down(**given: object) -> None:
        raise OperationalError

    session = open_session(visitor, order)
    monkeypatch.setattr("orders.views.bank.bank.deliver", lambda event, url, now: False)
    monkeypatch.setattr("orders.views.bank.tell_shop.delay", down)
    assert visitor.client.post(f"/test-bank/{session.token}/", {"answer": "pay"}).status_code == 302


def test_event_that_was_not_taken_is_left_to_the_worker(visitor, order, monkeypatch):
    session = open_session(visitor, order)
    told = []
    monkeypatch.setattr("orders.views.bank.bank.deliver", lambda event, url, now: False)
    monkeypatch.setattr("orders.views.bank.tell_shop.delay", lambda **given: told.append(given))
    visitor.client.post(f"/test-bank/{session.token}/", {"answer": "pay"})
    assert [(one["event"]["body"]["type"], one["url"]) for one in told] == [
        ("payment.succeeded", f"http://testserver{HOOK}")
    ]


def paid_by(visitor, session, **form: str) -> str:
    """The payer that the bank tells when its page is answered with this form."""
    told = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("orders.views.bank.bank.deliver", lambda event, url, now: told.append(event) or True)
        visitor.client.post(f"/test-bank/{session.token}/", {"answer": "pay", **form})
    return told[0]["body"]["data"]["payer"]


def test_payer_chooses_a_card_and_the_shop_learns_its_fingerprint(visitor, order):
    session = open_session(visitor, order)
    assert "Какой картой платим? Своя карта плательщика Тестовая карта •• 4242 Тестовая карта •• 5100" in words(
        visitor.get(f"/test-bank/{session.token}/")
    )
    own = paid_by(visitor, session, card="own")
    assert own.startswith("test_card_")
    assert "buyer1" not in own
    assert paid_by(visitor, session) == paid_by(visitor, session, card="nonsense") == own
    assert [paid_by(visitor, session, card=card) for card in ("4242", "5100")] == ["test_card_4242", "test_card_5100"]


def test_card_is_kept_with_the_payment(visitor, order):
    tell(open_session(visitor, order), payer="test_card_4242")
    assert Payment.objects.get().payer == "test_card_4242"


def test_event_of_a_bank_that_names_no_payer_is_read(visitor, order):
    session = open_session(visitor, order)
    event = bank.event_for(session, "pay", timezone.now())
    del event["body"]["data"]["payer"]
    assert send(*bank.signed(event, timezone.now())) == 200
    assert (state(order), Payment.objects.get().payer) == ("paid", "")
