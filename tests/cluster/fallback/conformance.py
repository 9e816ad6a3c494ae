#!/usr/bin/python3
"""Which end-to-end tests run on both ways into a box, and why others do not.

  conformance.py sessions     prints the files of what a session is to its user
  conformance.py runtime      these, and how a container is entered: all that hangs on who made it
"""

import sys

# What a session is to its user. All tests of these run by kubectl, too.
OF_SESSIONS = {
    "test_banner_and_motd", "test_bulk_bytes", "test_control_master", "test_death_by_signal",
    "test_deleted_pod", "test_draining", "test_environment", "test_exit_status", "test_forwarding",
    "test_half_close", "test_home_directory", "test_idle_timeout", "test_job_control", "test_keepalive", "test_key_options",
    "test_login_shell", "test_missing_box", "test_missing_sftp_server", "test_missing_volumes", "test_nothing_is_left",
    "clients.test_paramiko", "test_orphans", "test_parallel_logins", "test_rekeying", "test_restrictions",
    "test_rsync", "test_scp",
    "test_several_boxes", "test_sftp", "test_sftp_server_places", "test_signals_from_the_client", "test_standard_error",
    "test_teardown", "test_terminal_device", "test_terminal_modes", "test_terminal_size",
    "test_typing_beside_a_transfer", "test_vanished_client", "test_zomg",
}

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

# Not of sessions.
LOGIN = "who may log in, before there is a way into a box"
GATEWAY = "the gateway's own processes, settings and log"
ENTERING = "how a container of this node is looked up and entered"
CONNECTION = "what the connection process says to a client, whatever the way"
ELSEWHERE = {
    "clients.test_ansible": CONNECTION,
    "clients.test_asyncssh": CONNECTION,
    "clients.test_borg": CONNECTION,
    "clients.test_curl": CONNECTION,
    "clients.test_dropbear": CONNECTION,
    "clients.test_git": CONNECTION,
    "clients.test_go": CONNECTION,
    "clients.test_lftp": CONNECTION,
    "clients.test_libssh": CONNECTION,
    "clients.test_npm_ssh2": CONNECTION,
    "clients.test_putty": CONNECTION,
    "clients.test_rclone": CONNECTION,
    "clients.test_restic": CONNECTION,
    "clients.test_russh": CONNECTION,
    "clients.test_sshfs": CONNECTION,
    "clients.test_unison": CONNECTION,
    "clients.test_versions": CONNECTION,
    "test_audit_sftp": GATEWAY,
    "test_audit_trail": GATEWAY,
    "test_authorized_keys": LOGIN,
    "test_authorized_keys_reload": LOGIN,
    "test_box_exhaustion": ENTERING,
    "test_certificates": LOGIN,
    "test_certificates_as_sshd": LOGIN,
    "test_cgroup_v2": ENTERING,
    "test_cgroup_v2_delegation": ENTERING,
    "test_check": GATEWAY,
    "test_confinement_in_box": ENTERING,
    "test_connection_limits": GATEWAY,
    "test_container_choice": ENTERING,
    "test_counted_by_user": GATEWAY,
    "test_descriptor_leaks": ENTERING,
    "test_brood": ENTERING,
    "test_entry_attacks": ENTERING,
    "test_false_claims": ENTERING,
    "test_fido_keys": LOGIN,
    "test_generate_host_key": GATEWAY,
    "test_github_keys": LOGIN,
    "test_hanging_disk": GATEWAY,
    "test_host_key_memory": GATEWAY,
    "test_host_key_signatures": GATEWAY,
    "test_hostile_helpers": GATEWAY,
    "test_hostile_messages": GATEWAY,
    "test_key_exchange": LOGIN,
    "test_key_lines_as_sshd": LOGIN,
    "test_key_options_as_sshd": LOGIN,
    "test_key_probing": LOGIN,
    "test_keyring_killed": GATEWAY,
    "test_keyring_process": GATEWAY,
    "test_killed_monitor": GATEWAY,
    "test_killed_processes": GATEWAY,
    "test_kubeconfig": GATEWAY,
    "test_kubectl_session": GATEWAY,
    "test_lenience": CONNECTION,
    "test_linkage": GATEWAY,
    "test_log": GATEWAY,
    "test_log_lines": GATEWAY,
    "test_login_limits": LOGIN,
    "test_malformed_ssh": LOGIN,
    "test_many_sessions": GATEWAY,
    "test_memory_limit": GATEWAY,
    "test_metrics": GATEWAY,
    "test_metrics_watches": GATEWAY,
    "test_monitor_capabilities": GATEWAY,
    "test_newer_libraries": GATEWAY,
    "test_odd_start": GATEWAY,
    "test_openssh_regress": GATEWAY,
    "test_packet_order": CONNECTION,
    "test_process_table": GATEWAY,
    "test_programs_that_cannot_run": ENTERING,
    "test_parity": ENTERING,
    "test_penalties": LOGIN,
    "test_pods_by_the_api": ENTERING,
    "test_pictures": GATEWAY,
    "test_played_connection": GATEWAY,
    "test_probes": LOGIN,
    "test_process_privileges": GATEWAY,
    "test_proxy_protocol": LOGIN,
    "test_recorded_container": ENTERING,
    "test_recording": GATEWAY,
    "test_reload": GATEWAY,
    "test_replaced_box": ENTERING,
    "test_resource_limits": GATEWAY,
    "test_revoked_connections": LOGIN,
    "test_revoked_keys": LOGIN,
    "test_rolling_replacement": GATEWAY,
    "test_sanitizers": GATEWAY,
    "test_service_manager": GATEWAY,
    "test_session_keyring": ENTERING,
    "test_settings": GATEWAY,
    "test_sftp_flow": CONNECTION,
    "test_ssh_audit": LOGIN,
    "test_startup_errors": GATEWAY,
    "test_startups": LOGIN,
    "test_strict_modes": GATEWAY,
    "test_strangers_cost": LOGIN,
    "test_stuck": GATEWAY,
    "test_taken_over": GATEWAY,
    "test_unread_answers": CONNECTION,
    "test_user_name": LOGIN,
    "test_walk_through": GATEWAY,
    "test_wrong_key": LOGIN,
}


def main():
    of_entering = {name for name, why in ELSEWHERE.items() if why == ENTERING}
    wanted = {"sessions": OF_SESSIONS - LONG, "runtime": OF_SESSIONS - LONG | of_entering}
    for module in sorted(wanted[sys.argv[1]]):
        print(f"tests/e2e/{module}.py")


if __name__ == "__main__":
    main()
