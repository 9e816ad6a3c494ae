"""With a terminal the program has a real one of the box; without, it has none."""

import re

from harness import terminal, waiting


def test_tty_names_a_device_that_exists(client):
    with terminal.shell(client, command=("tty; ls -l $(tty); echo $SSH_TTY",)) as screen:
        name = screen.expect(r"(/dev/pts/\d+)\r\n")[1].decode()
        screen.expect(r"crw--w---- \d+ root tty +136, +\d+ .*" + name)
        screen.expect(re.escape(name))
        assert screen.wait() == 0


def test_it_is_the_controlling_terminal(client):
    with terminal.shell(client, command=("echo through >/dev/tty; ps -o tty= -p $$",)) as screen:
        screen.expect("through")
        screen.expect(r"pts/\d+")
        assert screen.wait() == 0


def test_it_is_on_the_devpts_of_the_box(client, box):
    """Whoever looks from another session of the same box sees it too."""
    with terminal.shell(client, command=("tty; read line",)) as screen:
        name = screen.expect(r"(/dev/pts/\d+)\r\n")[1].decode()
        assert client.sh(f"test -c {name} && echo there") == "there\n"
        number = name.rsplit("/", 1)[1]
        assert number in box.node.instance.exec(
            box.container.id, ["ls", "/dev/pts"])[1].decode().split()
        screen.send("\n")
        screen.wait()
    waiting.until(lambda: client.ssh(f"test -c {name}").status == 1, 10, f"{name} is gone")


def test_term_is_forced(client):
    with terminal.shell(client, command=("echo TERM=$TERM.",)) as screen:
        screen.expect(r"TERM=xterm-256color\.")


def test_without_a_terminal(client):
    done = client.ssh("tty; echo TTY=$SSH_TTY.")
    assert done.out == b"not a tty\nTTY=.\n"


def test_output_is_not_translated_without_a_terminal(client):
    assert client.ssh("printf 'a\\nb\\n'").out == b"a\nb\n"


def test_a_client_without_a_terminal_may_ask_for_one(client):
    """`ssh -tt` from a script: 0 by 0, and it works."""
    assert "/dev/pts/" in client.ssh("tty", flags=["-tt"]).text
