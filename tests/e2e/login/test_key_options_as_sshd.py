"""What a real sshd and the gateway take for options of a key, line by line."""

from harness.key_lines import Lines, taken_by_gateway, taken_by_sshd

# Options that let a client of 127.0.0.1 in, to sshd's mind; and what sshd would not take.
BOTH = [
    "", "restrict", "pty", "no-pty", "PTY", "No-PTY", "restrict,pty", "restrict,restrict",
    "agent-forwarding", "no-agent-forwarding", "port-forwarding", "no-port-forwarding",
    "X11-forwarding", "no-X11-forwarding", "x11-forwarding", "user-rc", "no-user-rc",
    "touch-required", "no-touch-required", "verify-required", "no-verify-required",
    'command="true"', 'command=""', 'command="a b\tc"', 'command="a \\"b\\" c"', 'COMMAND="x"',
    'command="x,y",no-pty', "no-pty,command=\"a'b\"",
    'environment="LANG=C"', 'environment="LC_ALL="', 'environment="LANG=a=b"',
    'environment="LANG=C",environment="LANG=D"',
    'expiry-time="29991231"', 'expiry-time="29991231Z"', 'expiry-time="299912312359"',
    'expiry-time="29991231235959"', 'expiry-time="29991231235959Z"', 'expiry-time="29991231UTC"',
    'from="127.0.0.1"', 'from="127.0.0.*"', 'from="127.0.0.0/8"', 'from="127.?.0.1"', 'from="*"',
    'from="!192.0.2.1,*"', 'from="::1,127.0.0.1"', 'from="192.0.2.1,127.0.0.1/32"',
    'from="*.example.org,127.0.0.1"',
    'permitopen="localhost:80"', 'permitopen="[::1]:80"', 'permitopen="*:*"',
    'permitopen="a:1",permitopen="b:2"', 'permitlisten="8080"', 'permitlisten="localhost:8080"',
    'permitlisten="*"', 'tunnel="0"', 'tunnel="any"', 'tunnel="7"',
]
NEITHER = [
    "frobnicate", "no-frobnicate", "no-restrict", "no-cert-authority", 'frobnicate="x"',
    "command", "command=true", 'command="true', 'command="\\\\"', 'command="a"b', 'command="a",command="b"',
    'no-command="a"', 'restrict="yes"', "pty;no-pty",
    'environment="LANG"', 'environment="=x"', 'environment="A-B=x"',
    'expiry-time=""', 'expiry-time="2999"', 'expiry-time="29991331"', 'expiry-time="299912312460"',
    'expiry-time="20200101"', 'expiry-time="29991231",expiry-time="20200101"',
    'expiry-time="x9991231"', 'expiry-time="29991231 "',
    'from=""', 'from="192.0.2.1"', 'from="!127.0.0.1,*"', 'from="!192.0.2.1"', 'from="127.0.0.1/8"',
    'from="::/0"', 'from="host.example.org"', 'from="127.0.0.1",from="127.0.0.1"',
    'from="127.0.0.1,"', 'from="127.0.0.1,,127.0.0.1"',
    'permitopen=""', 'permitopen="host"', 'permitopen="host:x"', 'permitopen="host:70000"',
    'permitlisten="x"', 'tunnel="x"', 'tunnel=""',
    'principals="root"', "cert-authority",
]
# docs/login.md and ARCHITECTURE.md tell of these.
SSHD_ONLY = [
    'environment="PATH=/bin"',  # of a variable that PermitUserEnvironment leaves out, sshd drops it
    'expiry-time="29990230"',  # to sshd the second of March
    "pty,", ",pty", "pty,,pty",
]
GATEWAY_ONLY = ['boxes="*"', 'boxes="root,!x"']


def test_options(tmp_path, node):
    # What would keep this client out, but is well formed: the gateway's log does not tell of it.
    unmet = {row for row in NEITHER
             if row in ("cert-authority", 'from="::/0"', 'from="host.example.org"',
                        'from="192.0.2.1"', 'from="!127.0.0.1,*"', 'from="!192.0.2.1"',
                        'expiry-time="20200101"',
                        'expiry-time="29991231",expiry-time="20200101"')}
    def line(row):
        return f"{row} TYPE BASE64".lstrip()

    lines = Lines(tmp_path / "lines", list(map(line, BOTH + NEITHER + SSHD_ONLY + GATEWAY_ONLY)))
    assert taken_by_sshd(tmp_path, lines) == set(map(line, BOTH + SSHD_ONLY))
    assert taken_by_gateway(tmp_path, node, lines) == \
        set(map(line, BOTH + GATEWAY_ONLY)) | set(map(line, unmet))
