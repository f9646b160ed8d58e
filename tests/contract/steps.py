"""The steps of the tour: who, which tool, with what, and the error code that is expected (None for success).

A text that starts with `$tool.name` stands for what an earlier call of that tool answered under that name.
"""

RICH = """# Plan

Some **bold**, *italic*, ~~struck~~ and `code`, a [link](https://example.com) and @[Ben Developer].

- one
  - two
1. first

- [ ] open
- [x] done

> quoted

> [!NOTE]
> a panel

| a | b |
| --- | --- |
| 1 | 2 |

```rust
fn main() {}
```

---
"""

STEPS = [
    ("anna", "jira_whoami", {"include_permissions": True}, None),
    ("anna", "jira_whoami", {"project_key": "ACME"}, None),
    ("anna", "jira_get_projects", {}, None),
    ("anna", "jira_get_projects", {"query": "mob", "max_results": 1}, None),
    ("anna", "jira_search", {"jql": "project = ACME ORDER BY key", "max_results": 5}, None),
    ("anna", "jira_search", {"jql": "project = ACME", "fields": ["Story Points", "sprint", "summary"]}, None),
    ("anna", "jira_search", {"jql": "project = ACME", "count_only": True}, None),
    ("anna", "jira_search", {"jql": "nonsense ~~ 1"}, "invalid_argument"),
    ("anna", "jira_search", {"jql": "project = NOPE"}, "invalid_argument"),
    ("anna", "jira_get_issue", {"issue_key": "ACME-5"}, None),
    ("anna", "jira_get_issue", {"issue_key": "ACME-30", "include": "comments,transitions,changelog,worklogs,links"}, None),
    ("anna", "jira_get_issue", {"issue_key": "ACME-31", "include": "worklogs"}, None),
    ("anna", "jira_get_issue", {"issue_key": "ACME-18", "fields": ["*all"]}, None),
    ("anna", "jira_get_issue", {"issue_key": "ZZZ-1"}, "not_found"),
    ("carla", "jira_get_issue", {"issue_key": "OPS-1"}, "not_found"),
    ("anna", "jira_get_create_fields", {"project_key": "ACME"}, None),
    ("anna", "jira_get_create_fields", {"project_key": "MOB", "issue_type": "Bug"}, None),
    ("carla", "jira_get_create_fields", {"project_key": "ACME"}, "not_found"),
    ("anna", "jira_find_users", {"query": "ben"}, None),
    ("anna", "jira_find_users", {"query": "ben", "assignable_in": "ACME"}, None),
    (
        "anna",
        "jira_create_issue",
        {
            "project_key": "ACME",
            "issue_type": "Task",
            "summary": "From the tour",
            "description": RICH,
            "assignee": "me",
            "priority": "High",
            "labels": ["tour"],
            "components": ["Mail"],
            "due_date": "2030-01-02",
            "fields": '{"Story Points": 3}',
        },
        None,
    ),
    ("anna", "jira_create_issue", {"project_key": "MOB", "issue_type": "Bug", "summary": "x"}, "invalid_argument"),
    ("anna", "jira_update_issue_summary", {"issue_key": "$jira_create_issue.key", "summary": "Renamed"}, None),
    (
        "anna",
        "jira_update_issue",
        {
            "issue_key": "$jira_create_issue.key",
            "append_description": "And *more*.",
            "add_labels": ["b"],
            "remove_labels": ["tour"],
            "assignee": "none",
            "due_date": "none",
        },
        None,
    ),
    ("anna", "jira_update_issue", {"issue_key": "$jira_create_issue.key", "description": "New", "dry_run": True}, None),
    ("anna", "jira_update_issue", {"issue_key": "$jira_create_issue.key", "description": RICH, "replace_rich_text": True}, None),
    ("anna", "jira_update_issue", {"issue_key": "$jira_create_issue.key", "parent_key": "ACME-5"}, None),
    ("anna", "jira_add_comment", {"issue_key": "$jira_create_issue.key", "body": RICH}, None),
    ("anna", "jira_add_comment", {"issue_key": "$jira_create_issue.key", "body": "secret", "visible_to": "Administrators"}, None),
    ("anna", "jira_add_comment", {"issue_key": "OPS-1", "body": "inside", "internal": True}, None),
    ("anna", "jira_get_comments", {"issue_key": "ACME-30", "max_results": 10}, None),
    ("anna", "jira_list_transitions", {"issue_key": "$jira_create_issue.key"}, None),
    ("anna", "jira_transition_issue", {"issue_key": "$jira_create_issue.key", "transition": "In Progress", "comment": "go"}, None),
    ("anna", "jira_transition_issue", {"issue_key": "$jira_create_issue.key", "transition": "Nowhere"}, "invalid_argument"),
]
