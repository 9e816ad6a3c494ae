#!/usr/bin/python3
"""Which end-to-end tests run on both ways into a box, and why others do not.

  conformance.py sessions     prints the files of what a session is to its user
  conformance.py runtime      these, and how a container is entered: all that hangs on who made it
"""

import pathlib
import sys

E2E = pathlib.Path(__file__).resolve().parents[2] / "e2e"


def modules_of(*rooms):
    return {path.stem for room in rooms for path in (E2E / room).glob("test_*.py")}


# What a session is to its user. All tests of these run by kubectl, too.
OF_SESSIONS = modules_of("session") | {"clients.test_paramiko"}

# Of these, what takes long and hangs on the connection process rather than on the way: run where
# ZOMG_TEST_LONG is set.
LONG = {
    "test_banner_and_motd", "test_idle_timeout", "test_keepalive", "test_key_options",
    "clients.test_paramiko", "test_nothing_is_left", "test_parallel_logins", "test_rekeying",
    "test_several_boxes", "test_typing_beside_a_transfer",
}

# But for these: test_differences.py has them. docs/other-nodes.md has the reason as a row.
NO_EXIT_SIGNAL = "a program killed by a signal"
SHELL_NAME = "the name of the shell"
DIFFERENT = {
    ("test_death_by_signal", "test_the_client_sees_no_exit_status"): NO_EXIT_SIGNAL,
    ("test_death_by_signal", "test_exit_signal_names_the_signal"): NO_EXIT_SIGNAL,
    ("test_death_by_signal", "test_output_before_the_signal_is_whole"): NO_EXIT_SIGNAL,
    ("test_deleted_pod", "test_program_that_is_killed_alone_is_not_the_end_of_the_box"):
        NO_EXIT_SIGNAL,
    ("test_missing_volumes", "test_another_directory"): SHELL_NAME,
    ("test_signals_from_the_client", "test_signal_that_kills"): NO_EXIT_SIGNAL,
}
# Of a test that is as it is, these of its cases.
DIFFERENT_CASES = {
    ("test_teardown", "test_the_status_comes_before_eof_and_eof_before_close", "signal"):
        NO_EXIT_SIGNAL,
}


def main():
    rooms = {"sessions": ("session",), "runtime": ("session", "entering")}[sys.argv[1]]
    of_sessions = {f"session/{name}.py" for name in modules_of("session") - LONG}
    others = {f"{room}/{name}.py" for room in rooms[1:] for name in modules_of(room)}
    for name in sorted(of_sessions | others):
        print(f"tests/e2e/{name}")


if __name__ == "__main__":
    main()
