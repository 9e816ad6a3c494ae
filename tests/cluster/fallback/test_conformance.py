"""The end-to-end tests of sessions, on a box that only kubectl exec leads to.

The tests are those of tests/e2e, with the fixtures of this folder; conformance.py lists them. All
run where ZOMG_TEST_LONG is set, else the most of them.
"""

import importlib
import os

from conformance import DIFFERENT, LONG, OF_SESSIONS

ADOPTED = OF_SESSIONS if os.environ.get("ZOMG_TEST_LONG") else OF_SESSIONS - LONG


def _adopt():
    for module in map(importlib.import_module, sorted(ADOPTED)):
        for name, value in vars(module).items():
            if name.startswith("test_") and callable(value):
                if (module.__name__, name) not in DIFFERENT:
                    yield f"{module.__name__.replace('.', '_')}__{name}", value
            elif hasattr(value, "_pytestfixturefunction") or hasattr(value, "_fixture_function"):
                yield name, value


globals().update(_adopt())
