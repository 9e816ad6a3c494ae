"""The system calls that the sandboxes name, on each architecture that is built for."""

import ctypes
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
ARCHITECTURES = {"amd64": 0xc000003e, "arm64": 0xc00000b7}  # linux/audit.h
# What arm64 has not, and nobody needs there.
NOT_ON_ARM64 = {
    "arch_prctl": "a register of x86",
    "time": "a call of the C library's to the vDSO",
    # Of never_called.cc, the sandboxes that kill what nobody who is honest calls:
    "fork": "clone", "vfork": "clone", "mknod": "mknodat, which is there too", "uselib": "obsolete",
    "ioperm": "x86", "iopl": "x86", "modify_ldt": "x86",
}

_LISTS = re.compile(r"to_array<(?:sandbox::)?Call>\((\{.*?\})\);", re.S)
_libseccomp = ctypes.CDLL("libseccomp.so.2")


def calls():
    """The text of every list of calls, by file."""
    files = [path for folder in ("common", "listener", "monitor", "sessiond")
             for path in (ROOT / folder).rglob("*.*") if path.suffix in (".cc", ".h")]
    return {path.relative_to(ROOT).as_posix(): found for path in files
            if (found := _LISTS.findall(path.read_text(encoding="utf-8")))}


def names():
    return {name for lists in calls().values() for text in lists
            for name in re.findall(r'"(\w+)"', re.sub(r"//.*", "", text))}


def is_on(architecture, name):
    return _libseccomp.seccomp_syscall_resolve_name_arch(
        ctypes.c_uint32(ARCHITECTURES[architecture]), name.encode()) >= 0


def newer_forms():
    text = (ROOT / "common/sandbox/seccomp/call_form.cc").read_text(encoding="utf-8")
    return dict(re.findall(r'Form\{"(\w+)",\s*"(\w+)"\}', text))


def test_every_sandbox_is_read():
    assert len(calls()) > 15 and len(names()) > 150
    # Each file that loads a filter, or has calls for others, in the form that is read here.
    for path in ROOT.glob("*/**/*sandbox.cc"):
        text = path.read_text(encoding="utf-8")
        if "Call>" in text:
            assert path.relative_to(ROOT).as_posix() in calls()


def test_every_call_is_one_of_amd64():
    assert {name for name in names() if not is_on("amd64", name)} == set()


def test_what_arm64_lacks_has_a_newer_form_or_is_not_needed():
    lacking = {name for name in names() if not is_on("arm64", name)}
    forms = newer_forms()
    assert lacking - set(forms) == set(NOT_ON_ARM64)
    assert all(is_on("arm64", newer) for newer in forms.values())
    assert all(not is_on("arm64", name) for name in forms)


def test_no_condition_is_on_a_call_that_has_other_arguments_on_arm64():
    """call_form() fails there, and no program would start."""
    conditional = {name for lists in calls().values() for text in lists
                   for name in re.findall(r'\{"(\w+)",\s+[^"\s]', text)}
    assert conditional and conditional & set(newer_forms()) == set()
