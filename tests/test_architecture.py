"""Who may import whom, held by reading the source: direction, purity, no cycle, no lazy import, a test per module."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median

import pytest
from attrs import frozen

ROOT = Path(__file__).parents[1]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
PACKAGES = ("hub", "actors", "storage", "web")

IMPURE = frozenset(
    {"asyncio", "socket", "ssl", "select", "selectors", "signal", "subprocess", "threading", "multiprocessing"}
    | {"concurrent", "os", "io", "pathlib", "shutil", "tempfile", "glob", "fcntl", "logging", "http", "smtplib"}
    | {"sqlite3", "time", "random", "secrets", "builtins", "importlib", "sys", "ctypes", "urllib.request"}
)
"""Standard modules through which I/O, the clock, chance or the event loop would get into the domain."""

EXCEPTIONS = {("hub.ids", "time"), ("hub.ids", "secrets")}
"""A new id is made of the moment and of chance; the moment can be handed in."""


@frozen
class Layer:
    """What modules of a layer may import: other layers by name, third-party packages, and which lazily.

    `third_party` None allows any that the project depends on.
    """

    layers: frozenset[str]
    third_party: frozenset[str] | None = None
    lazily: frozenset[str] = frozenset()


LAYERS = {
    "domain": Layer(frozenset({"domain"}), frozenset({"attrs", "orjson"})),
    "kernel": Layer(frozenset({"kernel"}), frozenset()),
    "actors": Layer(frozenset({"actors", "kernel", "domain"}), frozenset({"attrs", "orjson"})),
    "storage": Layer(frozenset({"storage", "domain"})),
    "web": Layer(frozenset({"web", "actors", "kernel", "domain"})),
    "demo": Layer(frozenset({"demo"}), frozenset({"attrs", "orjson", "aiohttp"})),
    "app": Layer(frozenset({"app", "domain", "kernel", "actors", "storage", "web"})),
    "commands": Layer(
        frozenset({"commands", "domain"}),
        frozenset({"attrs", "click", "orjson"}),
        lazily=frozenset({"jobs", "app", "demo", "bench", "storage", "web", "actors", "kernel"}),
    ),
    # What commands do once they are called for. They load these lazily, so these may import what they need, at once.
    "jobs": Layer(frozenset({"jobs", "commands", "domain", "app", "demo", "storage", "web", "actors", "kernel"})),
    # Part of the command line that is loaded only when it is called for: so it may import like a command, and at once.
    # It never builds a hub in its own process (no `app`): what it measures is a process of its own. The world outside
    # of that (`demo`) may be in it.
    "bench": Layer(frozenset({"bench", "domain", "kernel", "demo", "storage", "web"})),
}


JOBS = frozenset(
    {"process", "doctor_checks", "demo_world", "demo_people", "demo_history", "demo_ledger", "demo_return"}
    | {"demo_ai", "demo_back_office"}
)
"""The modules of `hub.commands` that hold no command."""


@frozen
class Import:
    """One import statement: of what, on which line, and whether inside a function."""

    target: str
    line: int
    lazy: bool


def layer_of(module: str) -> str:
    """The layer a module of ours belongs to."""
    parts = module.split(".")
    if parts[:2] == ["hub", "commands"] and parts[-1] in JOBS:
        return "jobs"
    if parts[0] == "hub":
        special = {"app": "app", "__main__": "commands", "commands": "commands", "demo": "demo", "bench": "bench"}
        return special.get(parts[1] if len(parts) > 1 else "", "domain")
    return "kernel" if parts[:2] == ["actors", "kernel"] else parts[0]


def module_of(path: Path) -> str:
    """`hub/config/load.py` is `hub.config.load`; a package is its `__init__`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, Path]:
    """Every module of ours."""
    paths = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return {module_of(path): path for path in sorted(paths) if "node_modules" not in path.parts}


@cache
def imports(module: str) -> tuple[Import, ...]:
    """What a module imports, each name resolved to the module of ours that it is, if it is one."""
    return tuple(_imports(ast.parse(modules()[module].read_text()), lazy=False))


def _imports(node: ast.AST, *, lazy: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(name.name, child.lineno, lazy) for name in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"relative import on line {child.lineno}"
            for name in child.names:
                inner = f"{child.module}.{name.name}"
                yield Import(inner if inner in modules() else str(child.module), child.lineno, lazy)
        inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        yield from _imports(child, lazy=lazy or inside)


def offences(module: str) -> Iterator[str]:
    """What a module imports and may not."""
    layer = LAYERS[layer_of(module)]
    for found in imports(module):
        if reason := _forbidden(module, layer, found):
            yield f"{modules()[module].relative_to(ROOT)}:{found.line} imports {found.target}: {reason}"


def _forbidden(module: str, layer: Layer, found: Import) -> str | None:
    top = found.target.split(".")[0]
    if top in PACKAGES:
        allowed = layer.layers | (layer.lazily if found.lazy else frozenset())
        other = layer_of(found.target)
        return None if other in allowed else f"{layer_of(module)} does not import {other}"
    if top in sys.stdlib_module_names:
        impure = layer_of(module) == "domain" and {top, found.target} & IMPURE and (module, top) not in EXCEPTIONS
        return "the domain is pure" if impure else None
    if layer.third_party is not None and top not in layer.third_party:
        return f"{layer_of(module)} does without it"
    return None


def cycle() -> list[str]:
    """A cycle of imports among our modules, or an empty list."""
    done: set[str] = set()

    def search(module: str, trail: tuple[str, ...]) -> list[str]:
        if module in trail:
            return [*trail[trail.index(module) :], module]
        if module in done:
            return []
        done.add(module)
        targets = sorted({found.target for found in imports(module) if found.target in modules()} - {module})
        return next((loop for target in targets if (loop := search(target, (*trail, module)))), [])

    return next((loop for module in modules() if (loop := search(module, ()))), [])


def decides(module: str) -> bool:
    """Whether there is anything to test: some function with a body. Vocabularies and `__init__`s have none."""
    path = modules()[module]
    functions = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, FUNCTIONS))
    return path.name != "__init__.py" and any(body_lines(function) and not _is_stub(function) for function in functions)


def _is_stub(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    rest = [node for node in function.body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
    return not rest


def places_of_test(module: str) -> list[Path]:
    """Where a module's test may be: the mirrored path. The simulated outside world and the measurement show only as a
    whole, through their real protocols, so any test of them may be the one."""
    *folders, name = module.split(".")
    mirrored = ROOT.joinpath("tests", *folders, f"test_{name.strip('_')}.py")
    together = {"demo": ROOT / "tests" / "demo", "bench": ROOT / "tests" / "hub" / "bench"}.get(layer_of(module))
    return [mirrored, *(sorted(together.rglob("test_*.py")) if together else ())]


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    documented = ast.get_docstring(function) is not None
    return lines - ((first.end_lineno or first.lineno) - first.lineno + 1 if documented else 0)


def sizes() -> str:
    """The shape of the code in three lines, to look at. It judges nothing."""
    lines = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in modules().values()}
    found = [
        (body_lines(node), f"{path.relative_to(ROOT)}:{node.lineno}")
        for path in modules().values()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, FUNCTIONS)
    ]
    tests = sum(len(path.read_text().splitlines()) for path in (ROOT / "tests").rglob("*.py"))
    longest = max(lines.items(), key=lambda item: item[1])
    size, where = max(found)
    return (
        f"files      {len(lines)}, median {median(lines.values()):.0f} lines, longest {longest[0]} {longest[1]}\n"
        f"functions  {len(found)}, median {median(n for n, _ in found):.0f} lines, longest {where} {size}\n"
        f"tests      {tests} lines for {sum(lines.values())}"
    )


# The rules


@pytest.mark.parametrize("module", modules())
def test_imports_follow_the_direction(module: str) -> None:
    assert list(offences(module)) == []


def test_no_cycle() -> None:
    assert " → ".join(cycle()) == ""


@pytest.mark.parametrize("module", [module for module in modules() if layer_of(module) not in ("commands", "jobs")])
def test_no_lazy_import_outside_the_command_line(module: str) -> None:
    assert [f"line {found.line}: {found.target}" for found in imports(module) if found.lazy] == []


@pytest.mark.parametrize("module", [module for module in modules() if decides(module)])
def test_every_module_has_a_test_file(module: str) -> None:
    places = places_of_test(module)
    assert any(place.exists() for place in places), f"{places[0].relative_to(ROOT)} is missing"


def test_nobody_reaches_a_back_end_but_through_its_circuit() -> None:
    importers = {
        target: {module for module in modules() if any(found.target == target for found in imports(module))}
        for target in ("web.provider", "actors.circuit", "actors.circuit_attempt", "web.back_ends")
    }
    assert importers == {
        "web.provider": {"web.back_ends"},
        "actors.circuit": {"web.back_ends"},
        "actors.circuit_attempt": {"actors.circuit"},
        "web.back_ends": {"hub.app"},
    }


# The rules themselves


def test_every_module_has_a_layer() -> None:
    assert {layer_of(module) for module in modules()} <= set(LAYERS)


@pytest.mark.parametrize(
    ("module", "target", "lazy", "allowed"),
    [
        ("hub.message", "attrs", False, True),
        ("hub.message", "asyncpg", False, False),
        ("hub.message", "asyncio", False, False),
        ("hub.message", "urllib.request", False, False),
        ("hub.message", "urllib.parse", False, True),
        ("hub.message", "hub.app", False, False),
        ("hub.message", "storage.database", False, False),
        ("actors.kernel.mail", "hub.message", False, False),
        ("actors.kernel.mail", "attrs", False, False),
        ("actors.conversation", "storage.database", False, False),
        ("storage.database", "asyncpg", False, True),
        ("storage.database", "actors.kernel", False, False),
        ("web.routes", "storage.database", False, False),
        ("web.routes", "actors.conversation", False, True),
        ("hub.demo.world", "web.routes", False, False),
        ("hub.demo.world", "hub.message", False, False),
        ("hub.app", "storage.database", False, True),
        ("hub.commands.serve", "hub.app", False, False),
        ("hub.commands.serve", "hub.app", True, True),
        ("hub.commands.serve", "aiohttp", False, False),
        ("hub.commands.serve", "hub.commands.process", False, False),
        ("hub.commands.serve", "hub.commands.process", True, True),
        ("hub.commands.process", "hub.app", False, True),
        ("hub.commands.bench", "hub.bench.run", False, False),
        ("hub.commands.bench", "hub.bench.run", True, True),
        ("hub.bench.run", "asyncpg", False, True),
        ("hub.bench.run", "hub.app", False, False),
        ("hub.bench.run", "hub.demo.back_office", False, True),
        ("hub.message", "hub.bench.run", False, False),
    ],
)
def test_the_table_forbids_what_it_should(module: str, target: str, lazy: bool, allowed: bool) -> None:
    reason = _forbidden(module, LAYERS[layer_of(module)], Import(target, 1, lazy))
    assert (reason is None) is allowed


def test_imports_are_found_wherever_they_stand() -> None:
    source = (
        "import a\nif x:\n    from hub import ids\ndef f():\n    import b.c\nclass K:\n    from hub.ids import uuid7\n"
    )
    found = list(_imports(ast.parse(source), lazy=False))
    assert [(f.target, f.lazy) for f in found] == [("a", False), ("hub.ids", False), ("b.c", True), ("hub.ids", False)]


def test_a_vocabulary_needs_no_test_and_a_decision_does() -> None:
    assert not decides("hub.config.channels")
    assert decides("hub.config.load")


def test_sizes_are_reported() -> None:
    assert "functions" in sizes()


if __name__ == "__main__":
    print(sizes())
