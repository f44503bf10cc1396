"""The house: a name that other modules may use is found by its name alone."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "perfxl"


def test_a_public_name_means_one_thing() -> None:
    """What only its own module uses begins with an underscore."""
    owners: dict[str, list[str]] = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        for name in _public_names(ast.parse(file.read_text(encoding="utf-8"))):
            owners.setdefault(name, []).append(file.relative_to(PACKAGE).as_posix())
    assert len(owners) > 1000
    assert {name: files for name, files in owners.items() if len(files) > 1} == {}


def _public_names(module: ast.Module) -> set[str]:
    """Functions, classes and constants of a module, without what it imports."""
    named = {node.name for node in module.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    for node in module.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        named |= {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}
    return {name for name in named if not name.startswith("_")}
