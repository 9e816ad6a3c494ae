"""Where things are. ZOMG_BIN names another directory of programs than build/release/bin."""

import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
TOOLS = ROOT / "deploy" / "tools"
BINARIES = pathlib.Path(os.environ.get("ZOMG_BIN") or ROOT / "build/release/bin")
GATEWAY = BINARIES / "zomg-ssh-gateway"

sys.path.insert(0, str(TOOLS))
