//! The Jira tools of mcp-atlassian.
//!
//! Source: what the documents of <https://github.com/sooperset/mcp-atlassian> say of each tool, as of
//! version 0.23.

use super::table::{
    Alias,
    Take::{
        As, Clears, CommentCount, Fields, Kind, Moot, Name, No, Only, ProjectQuery, Public,
        Sections, Single, Text, Visibility,
    },
    alias,
};

const BY_TOKEN: &str = "must be 0: go on with the next_page_token of the last reply";
const NO_EXPAND: &str = "expands nothing here: name what you need in fields";

pub(super) const ALIASES: &[Alias] = &[
    alias(
        "jira_get_issue",
        "jira_get_issue",
        &[],
        &[
            ("expand", Sections),
            ("include", Sections),
            ("comment_limit", CommentCount),
            ("properties", No("cannot be read here; leave it out")),
            ("update_history", Moot),
            ("use_display_names", Moot),
        ],
    ),
    alias(
        "jira_search",
        "jira_search",
        &[],
        &[
            ("limit", As("max_results")),
            ("page_token", As("next_page_token")),
            ("start_at", Only(&["0"], BY_TOKEN)),
            ("projects_filter", No("goes into the jql: project in (A, B)")),
            ("expand", Only(&[], NO_EXPAND)),
            ("use_display_names", Moot),
        ],
    ),
    alias(
        "jira_get_project_issues",
        "jira_search",
        &[],
        &[
            ("project_key", ProjectQuery),
            ("limit", As("max_results")),
            ("start_at", Only(&["0"], BY_TOKEN)),
        ],
    ),
    alias(
        "jira_create_issue",
        "jira_create_issue",
        &[],
        &[
            ("additional_fields", Fields),
            ("fields", Fields),
            ("description", Text("description")),
            ("assignee", Name("assignee")),
        ],
    ),
    alias(
        "jira_update_issue",
        "jira_update_issue",
        &[],
        &[
            ("fields", Fields),
            ("additional_fields", Fields),
            ("attachments", No("are paths; attach text or base64 with jira_add_attachment")),
            ("transition", No("is a call of its own: jira_transition_issue")),
            ("comment", No("is a call of its own: jira_add_comment")),
            ("comment_visibility", No("goes with jira_add_comment, as visible_to")),
            ("worklog", No("is a call of its own: jira_add_worklog")),
            ("worklog_started", No("goes with jira_add_worklog, as started")),
            ("return_fields", Moot),
        ],
    ),
    alias("jira_assign_issue", "jira_update_issue", &[], &[("assignee", Clears("assignee"))]),
    alias("jira_link_to_epic", "jira_update_issue", &[], &[("epic_key", As("parent_key"))]),
    alias(
        "jira_batch_create_issues",
        "jira_create_issues",
        &[],
        &[("validate_only", As("dry_run"))],
    ),
    alias(
        "jira_batch_get_changelogs",
        "jira_get_changelog",
        &[],
        &[("issue_ids_or_keys", Single("issue_key")), ("limit", As("max_results"))],
    ),
    alias(
        "jira_transition_issue",
        "jira_transition_issue",
        &[],
        &[("transition_id", Name("transition")), ("transition_name", As("transition"))],
    ),
    alias("jira_get_transitions", "jira_list_transitions", &[], &[]),
    alias(
        "jira_add_comment",
        "jira_add_comment",
        &[],
        &[
            ("body", Text("body")),
            ("comment", Text("body")),
            ("visibility", Visibility),
            ("public", Public),
        ],
    ),
    alias(
        "jira_edit_comment",
        "jira_update_comment",
        &[],
        &[("body", Text("body")), ("visibility", No("cannot be changed; leave it out to keep it"))],
    ),
    alias("jira_get_worklog", "jira_list_worklogs", &[], &[]),
    alias(
        "jira_add_worklog",
        "jira_add_worklog",
        &[],
        &[("original_estimate", No("is a field: jira_update_issue with fields"))],
    ),
    alias("jira_get_user_profile", "jira_find_users", &[], &[("user_identifier", Name("query"))]),
    alias(
        "jira_search_assignable_users",
        "jira_find_users",
        &[],
        &[
            ("project_key", As("assignable_in")),
            ("issue_key", As("assignable_in")),
            ("limit", As("max_results")),
        ],
    ),
    alias("jira_get_issue_watchers", "jira_get_issue", &[("include", "watchers")], &[]),
    alias("jira_add_watcher", "jira_watch_issue", &[], &[("user_identifier", Name("user"))]),
    alias(
        "jira_remove_watcher",
        "jira_watch_issue",
        &[("remove", "true")],
        &[("account_id", Name("user")), ("username", Name("user"))],
    ),
    alias(
        "jira_get_agile_boards",
        "jira_list_boards",
        &[],
        &[
            ("board_name", As("name")),
            ("board_type", No("is no filter here; each board is listed with its type")),
            ("limit", As("max_results")),
        ],
    ),
    alias("jira_get_sprints_from_board", "jira_get_sprints", &[], &[("limit", As("max_results"))]),
    alias(
        "jira_get_sprint_issues",
        "jira_get_sprint_issues",
        &[],
        &[("limit", As("max_results")), ("start_at", Only(&["0"], BY_TOKEN))],
    ),
    alias("jira_create_sprint", "jira_create_sprint", &[], &[("sprint_name", As("name"))]),
    alias("jira_update_sprint", "jira_update_sprint", &[], &[("sprint_name", As("name"))]),
    alias("jira_add_issues_to_sprint", "jira_move_to_sprint", &[], &[]),
    alias("jira_move_issues_to_backlog", "jira_move_to_sprint", &[("sprint_id", "backlog")], &[]),
    alias(
        "jira_create_issue_link",
        "jira_link_issues",
        &[],
        &[
            ("link_type", Kind("relation")),
            ("inward_issue_key", As("from_key")),
            ("outward_issue_key", As("to_key")),
            ("comment_visibility", No("cannot be set on a link's comment; use jira_add_comment")),
        ],
    ),
    alias("jira_remove_issue_link", "jira_unlink_issues", &[], &[]),
    alias(
        "jira_create_remote_issue_link",
        "jira_add_remote_link",
        &[],
        &[
            ("summary", No("has no place here; put it into the title")),
            ("relationship", No("has no place here; put it into the title")),
            ("icon_url", No("has no place here; leave it out")),
        ],
    ),
    alias("jira_get_project_versions", "jira_get_project", &[("include", "versions")], &[]),
    alias("jira_get_project_components", "jira_get_project", &[("include", "components")], &[]),
    alias("jira_create_version", "jira_save_version", &[], &[]),
    alias(
        "jira_update_version",
        "jira_save_version",
        &[],
        &[("version_id", No("is not used: name the version, and rename it with new_name"))],
    ),
    alias(
        "jira_search_fields",
        "jira_find_fields",
        &[],
        &[("keyword", As("query")), ("limit", As("max_results")), ("refresh", Moot)],
    ),
    alias(
        "jira_get_field_options",
        "jira_get_create_fields",
        &[],
        &[
            ("field_id", As("field")),
            ("contains", As("query")),
            ("context_id", No("is not used: a project and an issue type tell it")),
            ("return_limit", No("is not used: narrow the values with query")),
            ("values_only", Moot),
        ],
    ),
    alias("jira_get_project_issue_types", "jira_get_create_fields", &[], &[]),
    alias(
        "jira_get_create_fields",
        "jira_get_create_fields",
        &[],
        &[("issue_type_id", As("issue_type"))],
    ),
    alias("jira_get_project_fields", "jira_get_create_fields", &[], &[]),
    alias(
        "jira_get_all_projects",
        "jira_get_projects",
        &[],
        &[("include_archived", Only(&["false"], "must be false: archived ones are not listed"))],
    ),
    alias(
        "jira_search_projects",
        "jira_get_projects",
        &[],
        &[("current_project_ids", No("is no filter here; leave it out"))],
    ),
    alias("jira_download_attachments", "jira_list_attachments", &[], &[]),
    alias("jira_get_issue_images", "jira_list_attachments", &[], &[]),
    alias(
        "jira_get_cross_project_dependencies",
        "jira_get_dependencies",
        &[],
        &[
            ("project_key", ProjectQuery),
            ("max_issues", No("is not used: 500 are read; leave it out")),
        ],
    ),
];
