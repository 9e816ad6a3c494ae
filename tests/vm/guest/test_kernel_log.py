"""What the kernel has said since the machine started, after all other suites."""

import re

from conftest import kernel_log


def test_apparmor_denied_nothing_of_the_gateways():
    assert not re.findall(r'^.*apparmor="DENIED".*comm="zomg.*$', kernel_log(), re.M)


def test_no_process_of_the_gateways_was_killed_by_a_filter():
    """A system call that a newer library makes. Those of the tests themselves are said by them: SIGSYS in
    a process of the installed package."""
    assert not re.findall(r'^.*audit.*type=1326.*exe="/usr/(?:sbin|libexec)/zomg.*$', kernel_log(), re.M)


def test_the_kernel_found_no_fault_of_its_own():
    assert not re.findall(r"^.*(?:BUG:|Oops|WARNING: CPU|Call Trace).*$", kernel_log(), re.M)
