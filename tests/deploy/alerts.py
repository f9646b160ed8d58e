"""The alert rules of Prometheus, by Prometheus' own tool: parsed, and played through with the made-up series of alerts.yaml."""

import json
import tempfile
from pathlib import Path

import yaml

import judges

CASES = Path("tests/deploy/alerts.yaml")
EXPRESSION = '"expr"'
BOARD = Path("deploy/observability/grafana-dashboard.json")
VARIABLES = {"$__rate_interval": "5m", "$__interval": "1m", "$__range": "1h"}
RULES = Path("deploy/observability/prometheus-rules.yaml")


def check(project):
    """Every rule that is broken, as (rule, sentence)."""
    code, said = judges.said([judges.promtool(), "check", "rules", project / RULES])
    if code != 0:
        yield "alerts-parse", said.strip()
        return
    yield from dashboard(project)
    rules, cases = (yaml.safe_load((project / file).read_text()) for file in (RULES, CASES))
    names = {rule["alert"] for group in rules["groups"] for rule in group["rules"]}
    tried = [case for test in cases["tests"] for case in test["alert_rule_test"]]
    for what, some in (("fires", [one for one in tried if one["exp_alerts"]]), ("is silent", [one for one in tried if not one["exp_alerts"]])):
        for name in sorted(names ^ {one["alertname"] for one in some}):
            yield "alerts-tried", f"no case in which {name} {what}, or no such alert"
    with tempfile.TemporaryDirectory(prefix="alerts-") as home:
        # What an alert says to people is not repeated in the cases.
        for group in rules["groups"]:
            for rule in group["rules"]:
                rule.pop("annotations", None)
        Path(home, "rules.yaml").write_text(yaml.safe_dump(rules))
        Path(home, "cases.yaml").write_text(yaml.safe_dump(cases | {"rule_files": ["rules.yaml"]}))
        code, said = judges.said([judges.promtool(), "test", "rules", "cases.yaml"], cwd=home)
        if code != 0:
            yield "alerts-fire", said.strip()[:2000]


def dashboard(project):
    """Every expression of the dashboard, as if it were a rule."""
    text = (project / BOARD).read_text()
    panels = [panel for panel in json.loads(text)["panels"] for panel in [panel, *panel.get("panels", [])]]
    expressions = [target["expr"] for panel in panels for target in panel.get("targets", [])]
    if len(expressions) != text.count(EXPRESSION):
        yield "alerts-dashboard", f"{len(expressions)} of {text.count(EXPRESSION)} expressions were found"
    for name, value in VARIABLES.items():
        expressions = [one.replace(name, value) for one in expressions]
    with tempfile.TemporaryDirectory(prefix="board-") as home:
        rules = [{"record": f"board:{number}", "expr": one} for number, one in enumerate(expressions)]
        file = Path(home, "board.yaml")
        file.write_text(yaml.safe_dump({"groups": [{"name": "board", "rules": rules}]}))
        code, said = judges.said([judges.promtool(), "check", "rules", file])
        if code != 0:
            yield "alerts-dashboard", said.strip()[:1000]
