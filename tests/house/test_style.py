"""Sizes and names of the house style."""

import ast
import re

from tests.house.sources import Source, product_sources, sources

LONGEST_SOURCE, LONGEST_TEST, LONGEST_KERNEL, LONGEST_FUNCTION, MOST_POSITIONAL = 300, 600, 150, 50, 7
VAGUE_MODULES = {"utils", "util", "helpers", "helper", "manager", "managers", "misc", "common", "tools"}
SIGNALS = {"pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed", "pre_init", "post_init"}
CLOCKS = {"now", "utcnow", "today"}
# These read the clock only when no moment is given to them.
CLOCKS_BY_DEFAULT = {"localdate", "localtime"}
CLOCKLESS_ROOMS = {"rules", "services"}


def test_source_files_are_short() -> None:
    limit = {source: LONGEST_KERNEL if "/kernel/" in source.name else LONGEST_SOURCE for source in product_sources()}
    assert [f"{s.name}: {s.line_count}" for s, most in limit.items() if s.line_count > most] == []


def test_test_files_are_short() -> None:
    found = sources("tests", "bench")
    assert [f"{s.name}: {s.line_count}" for s in found if s.line_count > LONGEST_TEST] == []


def test_functions_are_short() -> None:
    assert [
        f"{source.name}:{function.lineno} {function.name}"
        for source in product_sources()
        for function in _functions(source)
        if function.end_lineno - function.lineno + 1 > LONGEST_FUNCTION  # type: ignore[operator]
    ] == []


def test_functions_take_few_positional_parameters() -> None:
    assert [
        f"{source.name}:{function.lineno} {function.name}"
        for source in product_sources()
        for function in _functions(source)
        if len(function.args.args) + len(function.args.posonlyargs) > MOST_POSITIONAL
    ] == []


def test_modules_are_named_by_what_they_hold() -> None:
    assert [source.name for source in product_sources() if source.path.stem in VAGUE_MODULES] == []


def test_functions_are_named_by_what_they_do() -> None:
    assert [
        f"{source.name}:{function.lineno} {function.name}"
        for source in product_sources()
        for function in _functions(source)
        if re.match(r"_?(do|process|manage)_", function.name)
    ] == []


def test_no_model_signals() -> None:
    assert [
        f"{source.name}:{node.lineno} {name}"
        for source in product_sources()
        for node in ast.walk(source.tree)
        if (name := getattr(node, "id", getattr(node, "attr", None))) in SIGNALS
    ] == []


def test_rules_and_services_do_not_read_the_clock() -> None:
    assert [
        f"{source.name}:{node.lineno}"
        for source in product_sources()
        if source.room in CLOCKLESS_ROOMS
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and _reads_clock(node)
    ] == []


def test_no_todo_without_an_owner() -> None:
    found = [*product_sources(), *(source for source in sources("tests") if source.app != "tests")]
    assert [source.name for source in found if re.search(r"#\s*(TODO|FIXME|XXX)\b", source.text)] == []


def _functions(source: Source) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(source.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def _reads_clock(call: ast.Call) -> bool:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    return name in CLOCKS or (name in CLOCKS_BY_DEFAULT and not call.args)
