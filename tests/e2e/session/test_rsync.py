"""rsync over ssh, both directions."""


def tree(path):
    return {str(entry.relative_to(path)): entry.read_bytes()
            for entry in path.rglob("*") if entry.is_file()}


def test_both_directions(client, tmp_path):
    source = tmp_path / "source"
    (source / "deep").mkdir(parents=True)
    (source / "deep" / "file").write_bytes(b"content" * 100_000)
    (source / "other").write_bytes(b"\x00")
    done = client.rsync("-a", f"{source}/", "box:mirror/")
    assert done.status == 0, done.errors
    done = client.rsync("-a", "box:mirror/", f"{tmp_path}/back/")
    assert done.status == 0, done.errors
    assert tree(tmp_path / "back") == tree(source)

    # A second run changes what changed, and deletes.
    (source / "other").unlink()
    (source / "deep" / "file").write_bytes(b"changed" * 100_000)
    client.rsync("-a", "--delete", "--checksum", f"{source}/", "box:mirror/").ok()
    assert client.sh("find mirror -type f; head -c 7 mirror/deep/file") == (
        "mirror/deep/file\nchanged")
    client.sh("rm -r mirror")


def test_error_status(client, tmp_path):
    assert client.rsync("-a", "box:/no/such/dir", tmp_path).status == 23
