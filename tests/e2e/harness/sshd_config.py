"""What a gateway's settings are for an sshd_config of OpenSSH's regression tests."""

import pathlib
import re
import shlex
import subprocess

# What says nothing of the gateway's behaviour in the scripts that are run: how sshd itself is run; lists
# of algorithms, of which the client names the one that is tried; lists that only widen; RekeyLimit, whose
# absence a script is to find.
IGNORED = {
    "strictmodes", "port", "addressfamily", "listenaddress", "loglevel", "acceptenv", "subsystem",
    "usepam", "securitykeyprovider", "protocol", "permituserenvironment", "useprivilegeseparation",
    "ciphers", "macs", "kexalgorithms", "hostkeyalgorithms", "pubkeyacceptedalgorithms",
    "rekeylimit",
}
SETTINGS = {
    "logingracetime": "ZOMG_SSH_LOGIN_GRACE_TIME",
    "maxstartups": "ZOMG_SSH_MAX_STARTUPS",
    "maxauthtries": "ZOMG_SSH_MAX_AUTH_TRIES",
    "maxsessions": "ZOMG_SSH_MAX_SESSIONS",
    "clientaliveinterval": "ZOMG_SSH_CLIENT_ALIVE_INTERVAL",
    "clientalivecountmax": "ZOMG_SSH_CLIENT_ALIVE_COUNT_MAX",
}


class Unsupported(Exception):
    """A keyword without a counterpart."""


def _lines(path):
    """Its lines that are no comments; none where there is no such file."""
    try:
        text = pathlib.Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    return [line.strip() for line in text.splitlines() if line.strip() and line.strip()[0] != "#"]


def _is_ed25519(path):
    """Whether the private key there is of the type that a gateway has for a host key."""
    public = subprocess.run(["ssh-keygen", "-y", "-P", "", "-f", path], capture_output=True,
                            text=True, check=False).stdout
    return public.startswith("ssh-ed25519 ")


class SshdConfig:
    """Reads the file, with `options` (Keyword=value) before it, for a login name."""

    def __init__(self, path, options, login):
        self.settings = {}
        self.keys = []
        self.host_key = self.revoked = self.pid_file = None
        self._login = login
        authorities, principals = [], None
        for line in options + _lines(path):
            keyword, value = (re.split(r"[\s=]+", line, maxsplit=1) + [""])[:2]
            keyword, value = keyword.lower(), value.strip('"')
            if keyword == "authorizedkeysfile":
                self.keys += _lines(value.replace("%u", login))
            elif keyword == "hostkey":
                self.host_key = self.host_key or (value if _is_ed25519(value) else None)
            elif keyword == "trustedusercakeys":
                authorities = _lines(value)
            elif keyword == "authorizedprincipalsfile":
                principals = _lines(value.replace("%u", login))
            elif keyword == "revokedkeys":
                self.revoked = value
            elif keyword == "pidfile":
                self.pid_file = value
            elif keyword in SETTINGS:
                self.settings[SETTINGS[keyword]] = value
            elif keyword == "forcecommand" and value.startswith("internal-sftp"):
                pass  # For clients that ask for sftp, and have it anyway.
            elif keyword not in IGNORED:
                raise Unsupported(f"there is no gateway that does {keyword}")
        for authority in authorities:
            self.keys += self._authority(authority, principals)

    def _authority(self, key, principals):
        """A line of authorized_keys each for a CA key and a line of principals."""
        if principals is None:
            return [f"cert-authority {key}"]
        return [f'cert-authority,{_options(line)}principals="{_principal(line)}" {key}'
                for line in principals]

    def authorized_keys(self):
        return "\n".join(self.keys)

    def contents(self):
        """All that a gateway made of it depends on."""
        revoked = self.revoked and pathlib.Path(self.revoked).read_bytes()
        host_key = self.host_key and pathlib.Path(self.host_key).read_bytes()
        return (tuple(sorted(self.settings.items())), tuple(self.keys), host_key, revoked)


def _principal(line):
    return shlex.split(line)[-1]


def _options(line):
    """The options before a principal, as an authorized_keys line begins with."""
    options = line[:line.rindex(_principal(line))].strip()
    return options + "," if options else ""
