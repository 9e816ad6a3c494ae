"""A session that is tried again and again while something happens to its gateway."""


class Conversation:
    """A session that answers; data goes both ways."""

    def __init__(self, session):
        self._session = session
        self._number = 0

    def goes_on(self):
        self._number += 1
        line = f"line {self._number} ".encode() + b"x" * 5000 + b"\n"
        self._session.stdin.write(line)
        self._session.stdin.flush()
        assert self._session.stdout.readline() == line

    def ends_well(self):
        out, _ = self._session.communicate(timeout=15)
        assert (out, self._session.returncode) == (b"the end\n", 42)
