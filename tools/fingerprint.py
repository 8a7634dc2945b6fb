"""What a stored table depends on: the statements of its lesson and the helpers that compute it.

Found without running anything. From the function handed to ``evidence.stored`` every name is
followed: to the statements of the notebook that bind or change it before that call, from these to
what they read, and so on; names that come from ``helpers`` are followed through the package in the
same way. Two hashes come of it, one of the statements and one of each helper module's part.
Comments, docstrings, layout, drawings and claims are in neither.

tools/evidence.py computes a table by running these statements and no others. What is not in the
hash can therefore not have made the table, even where a name was missed here: the computation
would stop at a ``NameError``.
"""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from tools.names import IMPORTS, Chain, binds, chained, changes, imported, normal, parameters, reads
from tools.notebook import Cell, Failure, Notebook
from tools.package import Package, digest

# Statements after which a name is what they say, whatever it was before.
DEFINITE = (ast.Assign, ast.AnnAssign, ast.FunctionDef, ast.ClassDef, *IMPORTS)


@dataclass
class Statement:
    """A statement at the top level of a cell."""

    node: ast.stmt
    cell: Cell
    binds: set[str]
    definite: bool  # what it binds is bound for certain, whatever it was before
    changes: set[str] = field(default_factory=set)

    @cached_property
    def reduced(self) -> ast.stmt:
        """The statement; of a call of ``evidence.stored`` only the table's name and function."""
        return Reduce().visit(copy.deepcopy(self.node))

    @cached_property
    def reads(self) -> list[tuple[Chain, bool]]:
        """What it reads, as running it needs."""
        return list(reads(self.node))

    @cached_property
    def reduced_reads(self) -> list[tuple[Chain, bool]]:
        """What it reads, as far as tables depend on it."""
        return list(reads(self.reduced))

    @cached_property
    def normal(self) -> object:
        """The statement without what cannot change a number."""
        return normal(self.reduced)

    @cached_property
    def stored(self) -> list[ast.Call]:
        """The calls of ``evidence.stored`` in it."""
        found = [node for node in ast.walk(self.node) if isinstance(node, ast.Call)]
        return [node for node in found if chained(node.func)[-2:] == ("evidence", "stored")]


class Reduce(ast.NodeTransformer):
    """Drops from calls of ``evidence.stored`` what does not go into the table."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if chained(node.func)[-2:] != ("evidence", "stored"):
            return node
        return ast.Tuple(node.args[:2] + computing(node), ast.Load())


def named(call: ast.Call, cell: Cell) -> str:
    """Return the name of the table in a call of ``evidence.stored``, or raise a Failure."""
    first = call.args[0] if call.args else None
    if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
        raise cell.failure("The table's name has to be a literal text, the first argument.")
    return first.value


def computing(call: ast.Call) -> list[ast.expr]:
    """Return the function of a call of ``evidence.stored`` where it is given by keyword."""
    return [keyword.value for keyword in call.keywords if keyword.arg == "compute"]


@dataclass(frozen=True)
class Table:
    """A stored table that a notebook names."""

    name: str
    path: Path  # of the notebook
    place: int  # of the statement that names it, counted through the notebook
    code: str  # hash of the statements
    helpers: dict[str, str]  # hash of each helper module's part
    sources: list[str] = field(default_factory=list)  # the stored tables it is computed from


class Lesson:
    """A notebook as a list of statements."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook
        self.statements = [
            Statement(node, cell, binds([node]), isinstance(node, DEFINITE))
            for cell in notebook.code
            for node in cell.tree.body
        ]
        self._note_changes()

    def _note_changes(self) -> None:
        modules = {
            name
            for statement in self.statements
            if isinstance(statement.node, IMPORTS)
            for name in statement.binds
        }
        functions = [s.node for s in self.statements if isinstance(s.node, ast.FunctionDef)]
        changing: dict[str, set[int | str]] = {}
        while True:  # until no function is found any more that hands on to one that changes
            before = dict(changing)
            for node in functions:
                touched = changes(node, changing, modules, deep=True)
                names = [argument.arg for argument in parameters(node)]
                places = {place for place, name in enumerate(names) if name in touched}
                if places:
                    changing[node.name] = places | {names[place] for place in places}
            if changing == before:
                break
        for statement in self.statements:
            statement.changes = changes(statement.node, changing, modules)

    def before(self, name: str, low: int, high: int) -> Iterator[int]:
        """Yield the statements that may have made what ``name`` is between two places."""
        for place in range(high - 1, -1, -1):
            statement = self.statements[place]
            if name in statement.binds | statement.changes:
                yield place
                if place < low and statement.definite and name in statement.binds:
                    return

    def closure(self, start: list[ast.AST], end: int, whole: bool = False) -> "Reached":
        """Return what expressions at the place ``end`` depend on.

        ``whole`` follows all arguments of ``evidence.stored``, as running needs, not only the
        name and the function, as hashing needs.
        """
        reached = Reached()
        todo = [(chain, end, end) for node in start for chain, _ in reads(node)]
        seen = set()
        while todo:
            step = todo.pop()
            if step in seen:
                continue
            seen.add(step)
            chain, low, high = step
            if not chain[0]:
                reached.imports.add(chain[1:])
                continue
            for place in self.before(chain[0], low, high):
                statement = self.statements[place]
                reached.places.add(place)
                if isinstance(statement.node, IMPORTS):
                    target = imported(statement.node).get(chain[0], ())
                    reached.imports.add(target + chain[1:])
                    continue
                used = low if isinstance(statement.node, ast.FunctionDef | ast.ClassDef) else place
                for read, later in statement.reads if whole else statement.reduced_reads:
                    todo.append((read, used, end) if later else (read, place, place))
        return reached

    def tables(self, package: Package) -> list[Table]:
        """Return the tables that the notebook names, in order.

        Raises
        ------
        Failure: a table's name is no literal.
        """
        found = []
        for place, statement in enumerate(self.statements):
            for call in statement.stored:
                name = named(call, statement.cell)
                start = [*call.args[1:2], *computing(call)]
                reached = self.closure(start, place)
                code = [self.statements[k].normal for k in self.kept(reached)]
                code += [normal(node) for node in start]
                code += sorted(".".join(chain) for chain in reached.imports)
                helpers = package.reached({c for c in reached.imports if c[0] == "helpers"})
                sources = [
                    named(other, statement.cell)
                    for k in self.kept(reached)
                    for other in self.statements[k].stored
                ]
                path = self.notebook.path
                found.append(Table(name, path, place, digest(code), helpers, sources))
        return found

    def kept(self, reached: "Reached") -> list[int]:
        """Return the places of the reached statements that are no imports, in order."""
        places = sorted(reached.places)
        return [k for k in places if not isinstance(self.statements[k].node, IMPORTS)]

    def program(self, tables: list[Table]) -> list[tuple[Table | None, str]]:
        """Return what computes tables: pieces of code, each with the table that it ends in.

        The pieces are the set-up cell, and then what the tables depend on, in the notebook's order.
        """
        places: set[int] = set()
        for table in tables:
            node = self.statements[table.place].node
            places |= {table.place} | self.closure([node], table.place, whole=True).places
        ends = {table.place: table for table in tables}
        setup = self.notebook.code[0]
        pieces, piece = [(None, setup.source)], []
        for place in sorted(places):
            statement = self.statements[place]
            if statement.cell is setup:
                continue
            piece.append(ast.unparse(statement.node))
            if place in ends:
                pieces.append((ends[place], "\n".join(piece)))
                piece = []
        return pieces


@dataclass
class Reached:
    """What a computation depends on: places of statements, and chains of what is imported."""

    places: set[int] = field(default_factory=set)
    imports: set[Chain] = field(default_factory=set)


def all_tables(notebooks: list[Notebook], package: Package | None = None) -> list[Table]:
    """Return the tables of notebooks.

    Raises
    ------
    Failure: a name is no literal, or two notebooks (or one, twice) name the same table.
    """
    package = package or Package()
    found: dict[str, Table] = {}
    for notebook in notebooks:
        if not any("evidence" in cell.source for cell in notebook.code):
            continue
        for table in Lesson(notebook).tables(package):
            if table.name in found:
                here = f"{notebook.path.name} and {found[table.name].path.name}"
                raise Failure(f"The table {table.name} is named twice, in {here}.")
            found[table.name] = table
    return list(found.values())
