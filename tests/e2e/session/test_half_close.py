"""The end of the client's standard input reaches the program, and its output still comes back."""

import subprocess


def test_output_after_end_of_input(client):
    assert client.ssh("cat; echo done", stdin=b"some input\n").out == b"some input\ndone\n"


def test_no_input_at_all(client):
    assert client.ssh("cat; echo done").out == b"done\n"


def test_input_stays_open_until_the_client_closes_it(client):
    with client.start("while read line; do echo got $line; done; echo end") as process:
        try:
            for word in (b"one", b"two"):
                process.stdin.write(word + b"\n")
                process.stdin.flush()
                assert process.stdout.readline() == b"got " + word + b"\n"
            process.stdin.close()
            assert process.stdout.read() == b"end\n"
            assert process.wait(15) == 0
        finally:
            process.kill()


def test_a_program_that_does_not_read_its_input(client):
    assert client.ssh("exit 5", stdin=bytes(1 << 20)).status == 5


def test_a_program_that_closes_its_input(client):
    """More input then goes nowhere, and nothing hangs."""
    done = client.ssh("exec 0<&-; sleep 0.2; echo alive", stdin=bytes(8 << 20))
    assert (done.status, done.out) == (0, b"alive\n")


def test_a_program_that_closes_its_output(client):
    done = client.ssh("exec 1>&-; cat >&2; exit 4", stdin=b"input\n")
    assert (done.status, done.out, done.err) == (4, b"", b"input\n")


def test_tar_both_ways(client, tmp_path):
    """The classic of half-close: a pipe in, a pipe out."""
    (tmp_path / "tree" / "deep").mkdir(parents=True)
    (tmp_path / "tree" / "deep" / "file").write_bytes(b"content")
    packed = subprocess.run(["tar", "-c", "-C", tmp_path, "tree"], check=True, capture_output=True)
    listed = client.ssh("tar -t", stdin=packed.stdout).ok()
    assert "tree/deep/file" in listed.text.split()
