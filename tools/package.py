"""The helpers as a net of definitions: what does a name lead to, and what is its hash?

A name is followed through the package, function by function and class by class, through imports
and re-exports, to everything it may use. The hash counts what can change a number: not comments,
docstrings, layout, annotations or the texts of errors, and not the modules that only speak.
"""

import ast
import hashlib
import json
from collections import defaultdict
from pathlib import Path

from tools.names import IMPORTS, Chain, binds, changes, imported, normal, reads
from tools.notebook import ROOT

# Helpers that speak, draw or store, and hand no number on to a table.
SPEAKING = (
    *("answers", "check", "errors", "evidence", "guesses", "machine"),
    *("figures", "progress", "say", "show", "silence"),
)
SILENT = frozenset(f"helpers.{name}" for name in SPEAKING)


def digest(what: object) -> str:
    """Return a short hash of anything that JSON can hold."""
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:16]


class Package:
    """The helpers, parsed: which definitions does a name lead to?"""

    def __init__(self, folder: Path = ROOT / "helpers") -> None:
        self.modules: dict[str, ast.Module] = {}
        self.packages: set[str] = set()
        self._parsed: dict[int, tuple[set[Chain], object]] = {}
        for file in sorted(folder.rglob("*.py")):
            parts = file.relative_to(folder.parent).with_suffix("").parts
            if parts[-1] == "__init__":
                parts = parts[:-1]
                self.packages.add(".".join(parts))
            self.modules[".".join(parts)] = ast.parse(file.read_text(encoding="utf-8"))
        self.bound: dict[str, dict[str, list[ast.stmt]]] = {}
        for name, tree in self.modules.items():
            self.bound[name] = defaultdict(list)
            for node in tree.body:
                for bound in binds([node]) | changes(node, {}, set()):
                    self.bound[name][bound].append(node)

    def parsed(self, node: ast.stmt) -> tuple[set[Chain], object]:
        """Return what a statement reads, and its normal form; worked out once."""
        if id(node) not in self._parsed:
            self._parsed[id(node)] = {chain for chain, _ in reads(node)}, normal(node)
        return self._parsed[id(node)]

    def reached(self, chains: set[Chain]) -> dict[str, str]:
        """Return the hash of what chains such as ``("helpers", "train")`` lead to, by module."""
        found: dict[str, dict[int, ast.stmt]] = defaultdict(dict)
        todo, seen = list(chains), set()
        while todo:
            chain = todo.pop()
            if chain in seen:
                continue
            seen.add(chain)
            module, name = self.located(chain)
            if not module or ".".join(module.split(".")[:2]) in SILENT:
                continue
            nodes = self.bound[module].get(name, []) if name else self.modules[module].body
            for node in nodes:
                if isinstance(node, IMPORTS):
                    targets = imported(node)
                    rest = chain[len(module.split(".")) + 1 :] if name else ()
                    wanted = [targets[name] + rest] if name in targets else targets.values()
                    todo += [self.absolute(module, target) for target in wanted]
                    continue
                found[module][id(node)] = node
                for read in self.parsed(node)[0]:
                    if not read[0]:
                        todo.append(self.absolute(module, read[1:]))
                    elif read[0] in self.bound[module]:
                        todo.append((*module.split("."), *read))
        parts = {
            module: sorted(nodes.values(), key=lambda node: node.lineno)
            for module, nodes in sorted(found.items())
        }
        return {m: digest([self.parsed(node)[1] for node in part]) for m, part in parts.items()}

    def located(self, chain: Chain) -> tuple[str, str]:
        """Return the module and the name in it that a chain leads to; nothing outside helpers."""
        module = chain[0]
        if module not in self.modules:
            return "", ""
        for place, name in enumerate(chain[1:], start=2):
            inner = f"{module}.{name}"
            last = place == len(chain)
            if inner not in self.modules or (last and self._is_other(module, name, inner)):
                return module, name
            module = inner
        return module, ""

    def _is_other(self, module: str, name: str, inner: str) -> bool:
        """Return whether a package binds a name to something else than its module of that name."""
        return any(
            not isinstance(node, IMPORTS)
            or (
                (name in imported(node))
                and ".".join(self.absolute(module, imported(node)[name])) != inner
            )
            for node in self.bound[module].get(name, [])
        )

    def absolute(self, module: str, chain: Chain) -> Chain:
        """Return the chain of an import in a module, relative or not, from the top."""
        if not chain[0].startswith("."):
            return chain
        parts = module.split(".")
        up = len(chain[0]) - (module in self.packages)
        return (*parts[: len(parts) - up], *chain[1:])
