"""The tables of one import: rows as staged, who is in them, and whose they are. Unlogged, dropped with the file.

Each run has its own, so that none waits for another and nothing has to be swept out. After a crash of the database
they may be empty: whoever goes on counts first.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class Tables:
    """Names of the tables of a run, safe to put into SQL: they are made of its number alone."""

    run_id: int

    @property
    def stage(self) -> str:
        return f"customers_import_stage_{int(self.run_id)}"

    def sql(self, statement: str) -> str:
        """`{stage}`, `{who}`, `{match}` and `{people}` of a statement replaced by the names."""
        names = {name: f"customers_import_{name}_{int(self.run_id)}" for name in ("stage", "who", "match", "people")}
        return statement.format(**names)

    def run(self, statement: str, values: dict[str, Any] | None = None) -> int:
        """The number of rows touched."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql(statement), values)
            return int(cursor.rowcount)

    def row(self, statement: str, values: dict[str, Any] | None = None) -> tuple[Any, ...]:
        with connection.cursor() as cursor:
            cursor.execute(self.sql(statement), values)
            return tuple(cursor.fetchone())

    def are_there(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [self.stage])
            return bool(cursor.fetchone()[0])

    def create(self) -> None:
        self.drop()
        self.run(STAGE)

    def drop(self) -> None:
        self.run("DROP TABLE IF EXISTS {stage}, {who}, {match}, {people}")

    def copy(self, text: str) -> None:
        """Raises DataError for what the table does not take."""
        copying = f"COPY {self.stage} FROM STDIN"
        with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(copying) as pipe:
            pipe.write(text)

    def name(self, contacts: list[str]) -> bool:
        """One of the staged rows is of somebody with one of these contacts."""
        found = self.row(
            f"SELECT EXISTS (SELECT FROM {{stage}} WHERE {IS_OF})",  # noqa: S608 (a constant)
            {"contacts": contacts},
        )
        return bool(found[0])

    def blank(self, contacts: list[str]) -> int:
        """Rows of somebody with one of these contacts become wrong lines that nobody is in; how many."""
        return self.run(BLANK, {"contacts": contacts})

    def strike(self, contacts: list[str]) -> int:
        """After the check: the rows of somebody with one of these contacts are gone; how many they were."""
        self.run(f"DELETE FROM {{who}} WHERE {IS_OF}", {"contacts": contacts})  # noqa: S608 (a constant)
        return self.run(f"DELETE FROM {{stage}} WHERE {IS_OF}", {"contacts": contacts})  # noqa: S608 (a constant)

    def count(self) -> int:
        return int(self.row("SELECT count(*) FROM {stage}")[0])


IS_OF = "string_to_array(who, E'\\x1f') && %(contacts)s::text[]"

BLANK = f"""
UPDATE {{stage}} SET problem = '[["contact", "forgotten", ""]]', number = NULL, who = NULL, first_name = NULL,
    last_name = NULL, birthday = NULL, consents = NULL
WHERE {IS_OF}
"""  # noqa: S608 (a constant)

STAGE = """
CREATE UNLOGGED TABLE {stage} (
    line bigint NOT NULL, problem text, number text, channel text, moment timestamptz, goods numeric, discount numeric,
    refunded numeric, who text, first_name text, last_name text, birthday date, consents text)
WITH (autovacuum_enabled = false)
"""
