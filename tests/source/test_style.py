"""Formatters and linters find nothing."""

import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def tracked(*patterns):
    """The files of the project, as git knows them; all files where there is no git."""
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard", "--",
                             *patterns], capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        names = listed.stdout.splitlines()
    else:
        names = [str(path.relative_to(ROOT)) for pattern in patterns for path in ROOT.rglob(pattern)
                 if "build" not in path.relative_to(ROOT).parts]
    return sorted(name for name in set(names) if (ROOT / name).is_file())


def run(*command):
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_sources_are_formatted():
    run("clang-format", "--dry-run", "--Werror", *tracked("*.cc", "*.h", "*.c"))


@pytest.mark.parametrize("script", tracked("*.sh", "deploy/client/zomg", "deploy/client/completions/zomg.bash"))
def test_shell_is_clean(script):
    run("shellcheck", script)


def test_python_compiles():
    for name in tracked("*.py"):
        compile((ROOT / name).read_bytes(), name, "exec")
