#!/usr/bin/python3
"""What runs on the virtual machine.

  suites.py names [SUITE…]    prints the names, in the order in which they are to run
  suites.py files SUITE       prints the arguments of pytest

Files of e2e are taken as they are.
"""

import sys

# The first installs the package and is there for all others; the last looks back at all of them.
FIRST = "plain-host"
LAST = "kernel-log"
SUITES = {
    FIRST: ["tests/vm/guest/test_machine.py", "tests/vm/guest/test_plain_host.py"],
    "apparmor": ["tests/vm/guest/test_apparmor.py"],
    LAST: ["tests/vm/guest/test_kernel_log.py"],
}


def main():
    verb, *chosen = sys.argv[1:]
    unknown = [name for name in chosen if name not in SUITES]
    if unknown:
        sys.exit(f"vm: no suite {', '.join(unknown)}: {', '.join(SUITES)}")
    if verb == "files":
        print(*SUITES[chosen[0]])
    else:
        print(*[name for name in SUITES if not chosen or name in (FIRST, LAST, *chosen)])


if __name__ == "__main__":
    main()
