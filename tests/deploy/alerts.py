"""The alert rules of Prometheus, by Prometheus' own tool: parsed, and played through with the made-up series of alerts.yaml."""

import tempfile
from pathlib import Path

import yaml

import judges

CASES = Path("tests/deploy/alerts.yaml")
RULES = Path("deploy/observability/prometheus-rules.yaml")


def check(project):
    """Every rule that is broken, as (rule, sentence)."""
    code, said = judges.said([judges.promtool(), "check", "rules", project / RULES])
    if code != 0:
        yield "alerts-parse", said.strip()
        return
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
