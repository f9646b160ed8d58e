"""The operators' documents name only what exists: tests, rules, settings, files."""

import re

DOCUMENTS = ["docs/DEPLOY.md", "docs/OPERATIONS.md", "docs/CHECKLIST.md", "docs/GATE.md", "docs/AZURE.md", "docs/ENTRA.md"]
# Written by others, or by who deploys.
FOREIGN = {"ATLASSIAN_TOKEN", "ATLASSIAN_CLIENT_ID", "ATLASSIAN_CLIENT_SECRET", "SMOKE_TOKEN", "SOURCE_DATE_EPOCH", "MCP_URL", "MCP_TOKEN", "P95_MS", "CALL_P95_MS", "SMOKE_GATEWAY", "WEBSITE_HOSTNAME"}


def check(project, settings):
    """Every rule that is broken, as (rule, sentence)."""
    sources = [path for folder in ("src", "crates", "tests") for path in (project / folder).rglob("*.rs")]
    tests = {name for path in sources for name in re.findall(r"\bfn (\w+)", path.read_text())}
    validators = [path for path in (project / "tests/deploy").iterdir() if path.suffix == ".py" or path.name == "check"]
    rules = {name for path in validators for name in re.findall(r'yield "([a-z-]+)"', path.read_text())}
    for name in DOCUMENTS:
        text = (project / name).read_text()
        code = re.findall(r"`([^`\n]+)`", text)
        for word in code:
            test = word.rpartition("::")[2]
            if re.fullmatch(r"[a-z]+(_[a-z0-9]+){3,}", test) and test not in tests and not test.startswith("jira_"):
                yield "document-tests", f"{name}: no test is called {word}"
            if re.fullmatch(r"(image|bicep|front-door|kubernetes|workflow|supply)-[a-z-]+", word) and word not in rules:
                yield "document-rules", f"{name}: no rule is called {word}"
        for word in re.findall(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b", text):
            if word not in settings and word not in FOREIGN and not word.startswith(("BRIDGE_", "AZURE_")):
                yield "document-settings", f"{name}: {word} is no setting"
        for path in re.findall(r"(?<![\w/])(?:deploy|tests|connector|\.github)/[\w./-]+[\w]", " ".join(code)):
            if path.startswith("connector/") and not (project / "connector").exists():
                continue
            if not (project / path).exists() and "*" not in path:
                yield "document-files", f"{name}: {path} does not exist"
        for link in re.findall(r"\]\(([^)#]+)\)", text):
            if not (project / "docs" / link).exists():
                yield "document-files", f"{name}: the link {link} leads nowhere"
