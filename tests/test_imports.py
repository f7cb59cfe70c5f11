"""Imports of cx_nlp go one way only; found in the syntax trees, so that imports inside functions count too."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import cx_nlp

ROOT = Path(cx_nlp.__file__).parent
# Parts of the package in order; each may import those of the rows above it, and nothing of its own row.
ROWS = (
    ("errors", "text", "toml_lines"),
    ("taxonomy", "duplicates", "personal"),
    ("schema", "segment"),
    ("features",),
    ("io", "metrics", "encoder"),
    ("tagger",),
    ("shift",),
    ("bundle", "manifest"),
    ("training", "scoring", "suggesting"),
    ("journey",),
    ("report",),
    ("sql",),
    ("analysis", "comparison", "migration"),
    ("plots",),
    ("serve", "spacy_component"),
    ("cli",),
    ("__main__",),
)
# Modules beside the one they belong to.
BELONGS = {"taxonomy_file": "taxonomy"}
ONLY = {"journey": {"errors", "toml_lines", "taxonomy", "schema", "io"}}
RANK = {part: rank for rank, row in enumerate(ROWS) for part in row}

# Reading, writing, starting things: what must wait for a call.
WORK = {
    "Popen", "basicConfig", "blank", "filterwarnings", "getenv", "glob", "iterdir", "iter_entry_points", "load",
    "load_taxonomy", "mkdir", "open", "print", "read_bytes", "read_csv", "read_excel", "read_json", "read_parquet",
    "read_text", "run", "seed", "simplefilter", "urlopen", "write_bytes", "write_text",
}  # fmt: skip


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(tree: ast.AST, package: str) -> Iterator[str]:
    """Dotted names of everything of ours that a tree imports, at any depth."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            # The package alone gives nothing; what is taken from it shows as an attribute.
            names = [alias.name for alias in node.names if alias.name != "cx_nlp"]
        elif (
            isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "cx_nlp"
        ):
            names = [f"cx_nlp.{node.attr}"]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            names = [f"{source}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in (
            "import_module",
            "__import__",
        ):
            names = [arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant)]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] == "cx_nlp")


def part_of(name: str) -> str:
    """The part of the package a dotted name lies in; "" for the package itself."""
    first = [*name.split("."), ""][1]
    return BELONGS.get(first, first)


def faults(part: str, targets: set[str]) -> list[str]:
    """What is wrong about a module of `part` importing from these parts."""
    found = []
    for target in sorted(targets - {part, "__version__"}):
        if target not in RANK:
            found.append(f"imports {target or 'cx_nlp'!r}, which has no row in the table of this test")
        elif RANK[target] >= RANK[part]:
            found.append(f"imports {target!r}, which is not below {part!r}")
        elif part in ONLY and target not in ONLY[part]:
            found.append(f"imports {target!r}; {part!r} imports only {', '.join(sorted(ONLY[part]))}")
    return found


def work_at_import(tree: ast.Module) -> list[str]:
    """Calls of `WORK` that run when the module is imported."""
    found, rest = [], list(tree.body)
    while rest:
        node = rest.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            rest += [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
        elif isinstance(node, ast.If) and "__main__" in ast.dump(node.test):
            continue
        elif not isinstance(node, ast.Lambda):
            rest += ast.iter_child_nodes(node)
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            found += [f"line {node.lineno}: {name}(…)"] if name in WORK else []
    return found


MODULES = {module_of(path): path for path in sorted(ROOT.rglob("*.py"))}
TREES = {module: ast.parse(path.read_text(encoding="utf-8")) for module, path in MODULES.items()}


def package_of(module: str) -> str:
    return module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]


def edges(module: str) -> set[str]:
    """Our modules that a module imports; a name in a module counts as the module."""
    names = imported(TREES[module], package_of(module))
    return {name if name in MODULES else name.rpartition(".")[0] for name in names} - {module}


@pytest.mark.parametrize("module", [module for module in MODULES if module != "cx_nlp"])
def test_a_module_imports_only_what_lies_below_it(module):
    part = part_of(module)
    assert part in RANK, f"give {part!r} a row in the table of this test"
    targets = {part_of(name) for name in imported(TREES[module], package_of(module))}
    assert faults(part, targets) == []


@pytest.mark.parametrize("module", MODULES)
def test_no_module_works_while_it_is_imported(module):
    assert work_at_import(TREES[module]) == []


def reached(module: str) -> set[str]:
    found: set[str] = set()
    rest = [module]
    while rest:
        for target in edges(rest.pop()) - found:
            found.add(target)
            rest += [target] if target in MODULES and target != "cx_nlp" else []
    return found


@pytest.mark.parametrize("module", [module for module in MODULES if module != "cx_nlp"])
def test_no_module_imports_itself_through_others(module):
    assert module not in reached(module)


def test_scoring_does_not_reach_training():
    scoring = [module for module in MODULES if part_of(module) == "scoring"]
    assert not {name for module in scoring for name in reached(module) if part_of(name) == "training"}


def test_the_checks_see_imports_in_every_form():
    source = """
import cx_nlp, os
import cx_nlp.io.readers
VERSION = cx_nlp.__version__
from cx_nlp import toml_lines
from cx_nlp.tagger import Tagger as T
def later():
    from ..training import fit
    from . import near
    importlib.import_module("cx_nlp.report")
"""
    assert set(imported(ast.parse(source), "cx_nlp.scoring")) == {
        "cx_nlp.__version__",
        "cx_nlp.io.readers",
        "cx_nlp.toml_lines",
        "cx_nlp.tagger.Tagger",
        "cx_nlp.training.fit",
        "cx_nlp.scoring.near",
        "cx_nlp.report",
    }


def test_the_checks_refuse_upward_and_sideways_imports():
    assert faults("scoring", {"training", "tagger", "errors", "scoring", "__version__"}) == [
        "imports 'training', which is not below 'scoring'"
    ]
    assert faults("journey", {"metrics", "io"}) == [
        "imports 'metrics'; 'journey' imports only errors, io, schema, taxonomy, toml_lines"
    ]
    assert len(faults("text", {"errors", "cli", "unheard_of", ""})) == 4


def test_the_checks_see_work_at_import():
    source = """
TABLE = {line for line in open("x")}
class Box:
    text = Path("a").read_text()
def wait(now=load("model")):
    return open("y")
later = lambda: open("z")
if __name__ == "__main__":
    run()
"""
    assert work_at_import(ast.parse(source)) == ["line 5: load(…)", "line 4: read_text(…)", "line 2: open(…)"]
