"""The end-to-end tests of sessions, on a box that only kubectl exec leads to.

The tests are those of tests/e2e, with the fixtures of this folder; conformance.py lists them.
"""

import importlib

from conformance import DIFFERENT, OF_SESSIONS


def _adopt():
    for module in map(importlib.import_module, sorted(OF_SESSIONS)):
        for name, value in vars(module).items():
            if name.startswith("test_") and callable(value):
                if (module.__name__, name) not in DIFFERENT:
                    yield f"{module.__name__}__{name}", value
            elif hasattr(value, "_pytestfixturefunction") or hasattr(value, "_fixture_function"):
                yield name, value


globals().update(_adopt())
