from django.test import Client

from tests.factories import ProductFactory
from tests.shop.conftest import text, words


def test_home_shows_categories_with_counts_and_goods(visitor):
    page = words(visitor.get("/"))
    assert "Кухня 1 Одежда 1" in page
    assert "Снято с продажи" not in page


def test_category_shows_goods_of_its_subcategories(visitor):
    page = visitor.get("/catalog/clothes/")
    assert "Рубашка белая" in words(page)
    assert "Чашка" not in words(page)
    assert 'href="/catalog/shirts/"' in text(page)


def test_old_price_is_struck_through_with_the_percent(visitor):
    page = visitor.get("/products/SHIRT/")
    assert "−20\xa0%" in text(page)
    assert "Цена: 2 400 ₽ Старая цена: 3 000 ₽" in words(page)
    assert "Старая цена: </span>3\xa0000\xa0₽</s>" in text(page)


def test_price_without_an_old_one_has_no_sticker(visitor):
    assert "sticker" not in text(visitor.get("/products/CUP/"))


def test_search_finds_by_words_in_any_case(visitor):
    assert "Нашёлся 1 товар" in words(visitor.get("/search/", q="БЕЛАЯ рубаш"))
    assert "Нашёлся 1 товар" in words(visitor.get("/search/", q="кухня"))


def test_search_says_when_nothing_is_found(visitor):
    assert "Ничего не нашлось" in words(visitor.get("/search/", q="рояль"))
    assert visitor.get("/search/", q="\0").status_code == 200


def test_unknown_and_withdrawn_goods_are_not_found(visitor):
    assert visitor.get("/products/NONE/").status_code == 404
    assert visitor.get("/products/GONE/").status_code == 404
    assert "Такой страницы нет" in words(visitor.get("/catalog/none/"))


def test_long_catalogue_is_paged(visitor):
    ProductFactory.create_batch(30)
    assert "Страница 2 из 2" in words(visitor.get("/", page=2))


def test_language_is_russian_until_switched_whatever_the_browser_says():
    client = Client(headers={"Accept-Language": "en-US"})
    assert '<html lang="ru"' in client.get("/").content.decode()
    client.post("/i18n/setlang/", {"language": "en", "next": "/"})
    page = client.get("/").content.decode()
    assert '<html lang="en"' in page
    assert "All goods" in page


def test_theme_is_remembered_without_javascript(visitor):
    answer = visitor.client.post("/theme/", {"theme": "dark", "next": "/basket/"})
    assert answer["Location"] == "/basket/"
    assert 'data-theme="dark"' in text(visitor.get("/"))


def test_theme_does_not_lead_to_another_site(visitor):
    answer = visitor.client.post("/theme/", {"theme": "blue", "next": "https://elsewhere.test/"})
    assert answer["Location"] == "/"
    assert "theme" not in visitor.client.cookies


def test_catalogue_queries_do_not_grow_with_goods(visitor, django_assert_num_queries):
    with django_assert_num_queries(4):
        visitor.get("/")
    ProductFactory.create_batch(3, compare_at_price=5000)
    with django_assert_num_queries(4):
        visitor.get("/")
