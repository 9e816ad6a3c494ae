"""A session by kubectl exec is recorded as any other: the recorder stands before its program, too."""

import json

from harness import keys, terminal, waiting
from harness.gateway import RECORDER, Gateway
from harness.recordings import directory_in


def test_what_its_terminal_shows_is_recorded(tmp_path, node, user_key, box, connect):
    directory = directory_in(tmp_path)
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_RECORD_DIR=str(directory)) as gateway:
        with terminal.shell(connect(gateway, box.login), rows=30, columns=100) as screen:
            screen.expect(r"[#$] ")
            screen.send("echo in=$((1 + 1)); stty size\n")
            screen.expect(r"in=2\r\n30 100\r\n", 30)
            screen.send("exit 5\n")
            assert screen.wait(30) == 5
        waiting.until(lambda: not gateway.pids(RECORDER), 20, "the recorder ends")
    [path] = directory.glob("*.cast")
    header, *lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert (header["width"], header["height"]) == (100, 30)
    assert "in=2\r\n30 100\r\n" in "".join(text for _, code, text in lines if code == "o")
