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
    # context
    ("anna", "jira_get_project", {"project_key": "ACME", "include": "statuses,components,versions"}, None),
    ("anna", "jira_get_project", {"project_key": "ACNE"}, "not_found"),
    ("anna", "jira_find_fields", {"query": "story points"}, None),
    ("anna", "jira_jql_help", {"jql": "project = ACME AND status = Done"}, None),
    ("anna", "jira_jql_help", {"jql": "project = ACNE AND stauts = x AND priority = Hihg ORDER BY fooo"}, None),
    ("anna", "jira_jql_help", {"field": "status", "value_prefix": "in"}, None),
    ("anna", "jira_jql_help", {"field": "asignee"}, "invalid_argument"),
    ("carla", "jira_my_permissions", {"project_key": "ACME"}, None),
    ("anna", "jira_my_permissions", {"issue_key": "ACME-1"}, None),
    ("anna", "jira_get_filters", {}, None),
    ("anna", "jira_get_mentions", {"since": "-30d", "project_key": "ACME"}, None),
    ("anna", "jira_get_epic_tree", {"issue_key": "ACME-1"}, None),
    ("anna", "jira_get_sprint_report", {"sprint_id": 6}, None),
    ("anna", "jira_get_dependencies", {"jql": "project = ACME"}, None),
    ("dana", "jira_get_filters", {"favourites": True}, None),
    ("dana", "jira_add_comment", {"issue_key": "ACME-1", "body": "x"}, "insufficient_scope"),
    # collab
    ("anna", "jira_update_comment", {"issue_key": "$jira_create_issue.key", "comment_id": "$jira_add_comment.comment_id", "body": "new"}, "not_found"),
    ("anna", "jira_link_issues", {"from_key": "$jira_create_issue.key", "relation": "blocks", "to_key": "ACME-2"}, None),
    ("anna", "jira_link_issues", {"from_key": "ACME-1", "relation": "adores", "to_key": "ACME-2"}, "invalid_argument"),
    ("anna", "jira_list_links", {"issue_key": "$jira_create_issue.key"}, None),
    ("anna", "jira_add_remote_link", {"issue_key": "ACME-1", "url": "https://example.com/a", "title": "A"}, None),
    ("anna", "jira_add_worklog", {"issue_key": "ACME-1", "time_spent": "2h", "comment": "**x**", "remaining_estimate": "1d"}, None),
    ("anna", "jira_list_worklogs", {"issue_key": "ACME-31", "max_results": 5}, None),
    ("anna", "jira_watch_issue", {"issue_key": "ACME-1"}, None),
    ("anna", "jira_watch_issue", {"issue_key": "ACME-1", "remove": True}, None),
    ("anna", "jira_get_changelog", {"issue_key": "ACME-1"}, None),
    ("anna", "jira_add_attachment", {"issue_key": "ACME-1", "file_name": "a.txt", "text": "hello"}, None),
    ("anna", "jira_list_attachments", {"issue_key": "ACME-1"}, None),
    ("anna", "jira_get_attachment", {"attachment_id": "$jira_add_attachment.attachment_id"}, None),
    ("anna", "jira_get_attachment", {"attachment_id": "1"}, "not_found"),
    # agile
    ("anna", "jira_list_boards", {}, None),
    ("anna", "jira_list_boards", {"project_key": "ACME"}, None),
    ("anna", "jira_get_sprints", {"board_id": "1"}, None),
    ("anna", "jira_get_sprints", {"board_id": "3"}, "invalid_argument"),
    ("anna", "jira_get_sprint_issues", {"sprint_id": "7", "max_results": 5}, None),
    ("ben", "jira_get_sprint_issues", {"sprint_id": "7", "max_results": 5}, None),
    ("anna", "jira_create_sprint", {"board_id": "1", "name": "Tour", "start_date": "2030-01-01", "end_date": "2030-01-15"}, None),
    ("anna", "jira_update_sprint", {"sprint_id": "$jira_create_sprint.id", "goal": "see"}, None),
    ("anna", "jira_move_to_sprint", {"issue_keys": ["ACME-170"], "sprint_id": "$jira_create_sprint.id"}, None),
    ("anna", "jira_move_to_sprint", {"issue_keys": ["ACME-170"], "sprint_id": "backlog"}, None),
    ("ben", "jira_list_boards", {}, "insufficient_scope"),
    # bulk, manage
    ("anna", "jira_get_issues", {"issue_keys": ["ACME-1", "MOB-1", "ZZZ-1"]}, None),
    ("anna", "jira_create_issues", {"issues": '[{"project_key":"ACME","issue_type":"Task","summary":"one"}]'}, None),
    ("anna", "jira_bulk_edit", {"issue_keys": ["ACME-171", "ACME-172"], "add_labels": ["tour"]}, None),
    ("anna", "jira_bulk_edit", {"issue_keys": ["ACME-171", "ACME-172"], "add_labels": ["tour"], "dry_run": False, "confirm": "$jira_bulk_edit.confirm"}, None),
    ("anna", "jira_get_task", {"task_id": "$jira_bulk_edit.task_id"}, None),
    ("anna", "jira_save_version", {"project_key": "ACME", "name": "Tour", "release_date": "2030-01-01"}, None),
    ("anna", "jira_save_version", {"project_key": "ACME", "name": "Tour", "released": True}, None),
    # destructive
    ("anna", "jira_delete_issue", {"issue_key": "$jira_create_issue.key"}, None),
    ("anna", "jira_delete_issue", {"issue_key": "$jira_create_issue.key", "confirm": "$jira_delete_issue.confirm"}, None),
]
