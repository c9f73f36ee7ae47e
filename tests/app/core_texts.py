"""What the core may say when it fails: the texts of its errors and notices, read from its source without running it.

A text is a list of stretches with `HOLE` where a value is put in at run time. Names are followed to their values as far
as the source shows them: constants of this or another module, local assignments, conditional expressions, tables, the
results of own functions, and what callers in the same module hand to a parameter.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

HOLE = "\0"
_MOST = 300  # of more ways to fill one text, its parts count as values
_DEEP = 12
_NOTICE = "_notice"  # the page store tells by it what it put right
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Text:
    """One thing the core may say. source: the expression it is written as; place: "sscore/images.py:234"."""

    words: str
    source: str
    place: str


@dataclass
class _Module:
    name: str
    path: str
    tree: ast.Module
    constants: dict[str, ast.expr] = field(default_factory=dict)
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    imported: dict[str, tuple[str, str]] = field(default_factory=dict)  # here -> (module, name there or "")
    classes: list[ast.ClassDef] = field(default_factory=list)
    calls: dict[str, list[tuple[ast.Call, ast.FunctionDef | None]]] = field(default_factory=dict)


class Core:
    """The source of a package, and the texts of its errors."""

    def __init__(self, package: Path, root: Path) -> None:
        self.modules: dict[str, _Module] = {}
        for file in sorted(package.rglob("*.py")):
            parts = file.relative_to(root).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            tree = ast.parse(file.read_text(encoding="utf-8"))
            self.modules[name] = _scan(_Module(name, file.relative_to(root).as_posix(), tree))
        self.kinds = self._kinds()

    def _kinds(self) -> set[str]:
        """Names of the exceptions of the core's own."""
        bases = {
            node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
            for module in self.modules.values()
            for node in module.classes
        }
        kinds = {"Exception"}
        while more := {name for name, above in bases.items() if above & kinds} - kinds:
            kinds |= more
        return kinds - {"Exception"}

    def texts(self) -> Iterator[Text]:
        """Problems and remedies of every place that makes an error, each way they may read."""
        for module in self.modules.values():
            calls = [call for kind in (*self.kinds, _NOTICE) for call in module.calls.get(kind, ())]
            for call, function in sorted(calls, key=lambda one: one[0].lineno):
                named = {word.arg: word.value for word in call.keywords}
                for said in (*call.args[:1], named.get("problem"), named.get("remedy")):
                    if said is not None:
                        place = f"{module.path}:{call.lineno}"
                        for words in self._ways(said, module, function, ()):
                            yield Text(words, ast.unparse(said), place)

    def _ways(self, node: ast.expr, module: _Module, function: ast.FunctionDef | None, seen: tuple) -> list[str]:
        """Every text an expression may give, HOLE for what only the running program knows."""
        if len(seen) > _DEEP or node in seen:
            return [HOLE]
        seen = (*seen, node)

        def ways(other: ast.expr) -> list[str]:
            return self._ways(other, module, function, seen)

        match node:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.JoinedStr(values=values):
                return _joined([ways(value) for value in values])
            case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
                return ways(value)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return _joined([ways(left), ways(right)])
            case ast.IfExp(body=body, orelse=orelse):
                return _unique([*ways(body), *ways(orelse)])
            case ast.BoolOp(values=values):
                return _unique(way for value in values for way in ways(value))
            case ast.NamedExpr(value=value) | ast.Starred(value=value):
                return ways(value)
            case ast.Name(id=name):
                return self._named(name, module, function, seen)
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if name in module.imported:
                return self._elsewhere(".".join(filter(None, module.imported[name])), attr, seen)
            case ast.Subscript(value=ast.Name(id=name)) if isinstance(module.constants.get(name), ast.Dict):
                return _unique(way for value in module.constants[name].values for way in ways(value))
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="get"), args=args) if isinstance(
                module.constants.get(name), ast.Dict
            ):
                return _unique(way for value in (*module.constants[name].values, *args[1:]) for way in ways(value))
            case ast.Call(func=ast.Attribute(value=value, attr="strip" | "rstrip")):
                return ways(value)
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="join"), args=[listed]):
                return self._elements(listed, module, function, seen)
            case ast.Call(func=ast.Name(id=name)):
                if name in module.functions:
                    return self._returned(module.functions[name], module, seen)
                if name in module.imported:
                    return self._elsewhere(*module.imported[name], seen)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)) if name in module.imported:
                return self._elsewhere(".".join(filter(None, module.imported[name])), attr, seen)
        return [HOLE]

    def _elements(self, node: ast.expr, module: _Module, function: ast.FunctionDef | None, seen: tuple) -> list[str]:
        """The texts that a list may hold, one at a time."""
        match node:
            case ast.List(elts=elts) | ast.Tuple(elts=elts):
                return _unique(way for one in elts for way in self._ways(one, module, function, seen))
            case ast.ListComp(elt=elt) | ast.GeneratorExp(elt=elt):
                return self._ways(elt, module, function, seen)
            case ast.Subscript(value=value, slice=ast.Slice()):
                return self._elements(value, module, function, seen)
            case ast.Name(id=name) if function and node not in seen:
                values = _assigned(name, function)
                found = [self._elements(value, module, function, (*seen, node)) for value in values]
                return _unique(itertools.chain.from_iterable(found)) or [HOLE]
        return [HOLE]

    def _named(self, name: str, module: _Module, function: ast.FunctionDef | None, seen: tuple) -> list[str]:
        if function is not None:
            if values := _assigned(name, function):
                return _unique(way for value in values for way in self._ways(value, module, function, seen))
            if name in _parameters(function):
                return self._handed(name, function, module, seen)
            if any(
                isinstance(node, ast.Name)
                and node.id == name
                and isinstance(node.ctx, ast.Store)
                or isinstance(node, ast.ExceptHandler)
                and node.name == name
                for node in ast.walk(function)
            ):
                return [HOLE]
        if name in module.constants:
            return self._ways(module.constants[name], module, None, seen)
        if name in module.imported:
            return self._elsewhere(*module.imported[name], seen)
        return [HOLE]

    def _elsewhere(self, module_name: str, name: str, seen: tuple) -> list[str]:
        """A constant or the results of a function of another module of the core."""
        module = self.modules.get(module_name)
        if module is not None and name in module.constants:
            return self._ways(module.constants[name], module, None, seen)
        if module is not None and name in module.functions:
            return self._returned(module.functions[name], module, seen)
        return [HOLE]

    def _returned(self, called: ast.FunctionDef, module: _Module, seen: tuple) -> list[str]:
        returned = [node.value for node in _own_nodes(called) if isinstance(node, ast.Return) and node.value]
        return _unique(way for value in returned for way in self._ways(value, module, called, seen)) or [HOLE]

    def _handed(self, name: str, function: ast.FunctionDef, module: _Module, seen: tuple) -> list[str]:
        """What callers in the same module give for a parameter."""
        names = _parameters(function)
        found: list[str] = []
        for call, caller in module.calls.get(function.name, ()):
            shift = 1 if names[0] in ("self", "cls") and isinstance(call.func, ast.Attribute) else 0
            given = {word.arg: word.value for word in call.keywords} | dict(zip(names[shift:], call.args, strict=False))
            found += self._ways(given[name], module, caller, seen) if name in given else []
        return _unique(found) or [HOLE]


def _scan(module: _Module) -> _Module:
    for node in module.tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                module.constants[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                module.constants[name] = value
            case ast.FunctionDef(name=name):
                module.functions[name] = node
    _collect(module.tree, None, module)
    return module


def _collect(node: ast.AST, function: ast.FunctionDef | None, module: _Module) -> None:
    """Classes, imports from the core, and every call by the name called, with the function it stands in."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr_context | ast.operator | ast.Constant):
            continue
        if isinstance(child, ast.Call):
            name = getattr(child.func, "id", getattr(child.func, "attr", ""))
            module.calls.setdefault(name, []).append((child, function))
        elif isinstance(child, ast.ClassDef):
            module.classes.append(child)
        elif isinstance(child, ast.ImportFrom) and child.module and child.module.startswith("sscore"):
            for alias in child.names:
                module.imported[alias.asname or alias.name] = (child.module, alias.name)
        _collect(child, child if isinstance(child, _FUNCTIONS) else function, module)


def _assigned(name: str, function: ast.FunctionDef) -> list[ast.expr]:
    values: list[ast.expr] = []
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    if isinstance(target, ast.Name) and target.id == name:
                        values.append(value)
                    elif isinstance(target, ast.Tuple):
                        names = [getattr(one, "id", "") for one in target.elts]
                        if name in names and isinstance(value, ast.Tuple):
                            values.append(value.elts[names.index(name)])
            case ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value) if found == name:
                values.append(value)
            case ast.AugAssign(target=ast.Name(id=found), value=value) if found == name:
                values.append(value)
            case ast.NamedExpr(target=ast.Name(id=found), value=value) if found == name:
                values.append(value)
    return values


def _own_nodes(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions inside it."""
    waiting: list[ast.AST] = [*function.body]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (*_FUNCTIONS, ast.Lambda)):
            waiting += ast.iter_child_nodes(node)


def _parameters(function: ast.FunctionDef) -> list[str]:
    arguments = function.args
    return [one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]


def _joined(parts: list[list[str]]) -> list[str]:
    """The parts one after the other, every way; neighbouring values are one."""
    count = 1
    for part in parts:
        count *= len(part)
    if count > _MOST:
        parts = [part if len(part) == 1 else [HOLE] for part in parts]
    return _unique(re.sub(f"{HOLE}+", HOLE, "".join(way)) for way in itertools.product(*parts))


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
