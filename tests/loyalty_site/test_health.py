"""/healthz, /readyz and /metrics."""

import pytest
from django.db import connection
from django.test import Client

from loyalty_site import health


@pytest.fixture(autouse=True)
def _forget_what_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health._Schema, "is_current", False)
    health._redis.cache_clear()


def test_healthz_answers_without_a_database(client: Client) -> None:
    response = client.get("/healthz", headers={"Host": "10.0.0.7:8000"})
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_readyz_names_what_it_has_checked(client: Client) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (
        200,
        {"status": "ok", "checks": {"database": "ok", "migrations": "ok", "redis": "ok"}},
    )


@pytest.mark.django_db
def test_readyz_asks_the_database_once_more_only(client: Client, django_assert_num_queries) -> None:
    client.get("/readyz")
    with django_assert_num_queries(1):
        client.get("/readyz")


@pytest.mark.django_db
def test_readyz_refuses_with_unapplied_migrations(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'customers'")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"] == {"database": "ok", "migrations": "unapplied", "redis": "ok"}


@pytest.mark.django_db
def test_readyz_refuses_without_redis(client: Client, settings) -> None:
    settings.REDIS_URL = "redis://:secret@127.0.0.1:1/0"
    response = client.get("/readyz")
    health._redis.cache_clear()
    assert response.status_code == 503
    assert response.json()["checks"] == {"database": "ok", "migrations": "ok", "redis": "unreachable"}


@pytest.mark.django_db
def test_metrics_are_for_this_machine(client: Client) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="198.51.100.7").status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "198.51.100.7"}).status_code == 404


@pytest.mark.django_db
def test_metrics_are_for_the_bearer_of_the_token(client: Client, settings) -> None:
    settings.METRICS_TOKEN = "abc"
    assert (
        client.get("/metrics", headers={"Authorization": "Bearer abc"}, REMOTE_ADDR="198.51.100.7").status_code == 200
    )
    assert client.get("/metrics", headers={"Authorization": "Bearer abd"}).status_code == 404
    assert client.get("/metrics").status_code == 404
