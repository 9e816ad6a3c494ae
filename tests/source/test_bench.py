"""The arithmetic and the rendering of tests/bench, and that its README shows the figures it has."""

import json
import pathlib
import sys
import xml.etree.ElementTree

import pytest

BENCH = pathlib.Path(__file__).resolve().parents[1] / "bench"
sys.path.insert(0, str(BENCH))

# pylint: disable=wrong-import-position
import report  # noqa: E402
from figure import SERVERS, Figure, alternate, percentile, split  # noqa: E402
# pylint: enable=wrong-import-position

FACTS = {"date": "2026-01-02", "cores": 2, "cpu": "a <CPU>", "kernel": "6.1", "client": "OpenSSH, x",
         "commit": "abc", "quick": False, "note": ""}


def figure(gateway, sshd, **fields):
    fields = {"higher_is_better": True, **fields}
    return Figure("speed", "MiB/s", {"gateway": gateway, "sshd": sshd}, **fields)


@pytest.mark.parametrize("numbers, percent, expected", [
    ([5], 50, 5), ([5], 99, 5), ([3, 1, 2], 50, 2), ([3, 1, 2], 100, 3), ([3, 1, 2], 0, 1),
    (range(1, 101), 99, 99), (range(1, 201), 99, 198), (range(1, 1001), 99, 990)])
def test_a_percentile_is_the_nearest_rank(numbers, percent, expected):
    assert percentile(numbers, percent) == expected


def test_a_ratio_is_of_medians():
    # Of means it would be far from that.
    assert figure([1000, 3, 2], [2, 1, 0.001]).ratio == 3
    assert figure([1, 2, 3, 100], [5]).ratio == 0.5


def test_a_ratio_of_another_percentile():
    assert figure(range(1, 101), range(2, 202, 2), percent=99).ratio == 0.5


@pytest.mark.parametrize("higher_is_better, wanted, reached", [
    (True, 2, True), (True, 2.1, False), (False, 2, True), (False, 1.9, False), (True, None, None)])
def test_reached(higher_is_better, wanted, reached):
    made = figure([4], [2], higher_is_better=higher_is_better, wanted=wanted)
    assert made.ratio == 2 and made.reached is reached


def test_a_gain_is_above_1_where_the_gateway_is_better():
    assert figure([4], [2]).gain == 2
    assert figure([4], [2], higher_is_better=False).gain == 0.5


def test_alternation():
    calls = []
    samples = alternate(3, lambda server: calls.append(server) or len(calls))
    assert calls == ["gateway", "sshd",  # these do not count
                     "gateway", "sshd", "sshd", "gateway", "gateway", "sshd"]
    assert samples == {"gateway": [3, 6, 7], "sshd": [4, 5, 8]}
    assert split({"gateway": [(1, 2)], "sshd": [(3, 4)]}, 1) == {"gateway": [2], "sshd": [4]}


def test_figures_survive_json():
    made = figure([4, 5], [2, 1], wanted=1.5)
    assert Figure.from_json(json.loads(json.dumps(made.as_json()))) == made


def test_a_table_row():
    assert report.row(figure([4], [2], wanted=1.5)) == \
        "| speed | 4 MiB/s | 2 MiB/s | 2.00 | ≥ 1.5 | yes |"
    assert report.row(figure([123.4], [200], wanted=1.5)) == \
        "| speed | 123 MiB/s | 200 MiB/s | 0.62 | ≥ 1.5 | **no** |"
    assert report.row(figure([1], [2], higher_is_better=False)) == \
        "| speed | 1 MiB/s | 2 MiB/s | 0.50 |  |  |"


def test_figures_against_ourselves_have_a_table_of_their_own():
    own = Figure("lookup", "ms", {"9": [3], "1": [1]}, False, sides=("9", "1"))
    text = report.table([figure([4], [2]), own], FACTS)
    assert text.index("| speed |") < text.index("the gateway alone") < text.index("| lookup |")
    assert "the gateway alone" not in report.table([figure([4], [2])], FACTS)


def test_a_chart_is_svg_with_a_bar_for_each_figure_beside_sshd():
    own = Figure("lookup", "ms", {"9": [3], "1": [1]}, False, sides=("9", "1"))
    made = [figure([4], [2]), figure([1], [2]), figure([2], [2]), own]
    root = xml.etree.ElementTree.fromstring(report.chart(made, FACTS))
    bars = root.findall("{http://www.w3.org/2000/svg}rect")[1:]
    widths = [float(bar.get("width")) for bar in bars]
    assert widths == [230, 230, 0]
    middle = float(bars[2].get("x"))
    assert [float(bar.get("x")) for bar in bars] == [middle, middle - 230, middle]


def test_the_block_of_a_readme_is_replaced_and_nothing_else():
    text = (BENCH / "README.md").read_text(encoding="utf-8")
    replaced = report.replace_block(text, "new")
    assert report.replace_block(replaced, "newer") == report.replace_block(text, "newer")
    assert replaced.split("<!-- begin")[0] == text.split("<!-- begin")[0]
    assert replaced.split("<!-- end")[1] == text.split("<!-- end")[1]
    with pytest.raises(ValueError):
        report.replace_block("nothing generated", "new")


def test_readme_and_chart_are_of_the_recorded_run():
    recorded = json.loads((BENCH / "results.json").read_text(encoding="utf-8"))
    figures = [Figure.from_json(stored) for stored in recorded["figures"]]
    facts = recorded["conditions"]
    readme = (BENCH / "README.md").read_text(encoding="utf-8")
    assert report.replace_block(readme, report.table(figures, facts)) == readme
    assert (BENCH / "chart.svg").read_text(encoding="utf-8") == report.chart(figures, facts)
    for stored, made in zip(recorded["figures"], figures):
        assert (stored["ratio"], stored["reached"]) == (made.ratio, made.reached)
        assert set(made.sides) <= set(made.samples) and (made.sides == SERVERS or len(made.sides) == 2)
