"""Files of these tests lie in a folder of their own; locks may be held by another session of the database."""

import psycopg
import pytest
from django.db import connection


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def second_session(db):
    """A plain connection to the same database, to hold what another worker would."""
    known = connection.get_connection_params()
    names = ("host", "port", "user", "password", "dbname")
    with psycopg.connect(**{name: known[name] for name in names if name in known}, autocommit=True) as session:
        yield session
