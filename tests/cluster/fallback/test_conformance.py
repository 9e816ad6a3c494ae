"""The end-to-end tests of sessions, on a box that only kubectl exec leads to.

The tests are those of tests/e2e, with the fixtures of this folder. Every one that is left out stands
below with the reason, which README tells to users too.
"""

import importlib

MODULES = (
    "test_bulk_bytes", "test_control_master", "test_death_by_signal", "test_deleted_pod",
    "test_environment", "test_exit_status", "test_forwarding", "test_half_close",
    "test_job_control", "test_login_shell", "test_missing_box", "test_missing_sftp_server",
    "test_missing_volumes", "test_rsync", "test_scp", "test_sftp", "test_signals_from_the_client",
    "test_standard_error", "test_terminal_device", "test_terminal_modes", "test_terminal_size",
    "test_vanished_client",
)

NO_EXIT_SIGNAL = "a shell tells a death by signal N as status 128 + N, and only that comes back"
NO_MOUNTS = "nothing can be mounted: /proc and /dev/pts are in /volumes only if the pod has them"
OWN_GATEWAY = "its gateway knows of no cluster"
KUBELET_VARIABLES = "the kubelet adds KUBERNETES_* to every container, which the test calls a leak"

DIFFERENT = {
    ("test_bulk_bytes", "test_on_stderr"): NO_MOUNTS,
    ("test_death_by_signal", "test_the_client_sees_no_exit_status"): NO_EXIT_SIGNAL,
    ("test_death_by_signal", "test_exit_signal_names_the_signal"): NO_EXIT_SIGNAL,
    ("test_death_by_signal", "test_output_before_the_signal_is_whole"): NO_EXIT_SIGNAL,
    ("test_deleted_pod", "test_program_that_is_killed_alone_is_not_the_end_of_the_box"):
        NO_EXIT_SIGNAL,
    ("test_environment", "test_terminal_variables"): NO_MOUNTS,
    ("test_environment", "test_nothing_of_the_gateway_leaks"): KUBELET_VARIABLES,
    ("test_job_control", "test_interrupt_ends_the_program_and_not_the_shell"): NO_MOUNTS,
    ("test_job_control", "test_stop_background_and_foreground"): NO_MOUNTS,
    ("test_missing_volumes", "test_another_directory"): OWN_GATEWAY,
    ("test_signals_from_the_client", "test_signal_that_kills"): NO_EXIT_SIGNAL,
    ("test_terminal_device", "test_tty_names_a_device_that_exists"): NO_MOUNTS,
    ("test_terminal_device", "test_it_is_the_controlling_terminal"): NO_MOUNTS,
    ("test_terminal_device", "test_it_is_on_the_devpts_of_the_box"): NO_MOUNTS,
    ("test_terminal_device", "test_a_client_without_a_terminal_may_ask_for_one"): NO_MOUNTS,
    ("test_terminal_size", "test_full_screen_program_follows"): NO_MOUNTS,
    ("test_vanished_client", "test_what_is_meant_to_stay_stays"): NO_MOUNTS,
}


def _adopt():
    for module in map(importlib.import_module, MODULES):
        for name, value in vars(module).items():
            if name.startswith("test_") and callable(value):
                if (module.__name__, name) not in DIFFERENT:
                    yield f"{module.__name__}__{name}", value
            elif hasattr(value, "_pytestfixturefunction") or hasattr(value, "_fixture_function"):
                yield name, value


globals().update(_adopt())
