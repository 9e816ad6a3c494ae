"""The audit trail of a gateway, as its file has it."""

import json
import pathlib

from harness import waiting


class Trail:
    """Reads the lines of an audit log from where they stood when this was made."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.start = self.path.stat().st_size if self.path.exists() else 0

    def events(self, event=None, **fields):
        """Those of this name whose fields have these values. Every line must be one object."""
        with open(self.path, "rb") as file:
            file.seek(self.start)
            lines = file.read().decode("ascii").splitlines()
        found = [json.loads(line) for line in lines]
        return [one for one in found if (event is None or one["event"] == event)
                and all(one.get(name) == value for name, value in fields.items())]

    def wait_for(self, event, seconds=10, **fields):
        """The first such event; waits for it."""
        return waiting.until(lambda: self.path.exists() and self.events(event, **fields), seconds,
                             lambda: f"{event} {fields} in\n{self.path.read_text()}")[0]
