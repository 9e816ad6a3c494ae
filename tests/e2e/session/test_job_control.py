"""Interactive use: keys that mean signals, and jobs."""

from harness import processes, terminal


def test_interrupt_ends_the_program_and_not_the_shell(client):
    with terminal.shell(client) as screen:
        screen.expect(r"[#$] ")
        screen.send("sleep 987\n")
        screen.expect("sleep 987\r\n")
        # The shell has handed the terminal over once it has echoed all and the program runs.
        client.sh("until pgrep -x sleep >/dev/null; do sleep 0.02; done")
        screen.send("\x03")
        screen.expect(r"\^C")
        screen.send("echo status=$?\n")
        screen.expect("status=130")


def test_stop_background_and_foreground(client):
    with terminal.shell(client) as screen:
        screen.expect(r"[#$] ")
        screen.send("cat\n")
        client.sh("until pgrep -x cat >/dev/null; do sleep 0.02; done")
        screen.send("echoed\n")
        screen.expect("echoed\r\nechoed\r\n")
        screen.send("\x1a")
        screen.expect("Stopped")
        screen.send("jobs\n")
        screen.expect(r"\[1\]\+ +Stopped +cat")
        screen.send("fg\n")
        screen.expect(r"fg\r\n.*cat\r\n")
        screen.send("again\n")
        screen.expect("again\r\nagain\r\n")
        screen.send("\x04")
        screen.send("echo status=$?\n")
        screen.expect("status=0")


def test_no_warning_of_missing_job_control(client):
    with terminal.shell(client) as screen:
        screen.send("echo mar''ker\n")
        before = screen.expect("(?s)(.*)marker")[1].decode()
        assert "job control" not in before


def test_end_of_file_leaves(client):
    with terminal.shell(client) as screen:
        screen.expect(r"[#$] ")
        screen.send("\x04")
        assert screen.wait() == 0


def test_leaving_with_a_job_in_the_background(client, box):
    """As with sshd: the terminal ends with its shell, whoever else has it open."""
    with terminal.shell(client) as screen:
        screen.expect(r"[#$] ")
        screen.send("sleep 77123 &\n")
        screen.expect(r"\[1\]")
        screen.send("exit 4\n")
        assert screen.wait() == 4
    for pid in box.running("77123"):
        processes.kill(pid)


def test_quit_key(client):
    with terminal.shell(client, command=("trap 'echo quit; exit 8' QUIT; echo ready; "
                                         "while :; do sleep 0.05; done",)) as screen:
        screen.expect("ready")
        screen.send("\x1c")
        screen.expect("quit")
        assert screen.wait() == 8


def test_break_is_harmless(client):
    """`~B` (RFC 4335). A pseudo-terminal has no line to break, and the session goes on."""
    with terminal.shell(client) as screen:
        screen.expect(r"[#$] ")
        screen.send("\r~B")
        screen.send("echo al''ive\n")
        screen.expect("alive")
