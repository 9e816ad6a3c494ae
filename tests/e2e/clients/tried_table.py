#!/usr/bin/python3
"""Prints docs/clients.md: which client is tried with what, as the files of tests beside this one are.

  tests/e2e/clients/tried_table.py >docs/clients.md
"""

import ast
import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
SHARED = HERE.parent / "harness" / "client_program.py"

# What the names of tests say that is tried.
BEHAVIOURS = {
    "a command: streams, status": r"exec",
    "a shell at a terminal": r"terminal",
    "3 MB of input": r"long_input",
    "64 MiB, both ways": r"large_files",
    "list, rename": r"list_(and_)?rename.*",
    "resume": r".*_resume",
    "keepalive": r"keepalive",
    "new keys in mid-transfer": r"new_keys",
    "killed in mid-transfer": r"cut_off",
}

HEAD = """# Clients that are tried

The tests run each client against the gateway and against Debian's sshd in the same box, and expect the same of
both. "Yes" is a test that every change has to pass; "–" is what a client does not do, or not by itself. A client
that is killed in mid-transfer leaves no process, terminal, mount or cgroup behind, in the box or beside the gateway.
The rest of `tests/e2e/` uses OpenSSH's own clients, and rsync with them.

`tests/e2e/clients/tried_table.py` writes this page.

Ansible: give the login name in `ssh_config` (`User demo--box1`), not as `ansible_user`. Ansible asks the box's shell
for the home directory of `ansible_user`, and no passwd there has `demo--box1`. Modules then work in a directory
`~demo--box1`, and Ansible does not find asynchronous jobs again. If you need `ansible_user`, set
`ansible_remote_tmp` and `ansible_async_dir` to absolute paths.

"""


def modules():
    """The names of the files of a client each."""
    return sorted({path.stem for path in HERE.glob("test_*.py")} - {"test_versions"})


def _tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def title(module):
    """The client and its version: what the file's first sentence begins with."""
    first = ast.get_docstring(_tree(HERE / f"{module}.py")).split("\n")[0]
    return re.split(r"[:,] |\.$", first)[0]


def _functions(tree):
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def tests(module):
    """The names of all its tests, without `test_`."""
    tree = _tree(HERE / f"{module}.py")
    found = _functions(tree)
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "harness.client_program":
            found |= _functions(_tree(SHARED))
        elif isinstance(node, ast.Delete):
            found -= {target.id for target in node.targets}
    return sorted(name.removeprefix("test_") for name in found if name.startswith("test_"))


def _row(module):
    names = tests(module)
    known = {name for name in names for pattern in BEHAVIOURS.values() if re.fullmatch(pattern, name)}
    cells = ["yes" if any(re.fullmatch(pattern, name) for name in names) else "–"
             for pattern in BEHAVIOURS.values()]
    more = ", ".join(name.replace("_", " ") for name in names if name not in known)
    return [title(module), *cells, more]


def page():
    rows = sorted(map(_row, modules()), key=lambda row: row[0].lower())
    lines = [["client", *BEHAVIOURS, "and"], ["---"] * (len(BEHAVIOURS) + 2), *rows]
    return HEAD + "".join("| " + " | ".join(line) + " |\n" for line in lines)


if __name__ == "__main__":
    print(page(), end="")
