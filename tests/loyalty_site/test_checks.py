"""The system check of the database's alphabet."""

import uuid
from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from loyalty_site.checks import CYRILLIC_CASE, check_cyrillic_case


@pytest.mark.django_db
def test_our_database_knows_cyrillic_case() -> None:
    assert check_cyrillic_case(app_configs=None, databases=["default"]) == []


def test_no_database_is_asked_unless_named() -> None:
    assert check_cyrillic_case(app_configs=None, databases=None) == []


@pytest.fixture
def ascii_only() -> Iterator[str]:
    """A database with plain locale C, as a careless initdb makes it."""
    name, alias = f"ascii_{uuid.uuid4().hex[:8]}", "ascii"
    url = settings.DATABASES["default"]
    where = {"host": url["HOST"], "port": url["PORT"], "user": url["USER"], "password": url["PASSWORD"] or None}
    with psycopg.connect(dbname="postgres", autocommit=True, **where) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C' ENCODING 'UTF8'")
        connections.databases[alias] = {**connections.databases["default"], "NAME": name}
        yield alias
        connections[alias].close()
        del connections.databases[alias]
        delattr(connections._connections, alias)
        admin.execute(f"DROP DATABASE {name}")


@pytest.mark.django_db
def test_a_database_that_folds_only_latin_is_refused(ascii_only: str, django_db_blocker) -> None:
    with django_db_blocker.unblock():
        assert check_cyrillic_case(app_configs=None, databases=[ascii_only]) == [CYRILLIC_CASE]
