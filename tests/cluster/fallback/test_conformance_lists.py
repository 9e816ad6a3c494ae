"""Every end-to-end test is known to be of sessions, and runs on both ways into a box, or not to be."""

import ast

import conformance
from harness.paths import ROOT

E2E = ROOT / "tests/e2e"


def source(module):
    return (E2E / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")


def test_every_file_is_in_one_list():
    """A new one belongs in OF_SESSIONS of conformance.py, or in ELSEWHERE."""
    files = {".".join(path.relative_to(E2E).with_suffix("").parts) for path in E2E.rglob("test_*.py")}
    assert conformance.OF_SESSIONS & set(conformance.ELSEWHERE) == set()
    assert conformance.LONG < conformance.OF_SESSIONS
    assert files == conformance.OF_SESSIONS | set(conformance.ELSEWHERE)


def test_what_differs_exists_and_a_page_says_why():
    page = (ROOT / "docs/other-nodes.md").read_text(encoding="utf-8")
    for (module, name, *_), reason in (*conformance.DIFFERENT.items(),
                                       *conformance.DIFFERENT_CASES.items()):
        tree = ast.parse(source(module))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert f"\n| {reason}" in page


def test_no_fixture_of_two_files_has_one_name():
    """For they all meet in one module there."""
    seen = {}
    for module in conformance.OF_SESSIONS:
        tree = ast.parse(source(module))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and any(
                    "fixture" in ast.unparse(decorator) for decorator in node.decorator_list):
                assert seen.setdefault(node.name, module) == module, node.name
