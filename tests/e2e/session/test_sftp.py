"""sftp with the box's own sftp-server."""

import hashlib
import stat


def test_put_get_ls_rename_chmod(client, tmp_path):
    (tmp_path / "here").write_bytes(b"content\x00\xff\n" * 1000)
    done = client.sftp(f"""
        mkdir round
        put {tmp_path}/here round/there
        ls -l round
        rename round/there round/renamed
        chmod 640 round/renamed
        ls -l round
        get round/renamed {tmp_path}/back
        rm round/renamed
        rmdir round
        -ls round
    """).ok()
    assert (tmp_path / "back").read_bytes() == (tmp_path / "here").read_bytes()
    assert "round/there" in done.text
    assert any(line.startswith("-rw-r-----") and "round/renamed" in line
               for line in done.text.splitlines())
    assert 'Can\'t ls: "/root/round" not found' in done.errors + done.text


def test_starts_at_home_and_sees_the_box(client):
    done = client.sftp("pwd\nls /\n").ok()
    assert "Remote working directory: /root" in done.text
    # The box's root is /volumes: the container's own root has an /init.
    assert "/etc" in done.text and "/init" not in done.text


def test_64_mib_both_ways(client, bulk, tmp_path):
    client.sftp(f"put {bulk} big\nget big {tmp_path}/big\nrm big\n", timeout=100).ok()
    assert (hashlib.sha256((tmp_path / "big").read_bytes()).digest()
            == hashlib.sha256(bulk.read_bytes()).digest())


def test_directories_links_and_times(client, tmp_path):
    tree = tmp_path / "tree"
    (tree / "deep").mkdir(parents=True)
    (tree / "deep" / "file").write_text("text", encoding="ascii")
    (tree / "deep" / "file").chmod(0o750)
    client.sftp(f"put -R -p {tree} copied\nln -s copied/deep/file link\n"
                f"get -R -p copied {tmp_path}/back\nget link {tmp_path}/through\n").ok()
    copy = tmp_path / "back" / "deep" / "file"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o750
    assert int(copy.stat().st_mtime) == int((tree / "deep" / "file").stat().st_mtime)
    assert (tmp_path / "through").read_text(encoding="ascii") == "text"
    client.sh("rm -r copied link")


def test_interrupted_transfer_is_resumed(client, bulk, tmp_path):
    (tmp_path / "part").write_bytes(bulk.read_bytes()[:1_000_000])
    client.sftp(f"put {bulk} resumed\nreget resumed {tmp_path}/part\nrm resumed\n").ok()
    assert (tmp_path / "part").read_bytes() == bulk.read_bytes()


def test_error_of_the_server_reaches_the_user(client):
    done = client.sftp("get /no/such/file\n")
    assert done.status == 1
    assert "not found" in done.errors


def test_server_found_on_path(own_box, gateway, connect):
    mine = connect(gateway, own_box.login)
    own_box.exec("mkdir -p /usr/local/bin && mv /usr/lib/openssh/sftp-server /usr/local/bin/")
    assert "/etc" in mine.sftp("ls /\n").ok().text


def test_server_at_libexec(own_box, gateway, connect):
    mine = connect(gateway, own_box.login)
    own_box.exec("mkdir -p /usr/libexec && mv /usr/lib/openssh/sftp-server /usr/libexec/")
    assert "/etc" in mine.sftp("ls /\n").ok().text


def test_other_subsystems_are_refused(client):
    done = client.ssh("netconf", flags=["-s"])
    assert done.status == 255
    assert "subsystem request failed" in done.errors
