"""Who asks a gateway for its health and metrics, as kubelets and Prometheus do."""

import urllib.error
import urllib.request

from prometheus_client import parser


class Scraper:
    """Of the gateway whose ZOMG_SSH_METRICS_LISTEN has this port, on loopback."""

    def __init__(self, port):
        self.port = port

    def get(self, path, accept="*/*"):
        """Status and body."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}",
                                         headers={"Accept": accept})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def value(self, sample, **labels):
        """Of a sample; 0 where it is not there."""
        for family in parser.text_string_to_metric_families(self.get("/metrics")[1]):
            for one in family.samples:
                if one.name == sample and all(one.labels[key] == labels[key] for key in labels):
                    return one.value
        return 0
