"""A gateway whose metrics are served."""

import pytest

from harness import keys, waiting
from harness.gateway import Gateway, free_port
from harness.scraper import Scraper


@pytest.fixture(name="measured")
def gateway_that_is_measured(node, user_key, tmp_path):
    """With its `scraper`."""
    port = free_port()
    with Gateway(tmp_path / "gateway", node, keys.public_half(user_key),
                 ZOMG_SSH_METRICS_LISTEN=f"127.0.0.1:{port}") as gateway:
        gateway.scraper = Scraper(port)
        waiting.until(lambda: gateway.scraper.get("/readyz")[0] == 200, 10, "it is ready")
        yield gateway
