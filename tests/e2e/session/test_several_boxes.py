"""Every login name leads to its own box, and to no other."""

from harness import waiting


def test_each_its_own(node, gateway, connect):
    with node.box("one", "a", env={"WHO": "one-a"}) as one_a, \
            node.box("one", "b", env={"WHO": "one-b"}) as one_b, \
            node.box("two", "a", env={"WHO": "two-a"}) as two_a:
        clients = {box: connect(gateway, box.login) for box in (one_a, one_b, two_a)}
        for box, mine in clients.items():
            assert mine.sh("echo $WHO") == box.login.replace("--", "-") + "\n"
        # At the same time, too; and nothing of one is seen in the other.
        clients[one_a].sh("echo secret >/tmp/mine; hostname >/tmp/name")
        assert clients[one_b].ssh("cat /tmp/mine").status == 1
        with clients[one_a].start("sleep 55555") as session:
            try:
                waiting.until(lambda: one_a.running("55555"), 15, "it runs")
                assert "55555" not in clients[one_b].sh("ps -ef")
                assert "55555" in clients[one_a].sh("ps -ef")
            finally:
                session.kill()


def test_names_are_not_mixed_up(node, gateway, connect):
    """Neither half alone is enough."""
    with node.box("alpha", "beta"):
        for login in ("beta--alpha", "alpha--bet", "alph--beta", "Alpha--beta", "alpha--beta-"):
            assert connect(gateway, login).ssh("true").status == 255
        assert connect(gateway, "alpha--beta").ssh("true").status == 0
