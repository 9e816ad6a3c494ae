"""The program sees the client's terminal size, from its first moment and when it changes."""

from harness import terminal


def test_size_at_the_start(client):
    with terminal.shell(client, rows=41, columns=133, command=("stty size",)) as screen:
        screen.expect("41 133")
        assert screen.wait() == 0


def test_size_changes(client):
    command = "trap 'stty size; exit 3' WINCH; echo ready; while :; do sleep 0.05; done"
    with terminal.shell(client, rows=24, columns=80, command=(command,)) as screen:
        screen.expect("ready")
        screen.resize(50, 132)
        screen.expect("50 132")
        assert screen.wait() == 3


def test_full_screen_program_follows(client):
    """tmux, which knows of the size only through the kernel."""
    with terminal.shell(client, rows=30, columns=100) as screen:
        screen.expect(r"[#$] ")
        screen.send("tmux -L size new-session 'while :; do stty size; sleep 0.1; done'\n")
        screen.expect("29 100")
        screen.resize(40, 120)
        screen.expect("39 120")
        client.ssh("tmux -L size kill-server")
        screen.expect("exited")


def test_no_size_without_a_terminal(client):
    assert "Inappropriate ioctl" in client.ssh("stty size").errors
