"""Standard error is a stream of its own."""


def test_apart_from_standard_output(client):
    done = client.ssh("echo out; echo err >&2; echo out2; echo err2 >&2")
    assert (done.out, done.err) == (b"out\nout2\n", b"err\nerr2\n")


def test_after_the_end_of_standard_output(client):
    done = client.ssh("echo out; exec 1>&-; sleep 0.3; echo late >&2; exit 9")
    assert (done.status, done.out, done.err) == (9, b"out\n", b"late\n")


def test_a_long_tail_after_the_end_of_standard_output(client):
    done = client.ssh("exec 1>&-; head -c 3000000 /dev/zero >&2; exit 9")
    assert (done.status, done.out, len(done.err)) == (9, b"", 3000000)


def test_standard_output_after_the_end_of_standard_error(client):
    done = client.ssh("exec 2>&-; head -c 3000000 /dev/zero; exit 9")
    assert (done.status, len(done.out), done.err) == (9, 3000000, b"")


def test_a_background_process_that_keeps_an_output_open(client):
    """As with sshd, the session lasts until all have let go of its outputs."""
    done = client.ssh("(sleep 0.5; echo late) & echo early; exit 6")
    assert (done.status, done.out) == (6, b"early\nlate\n")


def test_a_background_process_that_keeps_nothing_open(client):
    done = client.ssh("sleep 3 >/dev/null 2>&1 </dev/null & echo $!", timeout=15)
    assert done.status == 0
    assert client.ssh(f"kill {done.text}").status == 0
