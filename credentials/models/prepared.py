"""Statements of the hot paths, which are the same each time but for their parameters: Django builds their SQL once.

Building it costs Django several times what the database needs to answer (docs/performance.md). What such a statement
says is written as a queryset, as everywhere else, and runs in whatever transaction is open. PostgreSQL in turn keeps
the plan, for as long as the connection lasts.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import psycopg
from django.db import connection, models, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models.sql import InsertQuery

MARK = "\ue000"  # and a number: stands for a parameter while the SQL is built
Rows = models.QuerySet[Any, Any]
Converters = list[tuple[int, list[Callable[..., Any]], Any]]
Ready = tuple[str, Sequence[Any]]  # a statement and its parameters


class _Statement(NamedTuple):
    sql: str
    fixed: list[Any]  # the parameters, in order
    given: list[tuple[int, int]]  # which of them is which argument
    converters: Converters


def execute(sql: str, parameters: Sequence[Any]) -> tuple[Any, ...] | None:
    """Run one statement that is run again and again; its first row, if it has any."""
    with _cursor() as cursor:
        cursor.execute(sql, parameters)
        row: tuple[Any, ...] | None = cursor.fetchone() if cursor.description else None
        return row


def if_written(first: Ready, *others: Ready) -> bool:
    """Run an INSERT, and if it wrote anything the UPDATEs that belong to it, in one transaction; whether it did.

    An UPDATE ends with its condition: on PostgreSQL they are one statement, in which nothing waits for this process.
    """
    if not others:
        return _wrote(first)
    if connection.vendor == "postgresql":
        parts = [f"first AS ({first[0]} RETURNING 1)"]
        parts += [f"also_{number} AS ({sql} AND EXISTS (SELECT FROM first))" for number, (sql, _) in enumerate(others)]
        sql = f"WITH {', '.join(parts)} SELECT count(*) FROM first"  # noqa: S608
        row = execute(sql, [value for _, values in (first, *others) for value in values])
        return bool(row and row[0])
    with transaction.atomic(savepoint=False):
        wrote = _wrote(first)
        for statement in others if wrote else ():
            _wrote(statement)
    return wrote


def _wrote(statement: Ready) -> bool:
    with _cursor() as cursor:
        cursor.execute(*statement)
        return bool(cursor.rowcount)


@contextmanager
def _cursor() -> Iterator[CursorWrapper]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Django's own write the parameters into the SQL, so that no plan could be kept.
            cursor.cursor = psycopg.Cursor(cursor.connection)
        yield cursor


class Prepared:
    """A query by texts. `build` takes marks in their place and returns a `values_list` on the default database."""

    def __init__(self, build: Callable[..., Rows]) -> None:
        self._build = build
        self._made: dict[str, _Statement] = {}  # by kind of database

    def first(self, *given: str) -> tuple[Any, ...] | None:
        """The first row, or None. The number of texts is that of `build`."""
        made = self._made.get(connection.vendor) or self._make(len(given))
        parameters = list(made.fixed)
        for place, number in made.given:
            parameters[place] = given[number]
        row = execute(made.sql, parameters)
        if row is None:
            return None
        found = list(row)
        for column, converters, expression in made.converters:
            for convert in converters:
                found[column] = convert(found[column], expression, connection)
        return tuple(found)

    def _make(self, many: int) -> _Statement:
        marks = [f"{MARK}{number}" for number in range(many)]
        compiler = self._build(*marks)[:1].query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        given = [(place, marks.index(value)) for place, value in enumerate(parameters) if value in marks]
        expressions = [selected[0] for selected in compiler.select[: compiler.col_count]]
        converters = [(at, *pair) for at, pair in compiler.get_converters(expressions).items()]
        made = _Statement(sql, list(parameters), given, converters)
        if {number for _, number in given} != set(range(many)):
            raise ValueError("A prepared query lost a parameter.")
        self._made[connection.vendor] = made
        return made


class PreparedInsert:
    """One new row of a model whose key the database gives; what a field makes of its value is the field's affair."""

    def __init__(self, model: type[models.Model]) -> None:
        self._model = model
        self._fields = [field for field in model._meta.concrete_fields if not field.primary_key]
        self._plain = {
            field for field in self._fields if isinstance(field, models.CharField | models.PositiveBigIntegerField)
        }
        self._made: dict[tuple[str, str], str] = {}  # by kind of database and condition

    def insert(self, row: models.Model) -> None:
        execute(self._sql(), self._values(row))

    def ready(self, row: models.Model, *, only_if: str, given: Sequence[Any]) -> Ready:
        """To be run later, and to write nothing unless a condition holds or when such a row is there."""
        return self._sql(only_if), [*self._values(row), *given]

    def ready_all(self, rows: Sequence[models.Model]) -> Ready:
        """To be run later, all in one statement."""
        into, values = self._sql().split(" VALUES ")
        return f"{into} VALUES {', '.join([values] * len(rows))}", [one for row in rows for one in self._values(row)]

    def _values(self, row: models.Model) -> list[Any]:
        return [
            getattr(row, field.attname) if field in self._plain or field.remote_field
            else field.get_db_prep_save(getattr(row, field.attname), connection)
            for field in self._fields
        ]  # fmt: skip

    def _sql(self, only_if: str = "") -> str:
        return self._made.get((connection.vendor, only_if)) or self._make(only_if)

    def _make(self, only_if: str) -> str:
        query = InsertQuery(self._model)
        query.insert_values(self._fields, [self._model()], raw=True)
        ((sql, _),) = query.get_compiler(connection=connection).as_sql()
        if only_if:
            into, values = sql.split(" VALUES ")
            sql = f"{into} SELECT {values[1:-1]} WHERE {only_if} ON CONFLICT DO NOTHING"
        self._made[connection.vendor, only_if] = sql
        return str(sql)
