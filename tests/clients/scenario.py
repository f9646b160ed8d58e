"""What every client must be able to do, written once; a client only knows how to list and to call."""

import json
from dataclasses import dataclass, field

NEEDED = {
    "jira_whoami",
    "jira_search",
    "jira_get_issue",
    "jira_create_issue",
    "jira_transition_issue",
    "jira_add_comment",
}
# Quotes, an equals sign and signs of two, three and four bytes: each client encodes them its own way.
SUMMARY = 'Grüße = "5 %" & 日本 🚀'


@dataclass
class Row:
    """One line of the table; `era` is the way of negotiating and what came out of it."""

    client: str
    version: str = "?"
    era: str = "?"
    passed: int = 0
    failures: list = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.passed + len(self.failures)

    def check(self, what: str, got, holds):
        """Count one check; `holds` looks at `got`, and a fault while looking is a failure too."""
        try:
            good = holds(got)
        except (AttributeError, KeyError, IndexError, TypeError, ValueError):
            good = False
        if good:
            self.passed += 1
        else:
            self.failures.append(f"{what}: {json.dumps(got, ensure_ascii=False)[:1500]}")


def play(client) -> Row:
    row = Row(client.name)
    try:
        with client:
            row.version, row.era = client.version, f"{client.mode} -> {client.negotiated}"
            perform(client, row)
    except Exception as fault:  # A client that cannot even start is one failed check of its row.
        row.failures.append(f"{type(fault).__name__}: {fault}")
    return row


def perform(client, row: Row):
    row.check("negotiated", client.negotiated, lambda got: got == client.expected)
    row.check("tools/list", client.tools(), lambda got: NEEDED <= {tool["name"] for tool in got})

    def answer(what, tool, arguments, holds):
        result = client.call(tool, arguments)
        row.check(what, result, lambda got: not got.get("isError") and holds(payload(got)))
        return result

    def refusal(what, tool, arguments, code, word):
        result = client.call(tool, arguments)
        row.check(what, result, lambda got: got["isError"] is True and payload(got)["error"] == code)
        row.check(f"{what}, readable", result, lambda got: word in payload(got)["message"])

    answer("whoami", "jira_whoami", {}, lambda me: me["name"] == "Anna Admin" and me["account_id"])
    answer(
        "search",
        "jira_search",
        {"jql": "project = ACME ORDER BY key", "max_results": 3},
        lambda page: [issue["key"] for issue in page["issues"]] == ["ACME-1", "ACME-2", "ACME-3"]
        and page["is_last"] is False,
    )
    created = answer(
        "create",
        "jira_create_issue",
        {"project_key": "ACME", "issue_type": "Task", "summary": SUMMARY, "labels": ["one", "two"]},
        lambda issue: issue["created"] is True and issue["key"].startswith("ACME-"),
    )
    key = payload(created)["key"]
    answer(
        "transition",
        "jira_transition_issue",
        {"issue_key": key, "transition": "In Progress"},
        lambda moved: moved["key"] == key and moved["to"] == "In Progress",
    )
    answer(
        "comment",
        "jira_add_comment",
        {"issue_key": key, "body": f"- **{SUMMARY}**\n- two"},
        lambda comment: comment["comment_id"],
    )
    answer(
        "read back",
        "jira_get_issue",
        {"issue_key": key, "include": ["comments"]},
        lambda issue: issue["key"] == key
        and issue["summary"] == SUMMARY
        and issue["status"] == "In Progress"
        and sorted(issue["labels"]) == ["one", "two"]
        and SUMMARY in json.dumps(issue["comments"], ensure_ascii=False).replace('\\"', '"'),
    )
    refusal("unknown issue", "jira_get_issue", {"issue_key": "ACME-99999"}, "not_found", "may not see it")
    refusal("unknown argument", "jira_search", {"jqll": "project = ACME"}, "invalid_argument", "`jql`")
    if client.verbatim:
        wrong = {"jql": "project = ACME", "max_results": "many"}
        refusal("wrong type", "jira_search", wrong, "invalid_argument", "`max_results`")
    client.further_checks(row)


def payload(result: dict) -> dict:
    """The JSON that stands in the result's one text block."""
    (block,) = result["content"]
    return json.loads(block["text"])
