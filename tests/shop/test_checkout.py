from decimal import Decimal

import pytest

from orders.models import BasketLine, Order, Product
from promocodes.models import Redemption
from tests.factories import CustomerFactory, ProgrammeFactory, PromoCodeFactory, UserFactory
from tests.referrals.visiting import referrer, visit
from tests.shop.conftest import CONTACT, Visitor, text, words

CODE = "K7XQ4M9TWD"


@pytest.fixture
def code():
    """5 % from 1 000 ₽."""
    return PromoCodeFactory(code=CODE, terms__minimum_order=1000)


def test_empty_basket_leads_back(visitor):
    assert visitor.get("/checkout/")["Location"] == "/basket/"
    assert visitor.client.post("/checkout/", {"action": "place"})["Location"] == "/basket/"


def test_code_is_asked_for_in_a_closed_field(visitor):
    visitor.put("SHIRT")
    page = text(visitor.get("/checkout/"))
    assert '<details class="disclosure">' in page
    assert "Есть промокод?" in page


def test_each_discount_stands_on_its_line_and_in_the_sum(visitor, code):
    visitor.put("SHIRT")
    visitor.put("CUP", 2)
    page = words(visitor.press("apply", promo_code=CODE, delivery="courier"))
    assert "Рубашка белая × 1 Без скидки: 2 400 ₽ 2 280 ₽ Промокод 5 % −120 ₽" in page
    assert "Чашка × 2 Без скидки: 1 200 ₽ 1 140 ₽ Промокод 5 % −60 ₽" in page
    assert "Товары 3 600 ₽ Промокод 5 % −180 ₽ Доставка 300 ₽ К оплате 3 720 ₽" in page


@pytest.mark.parametrize(
    "typed",
    ["k7xq4m9twd", "  K7XQ 4M9-TWD ", "К7ХQ4М9ТWD", "Л7ЧЙ4Ь9ЕЦВ", "л7чй4ь9ецв"],
    ids=["case", "spaces", "look-alikes", "layout", "layout and case"],
)
def test_code_is_read_in_any_spelling_and_kept_as_typed(visitor, code, typed):
    visitor.put("SHIRT")
    page = visitor.press("apply", promo_code=typed)
    assert f'<span class="code">{CODE}</span>' in text(page)
    assert f'name="promo_code" value="{typed}"' in text(page)


def test_code_below_its_minimum_says_how_much_is_missing(visitor, code):
    visitor.put("CUP")
    page = visitor.press("apply", promo_code=CODE)
    assert "Добавьте товаров ещё на 400 ₽." in words(page)
    assert f'name="promo_code" value="{CODE}"' in text(page)
    assert '<details class="disclosure" open>' in text(page)
    assert "Оформить без промокода: 600 ₽" in words(page)


def test_unknown_code_is_refused_and_the_field_keeps_it(visitor):
    visitor.put("SHIRT")
    page = visitor.press("apply", promo_code="шуба500")
    assert 'value="шуба500"' in text(page)
    assert 'aria-invalid="true"' in text(page)


def test_code_is_taken_off(visitor, code):
    visitor.put("SHIRT")
    visitor.press("apply", promo_code=CODE)
    page = visitor.press("remove_code", promo_code=CODE)
    assert "К оплате 2 400 ₽" in words(page)
    assert CODE not in text(page)


@pytest.mark.parametrize("path", ["/", "/products/SHIRT/", "/checkout/", "/search/"])
def test_link_with_a_code_fills_the_field_on_any_page(visitor, code, path):
    visitor.put("SHIRT")
    visitor.get(path, promo=CODE)
    assert f'<span class="code">{CODE}</span>' in text(visitor.get("/checkout/"))


def test_link_with_strange_characters_is_harmless(visitor):
    visitor.put("SHIRT")
    visitor.get("/", promo="\0<script>" + "Ы" * 500)
    page = visitor.get("/checkout/")
    assert page.status_code == 200
    assert "<script>Ы" not in text(page)


def test_free_delivery_shows_the_price_struck_through(visitor):
    PromoCodeFactory(code=CODE, terms__type="free_shipping", terms__value=None)
    visitor.put("SHIRT")
    page = visitor.press("apply", promo_code=CODE, delivery="courier")
    assert "Доставка 300 ₽ бесплатно К оплате 2 400 ₽" in words(page)


def test_htmx_gets_the_summary_alone_and_says_the_total(visitor, code):
    visitor.put("SHIRT")
    data = {**CONTACT, "action": "apply", "promo_code": CODE}
    answer = visitor.client.post("/checkout/", data, headers={"HX-Request": "true"})
    assert "<html" not in text(answer)
    assert words(answer).endswith("К оплате: 2 280 ₽")


def test_known_customer_finds_the_contact_filled_in(visitor):
    user = UserFactory()
    CustomerFactory(user=user, email="c1@shop.test", phone="+79123456789", first_name="Покупатель", last_name="Один")
    visitor.client.force_login(user)
    visitor.put("SHIRT")
    page = text(visitor.get("/checkout/"))
    for value in ("Покупатель Один", "c1@shop.test", "+79123456789"):
        assert f'value="{value}"' in page


def test_placing_charges_what_was_shown(visitor, code):
    visitor.put("SHIRT")
    order = visitor.place(promo_code=CODE)
    assert (order.status, order.total, order.promo_code, order.channel) == ("new", Decimal("2280.00"), CODE, "site")
    assert (order.contact_name, order.contact_email) == ("Покупатель 1", "buyer1@shop.test")
    assert Redemption.objects.get().order_ref == order.ref
    assert BasketLine.objects.count() == 0


def test_placing_forgets_the_code(visitor, code):
    visitor.put("SHIRT")
    visitor.place(promo_code=CODE)
    visitor.put("SHIRT")
    assert CODE not in text(visitor.get("/checkout/"))


def test_wrong_fields_are_told_and_nothing_is_lost(visitor, code):
    visitor.put("SHIRT")
    answer = visitor.press("place", name="", email="nobody", phone="12", delivery="courier", promo_code=CODE)
    assert answer.status_code == 422
    page = words(answer)
    for refusal in ("Обязательное поле.", "Проверьте адрес", "Проверьте номер", "Укажите, куда доставить."):
        assert refusal in page
    assert 'value="nobody"' in text(answer)
    assert CODE in text(answer)
    assert Order.objects.count() == 0


def test_one_way_to_be_reached_is_enough_but_needed(visitor):
    visitor.put("SHIRT")
    assert "Оставьте электронную почту или телефон." in words(visitor.press("place", email=""))
    order = visitor.place(email="", phone="8 912 345 67 89")
    assert order.contact_phone == "+79123456789"


def test_unknown_delivery_is_refused(visitor):
    visitor.put("SHIRT")
    assert visitor.press("place", delivery="drone").status_code == 422
    assert Order.objects.count() == 0


def test_address_is_kept_only_where_it_is_needed(visitor):
    visitor.put("SHIRT")
    assert visitor.place(address="Тестовая ул., 1").delivery_address == ""


def test_changed_price_is_told_and_asked_again(visitor, code):
    visitor.put("SHIRT")
    shown = visitor.hidden()
    Product.objects.filter(sku="SHIRT").update(price=2500)
    answer = visitor.press("place", keep=shown)
    assert answer.status_code == 409
    assert "Сумма изменилась: была 2 400 ₽, стала 2 500 ₽" in words(answer)
    assert "«Рубашка белая»: цена была 2 400 ₽, стала 2 500 ₽." in words(answer)
    assert 'value="buyer1@shop.test"' in text(answer)
    assert Order.objects.count() == 0
    assert visitor.place().total == Decimal("2500.00")


def test_goods_that_went_meanwhile_are_named(visitor):
    visitor.put("SHIRT")
    visitor.put("CUP")
    shown = visitor.hidden()
    Product.objects.filter(sku="CUP").update(is_active=False)
    answer = visitor.press("place", keep=shown)
    assert answer.status_code == 409
    assert "«Чашка» больше нет в заказе." in words(answer)


def test_forged_record_of_what_was_shown_gives_no_reasons(visitor):
    visitor.put("SHIRT")
    answer = visitor.press("place", keep={**visitor.hidden(), "shown": "forged", "expected_total": "1.00"})
    assert answer.status_code == 409
    assert "Сумма изменилась: была 1 ₽, стала 2 400 ₽" in words(answer)


def test_code_typed_but_not_applied_changes_the_total_only_after_asking(visitor, code):
    visitor.put("SHIRT")
    answer = visitor.press("place", promo_code=CODE, keep=visitor.hidden())
    assert answer.status_code == 409
    assert "Скидка была 0 ₽, стала 120 ₽." in words(answer)


def test_code_that_stopped_applying_is_refused_beside_its_field(visitor, code):
    visitor.put("SHIRT")
    visitor.press("apply", promo_code=CODE)
    shown = visitor.hidden()
    code.max_uses = code.uses = 1
    code.save()
    answer = visitor.press("place", promo_code=CODE, keep=shown)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in text(answer)
    assert Order.objects.count() == 0
    placed = visitor.press("place_without_code", promo_code=CODE)
    assert placed.status_code == 302
    assert Order.objects.get().total == Decimal("2400.00")


def test_same_form_sent_again_places_once(visitor):
    visitor.put("SHIRT")
    shown = visitor.hidden()
    first = visitor.press("place", keep=shown)
    again = visitor.press("place", keep=shown, name="Другое имя")
    assert again["Location"] == first["Location"]
    assert Order.objects.count() == 1


def test_new_form_places_a_new_order(visitor):
    for _ in range(2):
        visitor.put("SHIRT")
        visitor.place()
    assert Order.objects.count() == 2


def test_code_held_by_own_unpaid_order_is_moved(visitor, code):
    code.terms.max_uses_per_customer = 1
    code.terms.save()
    visitor.put("SHIRT")
    first = visitor.place(promo_code=CODE)
    visitor.put("SHIRT")
    held = visitor.press("apply", promo_code=CODE)
    assert f"Перенести промокод из заказа № {first.number}" in words(held)
    moved = visitor.press("move_code", promo_code=CODE)
    assert f"Заказ № {first.number} отменён, его промокод теперь действует здесь." in words(moved)
    assert "К оплате 2 280 ₽" in words(moved)
    first.refresh_from_db()
    assert first.status == "cancelled"


def test_stranger_with_the_same_contact_cannot_move_the_code(visitor, code):
    code.terms.max_uses_per_customer = 1
    code.terms.save()
    visitor.put("SHIRT")
    first = visitor.place(promo_code=CODE)
    stranger = Visitor()
    stranger.put("SHIRT")
    assert "Перенести" not in words(stranger.press("apply", promo_code=CODE))
    stranger.press("move_code", promo_code=CODE)
    first.refresh_from_db()
    assert first.status == "new"


def test_ten_wrong_codes_close_the_field_for_right_ones_too(visitor, code):
    visitor.put("SHIRT")
    for number in range(10):
        visitor.press("apply", promo_code=f"WRONG{number}")
    page = visitor.press("apply", promo_code=CODE)
    assert "Слишком много неверных промокодов." in words(page)
    assert "К оплате 2 400 ₽" in words(page)


def test_the_same_wrong_code_shown_again_is_one_try(visitor, code):
    visitor.put("SHIRT")
    for _ in range(15):
        visitor.press("recalculate", promo_code="WRONG")
    assert "К оплате 2 280 ₽" in words(visitor.press("apply", promo_code=CODE))


def test_checkout_queries_do_not_grow_with_lines(visitor, code, django_assert_num_queries):
    visitor.put("SHIRT")
    visitor.press("apply", promo_code=CODE)
    with django_assert_num_queries(8):
        visitor.get("/checkout/")
    visitor.put("CUP", 3)
    with django_assert_num_queries(8):
        visitor.get("/checkout/")


def test_pages_keep_the_code_out_of_the_referer(visitor):
    visitor.put("SHIRT")
    assert visitor.get("/checkout/", promo=CODE)["Referrer-Policy"] == "same-origin"


def test_after_ten_wrong_codes_even_the_right_one_places_nothing(visitor, code):
    visitor.put("SHIRT")
    for number in range(10):
        visitor.press("apply", promo_code=f"WRONG{number}CODE")
    answer = visitor.press("place", promo_code=CODE, keep=visitor.hidden())
    assert answer.status_code == 422
    assert "Слишком много" in words(answer)
    assert not Order.objects.exists()


def test_order_knows_the_browser_it_was_placed_in(visitor):
    visitor.put("SHIRT")
    first = visitor.place()
    device = visitor.client.cookies["device"].value.partition(":")[0]
    visitor.put("CUP")
    assert [first.device, visitor.place().device] == [device, device]


def test_guest_who_came_by_a_link_is_told_what_registering_brings(visitor):
    ProgrammeFactory(referee_reward=200)
    visitor.put("SHIRT")
    assert "приглашает" not in words(visitor.get("/checkout/"))
    visit(visitor.client, referrer()[1])
    page = visitor.get("/checkout/")
    assert "Вас приглашает Анна. Зарегистрируйтесь, и вы сразу получите 200 баллов." in words(page)
    assert 'href="/accounts/signup/?next=/checkout/"' in text(page)
