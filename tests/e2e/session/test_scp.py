"""scp, over sftp as it speaks today and with its old protocol."""

import hashlib
import stat

import pytest

both_protocols = pytest.mark.parametrize("flags", [[], ["-O"]], ids=["sftp", "scp-O"])


@both_protocols
def test_file_both_ways(client, tmp_path, flags):
    (tmp_path / "here").write_bytes(b"\x00content\n")
    (tmp_path / "here").chmod(0o741)
    client.run("scp", *flags, "-p", tmp_path / "here", "box:there").ok()
    assert client.sh("stat -c %a there") == "741\n"
    client.run("scp", *flags, "-p", "box:there", tmp_path / "back").ok()
    assert (tmp_path / "back").read_bytes() == b"\x00content\n"
    assert stat.S_IMODE((tmp_path / "back").stat().st_mode) == 0o741
    client.sh("rm there")


@both_protocols
def test_directory_both_ways(client, tmp_path, flags):
    for name in ("a", "b/c", "b/d e"):
        (tmp_path / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tree" / name).write_text(name, encoding="ascii")
    client.run("scp", *flags, "-r", tmp_path / "tree", "box:tree").ok()
    client.run("scp", *flags, "-r", "box:tree", tmp_path / "back").ok()
    client.sh("rm -r tree")
    found = {str(path.relative_to(tmp_path / "back")): path.read_text(encoding="ascii")
             for path in (tmp_path / "back").rglob("*") if path.is_file()}
    assert found == {"a": "a", "b/c": "b/c", "b/d e": "b/d e"}


@both_protocols
def test_64_mib_both_ways(client, bulk, tmp_path, flags):
    client.run("scp", *flags, bulk, "box:big", timeout=100).ok()
    client.run("scp", *flags, "box:big", tmp_path / "big", timeout=100).ok()
    client.sh("rm big")
    assert (hashlib.sha256((tmp_path / "big").read_bytes()).digest()
            == hashlib.sha256(bulk.read_bytes()).digest())


@both_protocols
def test_missing_file(client, tmp_path, flags):
    done = client.run("scp", *flags, "box:/no/such/file", tmp_path / "x")
    assert done.status == 1
    assert "No such file" in done.errors


@both_protocols
def test_from_box_to_box(client, flags):
    client.sh("echo content >one")
    client.run("scp", *flags, "-3", "box:one", "box:two").ok()
    assert client.sh("cat two; rm one two") == "content\n"
