"""What a real sshd, ssh-keygen and the gateway take for a line of authorized_keys, options aside."""

import subprocess

from harness.key_lines import Lines, taken_by_gateway, taken_by_sshd

ALL = [
    "TYPE BASE64", "TYPE BASE64 comment", "TYPE BASE64 two words", 'TYPE BASE64 a "quote',
    "TYPE BASE64 # x", "TYPE BASE64 ssh-rsa AAAA", " TYPE BASE64", "\tTYPE BASE64", " \t TYPE BASE64",
    "TYPE BASE64 ", "TYPE BASE64\t", "TYPE BASE64\r", "TYPE BASE64 comment\r", "TYPE  BASE64",
    "TYPE\tBASE64", "TYPE \t BASE64\tcomment", "no-pty TYPE BASE64", "no-pty \t TYPE BASE64",
    'command="a  b" TYPE BASE64', 'command="a\tb"\tTYPE BASE64', 'command="a \\" b" TYPE BASE64',
    'command="#" TYPE BASE64', 'command="TYPE BASE64",no-pty TYPE BASE64',
]
NONE = [
    "", "#", "#TYPE BASE64", "# TYPE BASE64", " # TYPE BASE64", "TYPE", "BASE64", "TYPEBASE64",
    "TYPE,BASE64", "TYPE:BASE64", "TYPE \"BASE64\"", "TYPE x BASE64",
    "SSH-ED25519 BASE64", "ssh-rsa BASE64", "ssh-dss BASE64", "ssh-ed25519-cert-v01@openssh.com BASE64",
    "TYPE AAAA BASE64", "TYPE !BASE64", "TYPE BASE64!", "TYPE BASE64AAAA", "TYPE AAAABASE64",
    "TYPE BASE64,x", "256 TYPE BASE64", 'command="a TYPE BASE64', 'command=\\"a b" TYPE BASE64',
]
# ssh-keygen looks for a key one blank after the first word, whatever that is.
KEYGEN_TOO = ["nonsense TYPE BASE64", '"no-pty" TYPE BASE64']
NOT_KEYGEN = ["no-pty \t TYPE BASE64"]


def taken_by_ssh_keygen(folder, lines):
    """The rows that ssh-keygen prints a fingerprint of, each from a file of its own."""
    taken = set()
    for row, text in zip(lines.rows, lines.text.split("\n")):
        path = folder / "line"
        path.write_text(text + "\n", encoding="ascii", newline="")
        if subprocess.run(["ssh-keygen", "-l", "-f", path], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False).returncode == 0:
            taken.add(row)
    return taken


def test_lines(tmp_path, node):
    lines = Lines(tmp_path / "lines", ALL + NONE + KEYGEN_TOO)
    assert taken_by_sshd(tmp_path, lines) == set(ALL)
    assert taken_by_ssh_keygen(tmp_path, lines) == set(ALL + KEYGEN_TOO) - set(NOT_KEYGEN)
    # Of what is no key at all there is nothing to skip.
    empty = {row for row in NONE if row.lstrip()[:1] in ("", "#")}
    assert taken_by_gateway(tmp_path, node, lines) - empty == set(ALL)
