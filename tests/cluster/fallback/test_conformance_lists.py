"""Every end-to-end test is known to be of sessions, and runs on both ways into a box, or not to be."""

import ast

import conformance
from harness.paths import ROOT

E2E = ROOT / "tests/e2e"


def source(module):
    name = f"{module.replace('.', '/')}.py"
    return (E2E / name if "." in module else E2E / "session" / name).read_text(encoding="utf-8")


def test_what_takes_long_exists():
    assert conformance.LONG < conformance.OF_SESSIONS


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
