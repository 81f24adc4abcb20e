"""Finds every regular expression of the packages that read foreign text, and the ways in which each is applied.

Nothing has to be registered: a pattern is found in the globals of a module, inside tuples, lists, mappings and
dataclasses, as the result of a cached function, and as a literal in a call such as `re.sub("…", …)`.
"""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from types import ModuleType
from typing import Any

PACKAGES = (
    "feeds.normalize",
    "feeds.parse",
    "feeds.rules",
    "feeds.dedupe",
    "feeds.fetch",
    "feeds.schedule",
    "feeds.websub",
    "feeds.model",
    "feeds.render",
    "feeds.logs",
)
METHODS = ("search", "match", "fullmatch", "sub", "subn", "finditer", "findall", "split")

ARGUMENTS = {  # cached function with an argument: (module, the table of its arguments)
    "feeds.normalize.credits.promo_lines._promo_pattern": (
        "feeds.normalize.credits.promo_patterns",
        "PROMO_PATTERNS",
    ),
    "feeds.parse.cjk_decoders._replaced_characters": ("feeds.parse.cjk_decoders", "_DIFFERING_CHARACTERS"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """A pattern, where it was found, and the methods that its module calls on it."""

    name: str  # "feeds.parse.hubs._LINK"
    pattern: re.Pattern[Any]
    methods: frozenset[str]


def modules() -> list[ModuleType]:
    """All modules of PACKAGES."""
    found = []
    for package in map(importlib.import_module, PACKAGES):
        names = [package.__name__]
        if hasattr(package, "__path__"):
            names += [info.name for info in pkgutil.walk_packages(package.__path__, package.__name__ + ".")]
        found += [importlib.import_module(name) for name in names]
    return found


def find_patterns() -> list[Found]:
    """Every pattern once, under the first name that it was found by."""
    found: dict[re.Pattern[Any], Found] = {}
    all_modules = modules()
    sources = {module.__name__: inspect.getsource(module) for module in all_modules}
    for module in all_modules:
        for name, pattern in (*_in_globals(module), *_in_calls(module, sources[module.__name__])):
            methods = _methods(name.rpartition(".")[2], pattern, module, sources)
            before = found.get(pattern)
            found[pattern] = Found(
                before.name if before else name,
                pattern,
                methods | (before.methods if before else frozenset()),
            )
    return list(found.values())


def functions_that_hide_patterns(module: ModuleType) -> Iterator[str]:
    """The functions of a module that make a pattern which `find_patterns` cannot find: they compute it, and are neither
    called when the module is imported nor cached."""
    tree = ast.parse(inspect.getsource(module))
    called_at_import = {
        ast.unparse(node.func)
        for statement in tree.body
        if not isinstance(statement, ast.FunctionDef | ast.ClassDef)
        for node in ast.walk(statement)
        if isinstance(node, ast.Call)
    }
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef) or function.name in called_at_import:
            continue
        if isinstance(vars(module).get(function.name), functools._lru_cache_wrapper):
            continue
        calls = (node for node in ast.walk(function) if isinstance(node, ast.Call))
        if any(
            ast.unparse(call.func) == "re.compile"
            or (_is_re_call(call) and _evaluated(call.args[0], module) is None)
            for call in calls
        ):
            yield f"{module.__name__}.{function.name}"


def _is_re_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in {f"re.{name}" for name in METHODS}


def _in_globals(module: ModuleType) -> Iterator[tuple[str, re.Pattern[Any]]]:
    for name, value in vars(module).items():
        if getattr(value, "__module__", module.__name__) != module.__name__ and callable(value):
            continue  # imported from another module
        for pattern in _patterns_in(value, 0):
            yield f"{module.__name__}.{name}", pattern


def _patterns_in(value: object, depth: int) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth > 4 or isinstance(value, str | bytes):
        return
    elif isinstance(value, Mapping):
        for part in (*value.keys(), *value.values()):
            yield from _patterns_in(part, depth + 1)
    elif isinstance(value, tuple | list | set | frozenset):
        for part in value:
            yield from _patterns_in(part, depth + 1)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _patterns_in(getattr(value, field.name), depth + 1)
    elif isinstance(value, type):
        for part in vars(value).values():
            yield from _patterns_in(part, depth + 1)
    elif isinstance(value, functools._lru_cache_wrapper):
        for result in _cached_results(value):
            yield from _patterns_in(result, depth + 1)


def _cached_results(function: Any) -> Iterator[object]:
    """What a cached function returns: without an argument, or for each of its ARGUMENTS."""
    if not inspect.signature(function).parameters:
        yield function()
    elif (name := f"{function.__module__}.{function.__name__}") in ARGUMENTS:
        table, attribute = ARGUMENTS[name]
        yield from map(function, getattr(importlib.import_module(table), attribute))
    elif "re.Pattern" in str(inspect.signature(function).return_annotation):
        raise AssertionError(f"{name} compiles a pattern for an argument: name its arguments in ARGUMENTS")


def _in_calls(module: ModuleType, source: str) -> Iterator[tuple[str, re.Pattern[Any]]]:
    """Patterns of calls such as `re.sub("a+", …)`."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not _is_re_call(node):
            continue
        name = f"{module.__name__}:{node.lineno}.re_{node.func.attr}"  # type: ignore[attr-defined]
        pattern, flags = _evaluated(node.args[0], module), re.NOFLAG
        for part in (*node.args[2:], *(keyword.value for keyword in node.keywords)):
            value = _evaluated(part, module)
            flags |= value if isinstance(value, re.RegexFlag) else re.NOFLAG
        if isinstance(pattern, str | bytes):
            yield name, re.compile(pattern, flags)


def _evaluated(node: ast.AST, module: ModuleType) -> Any:
    try:
        return eval(compile(ast.Expression(node), "pattern", "eval"), vars(module))  # type: ignore[arg-type]
    except NameError:  # made of values that only exist in the call
        return None


def _methods(
    name: str, pattern: re.Pattern[Any], module: ModuleType, sources: Mapping[str, str]
) -> frozenset[str]:
    """The methods that are called on the pattern. One in a container may have any that its module calls on a value
    that is no global."""
    if name.startswith("re_"):
        return frozenset({name[3:]})
    if vars(module).get(name) is pattern:
        home = module.__name__.rpartition(".")[2]  # another module may write `tracking.TRACKING_FRAGMENT`
        users = [
            source
            for user, source in sources.items()
            if vars(sys.modules[user]).get(name) is pattern or f"{home}.{name}." in source
        ]
        called = {
            method
            for source in users
            for method in METHODS
            if re.search(rf"(?<!\w){name}\.{method}\b", source)
        }
        if called:
            return frozenset(called)
    calls = re.findall(r"(?<![\w.])(\w+|\))\.(\w+)\(", sources[module.__name__])
    called = {
        method
        for receiver, method in calls
        if method in METHODS
        and (receiver, method) != (")", "split")
        and receiver != "re"
        and not isinstance(vars(module).get(receiver), re.Pattern)
    }
    return frozenset(called or {"search"})
