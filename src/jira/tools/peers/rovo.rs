//! The Jira tools and operations of Atlassian's hosted server, in both of its versions.
//!
//! Source: <https://github.com/atlassian/atlassian-mcp-server> (its skills call them), and
//! published configurations that name them and their arguments; the server itself was not tried.

use super::table::{
    Alias, Take,
    Take::{As, Fields, Kind, Moot, Name, No, Only, Sections, Text, Visibility},
    alias,
};

const BY_TOKEN: &str = "must be 0: go on with the next_page_token of the last reply";
const MARKDOWN: &str = "must be markdown: texts are Markdown here";
const EITHER: &str = "must be markdown or adf";
const ESTIMATE: Take = Take::Announces {
    accepted: &["auto", "new"],
    ours: "remaining_estimate",
    way_out: "must be auto, or new with newEstimate",
};
const AVAILABLE: &str = "must be false: only transitions that are possible now are listed";

pub(super) const ALIASES: &[Alias] = &[
    alias("atlassianUserInfo", "jira_whoami", &[], &[]),
    alias("getAccessibleAtlassianResources", "jira_whoami", &[], &[]),
    alias("getVisibleJiraProjects", "jira_get_projects", &[], PROJECTS),
    alias("listJiraProjects", "jira_get_projects", &[], PROJECTS),
    alias(
        "getJiraIssue",
        "jira_get_issue",
        &[],
        &[
            ("issueIdOrKey", As("issue_key")),
            ("issueKey", As("issue_key")),
            ("expand", Sections),
            ("properties", No("cannot be read here; leave it out")),
            ("updateHistory", Moot),
            ("failFast", Moot),
            ("fieldsByKeys", Moot),
            ("view", Moot),
            ("responseContentFormat", Only(&["markdown"], MARKDOWN)),
        ],
    ),
    alias(
        "editJiraIssue",
        "jira_update_issue",
        &[],
        &[
            ("issueIdOrKey", As("issue_key")),
            ("issueKey", As("issue_key")),
            ("fields", Fields),
            ("additional_fields", Fields),
            ("description", Text("description")),
            ("assignee_account_id", As("assignee")),
            ("parent", Name("parent_key")),
            ("notifyUsers", As("notify")),
            ("update", No("is said by add_labels, remove_labels and fields")),
            ("contentFormat", Only(&["markdown", "adf"], EITHER)),
            ("responseContentFormat", Only(&["markdown"], MARKDOWN)),
        ],
    ),
    alias(
        "createJiraIssue",
        "jira_create_issue",
        &[],
        &[
            ("projectKey", As("project_key")),
            ("issueTypeName", As("issue_type")),
            ("issueType", Name("issue_type")),
            ("parent", Name("parent_key")),
            ("assignee_account_id", As("assignee")),
            ("description", Text("description")),
            ("additional_fields", Fields),
            (
                "transition",
                No("is a call of its own, once the issue is there: jira_transition_issue"),
            ),
            ("contentFormat", Only(&["markdown", "adf"], EITHER)),
            ("responseContentFormat", Only(&["markdown"], MARKDOWN)),
        ],
    ),
    alias(
        "getTransitionsForJiraIssue",
        "jira_list_transitions",
        &[],
        &[
            ("issueIdOrKey", As("issue_key")),
            ("issueKey", As("issue_key")),
            (
                "expand",
                Only(
                    &["transitions.fields"],
                    "may only be transitions.fields, which are always told",
                ),
            ),
            ("transitionId", No("is no filter here; all that are possible are listed")),
            ("includeUnavailableTransitions", Only(&["false"], AVAILABLE)),
            ("skipRemoteOnlyCondition", Only(&["false"], AVAILABLE)),
            ("sortByOpsBarAndStatus", Moot),
        ],
    ),
    alias(
        "transitionJiraIssue",
        "jira_transition_issue",
        &[],
        &[
            ("issueIdOrKey", As("issue_key")),
            ("issueKey", As("issue_key")),
            ("transition", Name("transition")),
            ("transitionId", Name("transition")),
            ("update", No("is said by comment and fields")),
            ("historyMetadata", No("cannot be set here; leave it out")),
        ],
    ),
    alias("lookupJiraAccountId", "jira_find_users", &[], &[("searchString", As("query"))]),
    alias("searchJiraIssuesUsingJql", "jira_search", &[], SEARCH),
    alias("searchJiraIssues", "jira_search", &[], SEARCH),
    alias(
        "addCommentToJiraIssue",
        "jira_add_comment",
        &[],
        &[
            ("issueIdOrKey", As("issue_key")),
            ("issueKey", As("issue_key")),
            ("commentBody", Text("body")),
            ("body", Text("body")),
            ("commentVisibility", Visibility),
            ("parentId", As("reply_to")),
            ("contentFormat", Only(&["markdown", "adf"], EITHER)),
            ("responseContentFormat", Only(&["markdown"], MARKDOWN)),
        ],
    ),
    alias(
        "addWorklogToJiraIssue",
        "jira_add_worklog",
        &[],
        &[
            ("issueIdOrKey", As("issue_key")),
            ("issueKey", As("issue_key")),
            ("timeSpent", As("time_spent")),
            ("comment", Text("comment")),
            ("commentBody", Text("comment")),
            ("newEstimate", As("remaining_estimate")),
            ("adjustEstimate", ESTIMATE),
            ("visibility", No("cannot be set on logged work; put restricted words into a comment")),
            ("worklogId", No("cannot be changed here: delete the worklog and log it again")),
            ("contentFormat", Only(&["markdown", "adf"], EITHER)),
        ],
    ),
    alias(
        "getJiraIssueRemoteIssueLinks",
        "jira_list_links",
        &[],
        &[
            ("issueIdOrKey", As("issue_key")),
            ("issueKey", As("issue_key")),
            ("globalId", No("is no filter here; all links are listed")),
        ],
    ),
    alias("getJiraProjectIssueTypesMetadata", "jira_get_create_fields", &[], META),
    alias("listJiraProjectIssueTypesMetadata", "jira_get_create_fields", &[], META),
    alias("getJiraIssueTypeMetaWithFields", "jira_get_create_fields", &[], META),
    alias(
        "createIssueLink",
        "jira_link_issues",
        &[],
        &[
            ("type", Kind("relation")),
            ("inwardIssue", Name("from_key")),
            ("outwardIssue", Name("to_key")),
            ("comment", Text("comment")),
        ],
    ),
];

const PROJECTS: &[(&str, Take)] = &[
    ("searchString", As("query")),
    ("maxResults", As("max_results")),
    ("startAt", As("start_at")),
    (
        "action",
        Only(
            &["view", "browse"],
            "must be view: ask jira_my_permissions where issues may be created",
        ),
    ),
    (
        "expandIssueTypes",
        Only(&["false"], "must be false: jira_get_create_fields tells issue types"),
    ),
];

const SEARCH: &[(&str, Take)] = &[
    ("maxResults", As("max_results")),
    ("nextPageToken", As("next_page_token")),
    ("startAt", Only(&["0"], BY_TOKEN)),
    ("expand", Only(&[], "expands nothing here: name what you need in fields")),
    ("responseContentFormat", Only(&["markdown"], MARKDOWN)),
];

const META: &[(&str, Take)] = &[
    ("projectIdOrKey", As("project_key")),
    ("projectKey", As("project_key")),
    ("issueTypeId", Name("issue_type")),
    ("startAt", Only(&["0"], "must be 0: all are told at once")),
    // All are told, however many were asked for.
    ("maxResults", Moot),
];
