"""The pictures of README are made from programs that run, and can be made again."""

import pathlib
import subprocess
import xml.etree.ElementTree

import pytest

from harness import paths

pytestmark = pytest.mark.slow

SVG = "{http://www.w3.org/2000/svg}"
MAX_BYTES = 200_000


def words(path):
    """All that a picture shows."""
    return " ".join(text.text for text in xml.etree.ElementTree.parse(path).iter(f"{SVG}text"))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    directory = tmp_path_factory.mktemp("pictures")
    done = subprocess.run(["/usr/bin/python3", paths.ROOT / "docs/pictures.py", directory],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=110, check=False)
    assert done.returncode == 0, done.stdout.decode()[-4000:]
    return directory


@pytest.mark.parametrize("name, shown", [
    ("session.svg", ["ssh demo--box1@gateway.example.org", "/dev/pts/0", "sftp>", "final.pdf",
                     "Port forwarding is off on this gateway.", "There is no such box."]),
    ("processes.svg", ["zomg-ssh-gateway", "zomg-ssh-listener", "zomg-ssh-connection",
                       "zomg-ssh-sessiond", "-bash", "no capabilities, seccomp, empty root"]),
])
def test_they_show_what_happened(made, name, shown):
    for path in (made / name, paths.ROOT / "docs" / name):
        assert path.stat().st_size < MAX_BYTES
        said = words(path)
        assert not [text for text in shown if text not in said], said
        # Where it was made is of no interest.
        assert "127.0.0.1" not in said


def test_readme_opens_with_them():
    readme = pathlib.Path(paths.ROOT / "README.md").read_text(encoding="utf-8")
    assert readme.index("docs/session.svg") < readme.index("docs/processes.svg") < \
        readme.index("\n## ")
