"""Rows of TOML files, read field by field: what is wrong is said with the
file, the row's key and the field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class RowError(ValueError):
    """A file of the lab's own texts is not as it must be."""


class Rows:
    """One row. Each field is asked for once; `done` finds what is left."""

    def __init__(
        self, file: str, values: Mapping[str, Any], name: str = ""
    ) -> None:
        self.file = file
        self.name = name or str(values.get("key", "a row without a key"))
        self.left = dict(values)

    def error(self, field: str, problem: str) -> RowError:
        """What is wrong, and where."""
        return RowError(f"{self.file}, {self.name}: {field} {problem}.")

    def text(self, field: str, default: str | None = None) -> str:
        """A text that is not empty; without a default it must be there."""
        if default is not None and field not in self.left:
            return default
        value = self._take(field, str, "a text")
        if not value.strip():
            raise self.error(field, "is empty")
        return str(value).strip("\n")

    def number(self, field: str) -> int:
        """A whole number, 0 or more."""
        value = self._take(field, int, "a whole number")
        if value < 0:
            raise self.error(field, f"is {value}, which is below 0")
        return int(value)

    def one_of(self, field: str, allowed: tuple[str, ...]) -> str:
        """A text out of a few."""
        value = self.text(field)
        if value not in allowed:
            known = ", ".join(allowed)
            raise self.error(field, f"is {value!r}; known: {known}")
        return value

    def texts(self, field: str, least: int = 1) -> tuple[str, ...]:
        """Texts, at least so many."""
        values = self._take(field, list, "a list")
        if not all(isinstance(v, str) and v.strip() for v in values):
            raise self.error(field, "holds something that is not a text")
        return tuple(self._enough(field, values, least))

    def rows(self, field: str, least: int = 1) -> list[Rows]:
        """Rows within the row, at least so many."""
        values = self._take(field, list, "a list of tables")
        return [
            self._within(f"{field} {place}", value)
            for place, value in enumerate(self._enough(field, values, least))
        ]

    def row(self, field: str) -> Rows:
        """The row within the row."""
        return self._within(field, self._take(field, dict, "a table"))

    def table(self, field: str) -> dict[str, Any]:
        """A table of any names; {} when it is not there."""
        if field not in self.left:
            return {}
        return dict(self._take(field, dict, "a table"))

    def done(self) -> None:
        """Nothing may be left over: it would be a slip of the pen."""
        for field in self.left:
            raise self.error(field, "is not a field that is known here")

    def _take(self, field: str, kind: type, said: str) -> Any:
        if field not in self.left:
            raise self.error(field, "is missing")
        value = self.left.pop(field)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise self.error(field, f"is not {said}")
        return value

    def _enough(self, field: str, values: list[Any], least: int) -> list[Any]:
        if len(values) < least:
            raise self.error(field, f"has fewer than {least} entries")
        return values

    def _within(self, name: str, value: Any) -> Rows:
        if not isinstance(value, dict):
            raise self.error(name, "is not a table")
        return Rows(self.file, value, f"{self.name}, {name}")
