"""What Prometheus is told to look at and to tell of: its own tools find it in order, and each alert has its runbook."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from ecg_testing.tools import tool

ROOT = Path(__file__).parents[2]
DEPLOYED = ROOT / "deploy" / "prometheus"
RULES = ("alerts.yml", "drift.yml")
TRIALS = ("alerts_test.yml", "drift_test.yml")


def rules() -> list[dict[str, Any]]:
    """Return all rules."""
    files = [yaml.safe_load((DEPLOYED / name).read_text(encoding="utf-8")) for name in RULES]
    return [rule for file in files for group in file["groups"] for rule in group["rules"]]


ALERTS = [rule for rule in rules() if "alert" in rule]


def promtool(*arguments: str) -> str:
    """Run it among the files; return what it prints."""
    ended = subprocess.run(  # noqa: S603 - found by its name
        [tool("promtool"), *arguments], cwd=DEPLOYED, capture_output=True, text=True, check=False, timeout=120
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_prometheus_takes_the_configuration() -> None:
    """And both files of rules that it names."""
    assert f"{len(RULES)} rule files found" in promtool("check", "config", "prometheus.yml")


@pytest.mark.parametrize("trial", TRIALS)
def test_alerts_come_when_they_should(trial: str) -> None:
    """And only then: as their trials tell."""
    assert "SUCCESS" in promtool("test", "rules", trial)


def test_every_alert_is_tried() -> None:
    """There is a trial in which it comes."""
    trials = [yaml.safe_load((DEPLOYED / name).read_text(encoding="utf-8")) for name in TRIALS]
    tried = [one for trial in trials for test in trial["tests"] for one in test["alert_rule_test"]]

    assert {one["alertname"] for one in tried if one.get("exp_alerts")} == {alert["alert"] for alert in ALERTS}


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_every_alert_says_what_to_do(alert: dict[str, Any]) -> None:
    """How bad it is, what it means, and where the runbook has it: under a heading with its name."""
    headings = re.findall(r"^### (\w+)$", (ROOT / "docs" / "operations.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert alert["labels"]["severity"] in {"critical", "warning"}
    assert set(alert["annotations"]) == {"summary", "description", "runbook_url"}
    assert alert["annotations"]["runbook_url"] == f"docs/operations.md#{alert['alert'].lower()}"
    assert alert["alert"] in headings
