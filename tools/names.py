"""Which names a piece of Python reads, binds and changes, found without running it.

What tools/fingerprint.py needs to follow a computation through a notebook and through ``helpers``.
A read is a chain: ``measure.sq_err`` is ``("measure", "sq_err")``. An import inside a function is
an absolute chain that begins with an empty string: ``("", "helpers", "measure")``.
"""

import ast
from collections.abc import Iterable, Iterator

Chain = tuple[str, ...]

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
IMPORTS = (ast.Import, ast.ImportFrom)

# Methods that change the object they are called on. Drawing a random number is one of them.
MUTATORS = frozenset(
    "append extend insert add update setdefault pop popitem remove discard clear sort reverse fill "
    "fit compile build adapt set_weights load_weights assign assign_add assign_sub train_on_batch "
    "normal uniform integers choice permutation permuted random standard_normal shuffle".split()
)


def reads(
    node: ast.AST, local: frozenset[str] = frozenset(), later: bool = False
) -> Iterator[tuple[Chain, bool]]:
    """Yield the chains of outer names that ``node`` reads, and whether only a later call does.

    Names that a function binds itself are its own; annotations are left out.
    """
    if isinstance(node, FUNCTIONS):
        is_lambda = isinstance(node, ast.Lambda)
        arguments = node.args
        now = [*arguments.defaults, *filter(None, arguments.kw_defaults)]
        for part in now if is_lambda else [*now, *node.decorator_list]:
            yield from reads(part, local, later)
        body = [node.body] if is_lambda else node.body
        own = {argument.arg for argument in parameters(node)} | binds(body)
        for part in body:
            yield from reads(part, local | own, True)
    elif isinstance(node, COMPREHENSIONS):
        inner = local | {name for part in node.generators for name in binds([part.target])}
        yield from reads(node.generators[0].iter, local, later)
        rest = ast.iter_child_nodes(node)
        for part in rest:
            yield from reads(part, inner, later)
    elif isinstance(node, IMPORTS):
        for target in imported(node).values():
            yield ("", *target), later
    elif isinstance(node, ast.Attribute) and (chain := chained(node)):
        if chain[0] not in local:
            yield chain, later
    elif isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Load) and node.id not in local:
            yield (node.id,), later
    else:
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            if node.target.id not in local:
                yield (node.target.id,), later
        skipped = node.annotation if isinstance(node, ast.AnnAssign) else None
        for part in ast.iter_child_nodes(node):
            if part is not skipped:
                yield from reads(part, local, later)


def chained(node: ast.expr) -> Chain:
    """Return the chain of an attribute of a name; of anything else, nothing."""
    names = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return (node.id, *reversed(names)) if isinstance(node, ast.Name) else ()


def parameters(node: ast.AST) -> list[ast.arg]:
    """Return the parameters of a function."""
    listed = node.args
    several = [argument for argument in (listed.vararg, listed.kwarg) if argument]
    return [*listed.posonlyargs, *listed.args, *listed.kwonlyargs, *several]


def shallow(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield the nodes and what is in them, but not what is in inner scopes."""
    for node in nodes:
        yield node
        if not isinstance(node, (*FUNCTIONS, *COMPREHENSIONS, ast.ClassDef)):
            yield from shallow(ast.iter_child_nodes(node))


def binds(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the names that statements bind in their own scope; not those declared global."""
    bound, elsewhere = set(), set()
    for node in shallow(nodes):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            bound.add(node.name)
        elif isinstance(node, IMPORTS):
            bound |= imported(node).keys()
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            bound.add(node.name)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            elsewhere |= set(node.names)
    return bound - elsewhere


def imported(node: ast.Import | ast.ImportFrom) -> dict[str, Chain]:
    """Return what an import binds: each name with the chain of what it stands for.

    Of a relative import, the chain begins with one ``"."`` a level.
    """
    if isinstance(node, ast.Import):
        return {
            alias.asname or alias.name.split(".")[0]: tuple(
                alias.name.split(".") if alias.asname else alias.name.split(".")[:1]
            )
            for alias in node.names
        }
    start = ("." * node.level,) * bool(node.level)
    start += tuple(node.module.split(".")) if node.module else ()
    return {alias.asname or alias.name: (*start, alias.name) for alias in node.names}


def changes(
    node: ast.AST, changing: dict[str, set[int | str]], modules: set[str], deep: bool = False
) -> set[str]:
    """Return the names whose objects a statement changes: ``x[0] = 1``, ``x.append(1)``, ``f(x)``.

    ``changing`` holds the functions known to change what is handed to them, each with the places
    and names of the parameters; ``modules`` are names that stand for modules, which count as
    unchanging: a computation seeds its random numbers itself. ``deep`` looks into inner functions.
    """
    found = set()
    for part in ast.walk(node) if deep else shallow([node]):
        if isinstance(part, ast.Attribute | ast.Subscript):
            if isinstance(part.ctx, ast.Store | ast.Del):
                found.add(root(part))
        elif isinstance(part, ast.AugAssign) and isinstance(part.target, ast.Name):
            found.add(part.target.id)
        elif isinstance(part, ast.Call):
            if isinstance(part.func, ast.Attribute):
                name, method = root(part.func.value), part.func.attr
                if method in MUTATORS and name not in modules:
                    found.add(name)
            elif isinstance(part.func, ast.Name) and (which := changing.get(part.func.id)):
                given = [*enumerate(part.args), *((k.arg, k.value) for k in part.keywords)]
                found |= {root(value) for place, value in given if place in which}
    return found - {""}


def root(node: ast.AST) -> str:
    """Return the name that ``name.a[0].b`` begins with; of anything else, an empty string."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def normal(node: object) -> object:
    """Return a piece of Python without what cannot change a number, the same in every Python.

    Positions, comments, docstrings, annotations of functions, and the texts of errors go.
    """
    if isinstance(node, list):
        return [normal(part) for part in node]
    if not isinstance(node, ast.AST):
        return f"{type(node).__name__} {node!r}"
    fields = {name: value for name, value in ast.iter_fields(node) if value not in (None, [])}
    dropped = {"ctx", "type_comment", "kind", "type_params"}
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.arg):
        dropped |= {"returns", "annotation"}
    if isinstance(node, ast.Assert):
        dropped.add("msg")
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        fields["exc"] = node.exc.func
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        if ast.get_docstring(node, clean=False) is not None:
            fields["body"] = node.body[1:]
    return [type(node).__name__] + [
        [name, normal(value)] for name, value in sorted(fields.items()) if name not in dropped
    ]
