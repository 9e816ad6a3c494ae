"""The alert rules and the dashboard: well-formed, and about metrics that there are."""

import json
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MONITORING = ROOT / "deploy" / "monitoring"
METRICS = (ROOT / "monitor/helpers/metrics/statistics_text.cc").read_text(encoding="utf-8")


@pytest.fixture(scope="module", name="promtool")
def find_promtool():
    return subprocess.run([ROOT / "tests" / "promtool.sh"], check=True, stdout=subprocess.PIPE,
                          text=True).stdout.strip()


def promtool_says(promtool, *arguments):
    done = subprocess.run([promtool, *arguments], cwd=MONITORING, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_rules_are_well_formed(promtool):
    assert "11 rules found" in promtool_says(promtool, "check", "rules", "alerts.yaml")


def test_each_alert_fires_on_what_it_is_for(promtool):
    promtool_says(promtool, "test", "rules", "alerts_test.yaml")


def test_every_alert_is_tried_both_ways():
    alerts = re.findall(r"- alert: (\w+)", (MONITORING / "alerts.yaml").read_text("utf-8"))
    tried = re.findall(r"alertname: (\w+)", (MONITORING / "alerts_test.yaml").read_text("utf-8"))
    assert {alert: tried.count(alert) for alert in alerts} == dict.fromkeys(alerts, 2)


def exists(metric):
    family = re.sub(r"_(total|bucket|count|sum)$", "", metric)
    return f'"{family}"' in METRICS or f'"{metric}"' in METRICS


@pytest.mark.parametrize("name", ["alerts.yaml", "dashboard.json"])
def test_it_is_about_metrics_that_there_are(name):
    used = set(re.findall(r"\bzomg_ssh_\w+", (MONITORING / name).read_text("utf-8")))
    assert len(used) > 5 and [metric for metric in used if not exists(metric)] == []


def test_expressions_of_the_dashboard_parse(promtool, tmp_path):
    """promtool has no check for one expression: as recording rules they are checked."""
    board = json.loads((MONITORING / "dashboard.json").read_text("utf-8"))
    expressions = [target["expr"].replace("$__rate_interval", "5m").replace("$instance", ".*")
                   for panel in board["panels"] for target in panel["targets"]]
    rules = {"groups": [{"name": "dashboard", "rules": [
        {"record": f"panel:{number}", "expr": expression}
        for number, expression in enumerate(expressions)]}]}
    file = tmp_path / "rules.yaml"
    file.write_text(json.dumps(rules), encoding="utf-8")
    assert f"{len(expressions)} rules found" in promtool_says(promtool, "check", "rules", str(file))


def test_panels_have_ids_and_places_of_their_own():
    panels = json.loads((MONITORING / "dashboard.json").read_text("utf-8"))["panels"]
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]
    assert len({panel["id"] for panel in panels}) == len(set(places)) == len(panels)
