from orders.models import BasketLine, Category, Product
from tests.shop.conftest import text, words


def lines() -> list[tuple[str, int]]:
    return list(BasketLine.objects.order_by("pk").values_list("product__sku", "quantity"))


def test_goods_are_added_up_and_counted_in_the_header(visitor):
    visitor.put("SHIRT")
    visitor.put("SHIRT", 2)
    visitor.put("CUP")
    assert lines() == [("SHIRT", 3), ("CUP", 1)]
    page = visitor.get("/basket/")
    assert "Корзина, 4 товара" in words(page)
    assert "7 800 ₽" in words(page)


def test_quantity_is_changed_and_zero_removes(visitor):
    visitor.put("SHIRT")
    visitor.put("CUP")
    visitor.client.post("/basket/lines/SHIRT/", {"quantity": 5})
    visitor.client.post("/basket/lines/CUP/", {"quantity": 0})
    assert lines() == [("SHIRT", 5)]


def test_wrong_quantity_changes_nothing_and_says_so(visitor):
    visitor.put("SHIRT")
    for wrong in ("-1", "1000", "many", "", "1_0"):
        visitor.client.post("/basket/lines/SHIRT/", {"quantity": wrong})
    assert lines() == [("SHIRT", 1)]
    assert "Количество — от 1 до 999." in words(visitor.get("/basket/"))


def test_goods_not_on_sale_are_refused(visitor):
    answer = visitor.client.post("/basket/lines/", {"sku": "GONE", "next": "/catalog/kitchen/"})
    assert answer["Location"] == "/catalog/kitchen/"
    assert "больше не продаётся" in words(visitor.get("/basket/"))
    assert lines() == []


def test_withdrawn_goods_leave_the_basket_unseen(visitor):
    visitor.put("CUP")
    Product.objects.filter(sku="CUP").update(is_active=False)
    assert "Корзина пуста" in words(visitor.get("/basket/"))


def test_baskets_are_not_shared(visitor, client):
    visitor.put("CUP")
    assert "Корзина пуста" in words(client.get("/basket/"))


def test_adding_does_not_lead_to_another_site(visitor):
    answer = visitor.client.post("/basket/lines/", {"sku": "CUP", "next": "//elsewhere.test/"})
    assert answer["Location"] == "/basket/"


def test_htmx_gets_only_the_counter_and_a_notice(visitor):
    answer = visitor.client.post("/basket/lines/", {"sku": "CUP"}, headers={"HX-Request": "true"})
    assert "<html" not in text(answer)
    assert "Корзина, 1 товар 1 Добавлено в корзину." in words(answer)


def test_htmx_change_gets_the_basket_and_the_counter(visitor):
    visitor.put("CUP")
    answer = visitor.client.post("/basket/lines/CUP/", {"quantity": 3}, headers={"HX-Request": "true"})
    assert "<html" not in text(answer)
    assert "1 800 ₽" in words(answer)
    assert "Корзина, 3 товара" in words(answer)


def test_each_button_needs_its_token(visitor):
    visitor.client.handler.enforce_csrf_checks = True
    answer = visitor.put("CUP")
    assert answer.status_code == 403
    assert "Страница устарела" in words(answer)


def test_points_that_goods_bring_are_told_before_the_checkout(visitor):
    assert "вернём до 240 баллов" in words(visitor.get("/products/SHIRT/"))
    visitor.put("SHIRT")
    visitor.put("CUP", 2)
    assert "вернём до 360 баллов" in words(visitor.get("/basket/"))


def test_goods_that_earn_nothing_promise_nothing(visitor):
    Category.objects.filter(slug="kitchen").update(earns_points=False)
    visitor.put("CUP")
    for path in ("/products/CUP/", "/basket/"):
        assert "вернём до" not in words(visitor.get(path))
