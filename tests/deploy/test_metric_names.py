"""The dashboard and the rules ask for nothing that servers and Envoy do not tell."""

import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from dashboard_picture.__main__ import DASHBOARD, DRIFT
from dashboard_picture.dashboard import filled_in, read_dashboard

from ecg_client import EcgClient
from ecg_client.formats.synthetic import generate_recordings
from ecg_testing.envoy_proxy import EnvoyProxy, deployed
from ecg_testing.ports import free_port
from ecg_testing.processes import ServerProcess
from ecg_testing.promql import Names, labels_by_metric, names_in, unknown_names

RULES = Path(__file__).parents[2] / "deploy" / "prometheus"

Known = dict[str, set[str]]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    """The metrics of a server that has been called through Envoy, and of that Envoy, with their labels."""
    folder = tmp_path_factory.mktemp("envoy")
    metrics = f"127.0.0.1:{free_port()}"
    with ServerProcess("--model", "reference", "--metrics-port", metrics.rpartition(":")[2]) as server:
        with EnvoyProxy(deployed(folder, [server.address]), folder) as envoy, EcgClient(envoy.address) as client:
            first, *others = generate_recordings(3)
            client.predict(first)
            assert len(list(client.predict_stream(others))) == len(others)
            scrapes = [_read(f"{metrics}/metrics"), _read(f"{envoy.metrics_address}/stats/prometheus")]
        yield labels_by_metric(scrapes)


def dashboard_expressions() -> dict[str, str]:
    """Return what each panel asks, by its title."""
    dashboard = read_dashboard(DASHBOARD)
    values = dict.fromkeys(dashboard.variables, ".*") | {"__rate_interval": "1m", "drift": DRIFT}
    panels = filled_in(dashboard.panels, values, dict.fromkeys(dashboard.variables, ("one",)))
    asked = {f"{panel.title} {number}": one.expression for panel in panels for number, one in enumerate(panel.queries)}
    return asked | dashboard.variables


def rule_expressions() -> dict[str, str]:
    """Return what each rule asks, by its name."""
    groups = [group for path in RULES.glob("*.yml") for group in yaml.safe_load(path.read_text()).get("groups", ())]
    return {rule.get("alert") or rule["record"]: rule["expr"] for group in groups for rule in group["rules"]}


def recorded() -> Known:
    """Return what rules record, with the labels that they group by."""
    return {name: set(names_in(expression).groupings) for name, expression in rule_expressions().items() if ":" in name}


def test_the_dashboard_asks_for_what_there_is(known: Known) -> None:
    """Metrics, and labels of theirs."""
    asked = dashboard_expressions()
    unknown = {title: found for title, expression in asked.items() if (found := _unknown(expression, known))}

    assert len(asked) > 40
    assert unknown == {}


def test_the_rules_ask_for_what_there_is(known: Known) -> None:
    """Or for what another rule records."""
    known = known | {"up": {"instance", "job"}} | recorded()
    asked = rule_expressions()
    unknown = {name: found for name, expression in asked.items() if (found := unknown_names(expression, known))}

    assert len(asked) > 20
    assert unknown == {}


def test_a_metric_of_another_name_is_noticed(known: Known) -> None:
    """Of all that are asked for, each is missed when it is gone."""
    asked = (dashboard_expressions() | rule_expressions()).values()
    metrics = {metric for expression in asked for metric, _ in names_in(expression).metrics if metric in known}

    assert len(metrics) > 35
    for metric in metrics:
        renamed = {name: labels for name, labels in known.items() if name != metric} | {f"{metric}_renamed": set()}
        assert any(metric in unknown_names(expression, renamed) for expression in asked)


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("up", Names((("up", frozenset()),), frozenset())),
        ('rate(a_total{b="c{d}", e=~"f"}[5m])', Names((("a_total", frozenset({"b", "e"})),), frozenset())),
        ("sum by (a, le) (rate(b_bucket[1m])) > 1e3", Names((("b_bucket", frozenset()),), frozenset({"a", "le"}))),
        (
            "a / on (b) group_left () sum(c:d) unless e offset 5m",
            Names((("a", frozenset()), ("c:d", frozenset()), ("e", frozenset())), frozenset({"b"})),
        ),
        ("histogram_quantile(0.9, a) # of b", Names((("a", frozenset()),), frozenset())),
    ],
)
def test_names_are_found_in_promql(expression: str, names: Names) -> None:
    """Not those of functions, nor what stands in texts, durations and comments."""
    assert names_in(expression) == names


def test_a_label_that_a_metric_does_not_have_is_noticed() -> None:
    """Whether it is asked for or grouped by."""
    known = {"a": {"b", "instance", "job"}}

    assert unknown_names('sum by (b, instance) (a{b="1"})', known) == []
    assert unknown_names('sum by (c) (a{d="1"})', known) == ["a{d}", "c"]


def _unknown(expression: str, known: Known) -> list[str]:
    """Return what is not there; of a variable's definition too."""
    return unknown_names(re.sub(r"label_values\((\w+), (\w+)\)", r"sum by (\2) (\1)", expression), known)


def _read(address: str) -> str:
    with urllib.request.urlopen(f"http://{address}", timeout=30) as response:
        text: str = response.read().decode()
    return text
