"""A directory for recordings."""

import os
import pwd

from harness.gateway import RECORDER


def directory_in(parent):
    """A new one in `parent`, which others may pass through, of the recorder's own."""
    directory = parent / "recordings"
    directory.mkdir(mode=0o700)
    os.chown(directory, pwd.getpwnam(RECORDER).pw_uid, -1)
    return directory


def directory_apart(tmp_path_factory):
    """The same, in a directory that no test has anything else in."""
    parent = tmp_path_factory.mktemp("recorded")
    for directory in (parent, parent.parent):
        directory.chmod(0o711)
    return directory_in(parent)
