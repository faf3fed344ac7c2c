"""The project's own source files, for the tests that keep the house style true."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
APPS = ("customers", "notifications", "points", "promocodes", "tiers", "referrals", "orders")
# A lower number may be imported by a higher one; equals are strangers.
HEIGHT = {
    "customers": 1,
    "notifications": 2,
    "points": 3,
    "promocodes": 3,
    "tiers": 3,
    "referrals": 4,
    "orders": 5,
    "loyalty_site": 6,
}


@dataclass(frozen=True)
class Source:
    """One Python file: `room` is the part of an app it belongs to, such as `services`."""

    path: Path

    @property
    def name(self) -> str:
        return str(self.path.relative_to(PROJECT))

    @property
    def app(self) -> str:
        return self.path.relative_to(PROJECT).parts[0]

    @property
    def room(self) -> str:
        parts = self.path.relative_to(PROJECT).parts
        return Path(parts[1]).stem if len(parts) > 1 else ""

    @property
    def text(self) -> str:
        return self.path.read_text()

    @property
    def tree(self) -> ast.Module:
        return _parse(self.path)

    @property
    def line_count(self) -> int:
        return len(self.text.splitlines())


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """Files that git knows or would take, migrations left out."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", "*.py"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    found = [Source(PROJECT / name) for name in sorted(listed) if "/migrations/" not in name]
    return tuple(source for source in found if source.app in folders and source.path.exists())


def product_sources() -> tuple[Source, ...]:
    return sources(*APPS, "loyalty_site")


def imports(source: Source) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything imported; `from a import b` counts as `a.b`.

    What only a type checker imports is left out.
    """
    unseen = {
        id(inner)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(source.tree):
        if id(node) in unseen:
            continue
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


@cache
def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))
