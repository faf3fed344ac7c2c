"""A backup that still knows a person, restored: the list outside of the database puts it right (CU-4, ADR 15)."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from customers.models import ErasedCustomer
from customers.services import erase_customer
from loyalty_site.kernel.transactions import in_transaction
from loyalty_site.supervisor.binaries import postgres_programs
from tests.factories import CustomerFactory

PROGRAMS = postgres_programs(None)
RESTORED = "restored_shop"


def _url(name: str) -> str:
    given = connection.settings_dict
    return f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}/{name}"


@pytest.fixture
def restored(transactional_db: None) -> Iterator[str]:
    """The address of an empty database that goes away afterwards."""
    home = _url("postgres")
    with psycopg.connect(home, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {RESTORED} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {RESTORED}")
        yield _url(RESTORED)
        admin.execute(f"DROP DATABASE IF EXISTS {RESTORED} WITH (FORCE)")


def test_a_restored_backup_forgets_again(restored: str, tmp_path: Path, settings: Any) -> None:
    settings.ERASED_LIST = str(tmp_path / "erased.csv")
    gone = CustomerFactory(email="markpike@shop.test", first_name="Щукамарк")
    stays = CustomerFactory(email="stays@shop.test")
    backup = tmp_path / "shop.sql"
    _run("pg_dump", "--no-owner", "--file", str(backup), _url(connection.settings_dict["NAME"]))
    in_transaction(lambda: erase_customer(customer_id=gone.pk, now=timezone.now()))
    assert Path(settings.ERASED_LIST).read_text().startswith(f"{gone.pk},{gone.public_id},")

    _run("psql", "--quiet", "--set=ON_ERROR_STOP=1", "--file", str(backup), restored)
    assert _held(restored) == [(gone.pk, "markpike@shop.test"), (stays.pk, "stays@shop.test")]
    said = _manage(restored, "replay_erasures", settings.ERASED_LIST)

    assert "1" in said
    assert _held(restored) == [(gone.pk, None), (stays.pk, "stays@shop.test")]
    assert _manage(restored, "doctor", "--only", "erased_has_no_personal_data", "--only", "erased_are_listed")
    assert ErasedCustomer.objects.count() == 1


def test_a_list_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    odd = tmp_path / "odd.csv"
    odd.write_text("1,not an id,2026-06-10T09:00:00+00:00\n")
    with pytest.raises(CommandError, match="line 1"):
        call_command("replay_erasures", str(odd))
    with pytest.raises(CommandError):
        call_command("replay_erasures", str(tmp_path / "none.csv"))


def _run(program: str, *arguments: str) -> None:
    subprocess.run([PROGRAMS / program, *arguments], check=True, capture_output=True)


def _manage(url: str, *arguments: str) -> str:
    # The services of the tests, another database.
    environ = {"DATABASE_URL": url, "REDIS_URL": settings.REDIS_URL, "LOYALTY_ENV": "test", "PATH": "/usr/bin:/bin"}
    environ["ERASED_LIST"] = str(settings.ERASED_LIST)
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=environ,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def _held(url: str) -> list[tuple[int, str | None]]:
    with psycopg.connect(url) as database:
        return database.execute("SELECT id, email FROM customers_customer ORDER BY id").fetchall()
