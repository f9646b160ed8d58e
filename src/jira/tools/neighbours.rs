//! The tool that somebody means by a name that no tool has: names of other servers, other words for
//! the same.

use tool_kit::Tool;

/// Names that other servers use and whose words lead nowhere here, without `jira` and in snake
/// case.
const KNOWN_ELSEWHERE: &[(&str, &str)] = &[
    ("assign_issue", "jira_update_issue"),
    ("assign", "jira_update_issue"),
    ("unassign_issue", "jira_update_issue"),
    ("set_assignee", "jira_update_issue"),
    ("set_priority", "jira_update_issue"),
    ("set_labels", "jira_update_issue"),
    ("add_label", "jira_update_issue"),
    ("add_labels", "jira_update_issue"),
    ("remove_label", "jira_update_issue"),
    ("set_due_date", "jira_update_issue"),
    ("link_to_epic", "jira_update_issue"),
    ("update_status", "jira_transition_issue"),
    ("change_status", "jira_transition_issue"),
    ("set_status", "jira_transition_issue"),
    ("update_issue_status", "jira_transition_issue"),
    ("close_issue", "jira_transition_issue"),
    ("resolve_issue", "jira_transition_issue"),
    ("reopen_issue", "jira_transition_issue"),
    ("create_subtask", "jira_create_issue"),
    ("create_epic", "jira_create_issue"),
    ("batch_create_issues", "jira_create_issues"),
    ("bulk_create_issues", "jira_create_issues"),
    ("bulk_update_issues", "jira_bulk_edit"),
    ("search_issues", "jira_search"),
    ("list_issues", "jira_search"),
    ("find_issues", "jira_search"),
    ("query_issues", "jira_search"),
    ("get_all_issues", "jira_search"),
    ("get_project_issues", "jira_search"),
    ("search_issues_using_jql", "jira_search"),
    ("search_jql", "jira_search"),
    ("jql_search", "jira_search"),
    ("jql", "jira_search"),
    ("log_work", "jira_add_worklog"),
    ("log_time", "jira_add_worklog"),
    ("get_current_user", "jira_whoami"),
    ("get_myself", "jira_whoami"),
    ("myself", "jira_whoami"),
    ("me", "jira_whoami"),
    ("user_info", "jira_whoami"),
    ("get_sites", "jira_whoami"),
    ("get_accessible_atlassian_resources", "jira_whoami"),
    ("lookup_account_id", "jira_find_users"),
    ("get_project_versions", "jira_get_project"),
    ("get_project_components", "jira_get_project"),
    ("get_board_issues", "jira_get_sprint_issues"),
    ("get_backlog", "jira_get_sprint_issues"),
    ("get_issue_types", "jira_get_create_fields"),
    ("get_project_issue_types_metadata", "jira_get_create_fields"),
    ("get_issue_type_meta_with_fields", "jira_get_create_fields"),
    ("get_create_meta", "jira_get_create_fields"),
    ("create_issue_link", "jira_link_issues"),
    ("get_history", "jira_get_changelog"),
    ("get_issue_history", "jira_get_changelog"),
    ("create_version", "jira_save_version"),
    ("update_version", "jira_save_version"),
    ("release_version", "jira_save_version"),
];

/// The part of two names that must be the same, of 1.
const SHARE_MIN: f64 = 0.6;
/// How alike misspelt names are, of 1.
const LIKENESS_MIN: f64 = 0.85;
/// What a tool works on tells more than what it does.
const NOUN_WEIGHT: f64 = 2.0;

/// The tool that is most probably meant, among those that may be named.
pub(super) fn nearest(name: &str, candidates: &[&'static Tool]) -> Option<&'static str> {
    // Comparing costs the product of both lengths; no name of ours is longer.
    if name.len() > 100 {
        return None;
    }
    let words = words(name);
    let bare = words.join("_");
    if let Some((_, known)) = KNOWN_ELSEWHERE.iter().find(|(other, _)| *other == bare) {
        return candidates.iter().map(|tool| tool.name).find(|tool| tool == known);
    }
    let wanted = Meaning::of(&words);
    let likeness = |tool: &&'static Tool| {
        let theirs = self::words(tool.name);
        let share = wanted.share(&Meaning::of(&theirs));
        // One or many: where that is all the difference, the word itself decides.
        let same =
            words.iter().filter(|word| verb(word).is_none() && theirs.contains(word)).count();
        (share, same, strsim::jaro_winkler(&bare, &theirs.join("_")), tool.name)
    };
    let alike = candidates.iter().map(likeness).filter(|(share, ..)| *share >= SHARE_MIN);
    let best =
        alike.max_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)).then(a.2.total_cmp(&b.2)));
    best.map(|(.., name)| name).or_else(|| misspelt(&bare, &wanted, candidates))
}

/// The tool whose name is most like a misspelt one. Where it is plain what is to be done, the rest
/// must be like it too.
fn misspelt(bare: &str, wanted: &Meaning, candidates: &[&'static Tool]) -> Option<&'static str> {
    let likeness = |tool: &&'static Tool| {
        let words = words(tool.name);
        let theirs = Meaning::of(&words);
        let whole = strsim::jaro_winkler(bare, &words.join("_"));
        let nouns = strsim::jaro_winkler(&wanted.nouns.join("_"), &theirs.nouns.join("_"));
        let is_like =
            if wanted.verb.is_some() { nouns >= LIKENESS_MIN } else { whole >= LIKENESS_MIN };
        (is_like && wanted.may_do(&theirs)).then_some((whole, tool.name))
    };
    let best = candidates.iter().filter_map(likeness).max_by(|a, b| a.0.total_cmp(&b.0));
    best.map(|(_, name)| name)
}

/// The words of a name in snake, kebab or camel case, without the product's.
fn words(name: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(name.len() + 8);
    let mut was_lower = false;
    for c in name.chars() {
        if c.is_uppercase() && was_lower {
            spaced.push('_');
        }
        was_lower = c.is_lowercase() || c.is_ascii_digit();
        spaced.extend(c.to_lowercase());
    }
    let words = spaced.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.filter(|word| *word != "jira").map(str::to_owned).collect()
}

/// What is done to what, in one word for all synonyms.
struct Meaning {
    verb: Option<&'static str>,
    nouns: Vec<String>,
}

impl Meaning {
    fn of(words: &[String]) -> Self {
        let verb = words.first().and_then(|word| verb(word));
        let nouns = words.iter().skip(usize::from(verb.is_some()));
        let is_noun =
            |word: &&String| !matches!(word.as_str(), "for" | "to" | "from" | "of" | "the" | "all");
        Self { verb, nouns: nouns.filter(is_noun).map(|word| noun(word)).collect() }
    }

    /// A deletion is never offered for anything else, nor a change for a look.
    fn may_do(&self, other: &Self) -> bool {
        let class = |verb| match verb {
            "get" => 0,
            "delete" => 1,
            _ => 2,
        };
        self.verb.is_none() || other.verb.is_none() || self.verb.map(class) == other.verb.map(class)
    }

    fn share(&self, other: &Self) -> f64 {
        if !self.may_do(other) {
            return 0.0;
        }
        let verbs = if self.verb.is_some() && self.verb == other.verb { 1.0 } else { 0.0 };
        let nouns = self.nouns.iter().filter(|noun| other.nouns.contains(noun)).count();
        let weight = |meaning: &Self| {
            NOUN_WEIGHT * count(meaning.nouns.len())
                + if meaning.verb.is_some() { 1.0 } else { 0.0 }
        };
        2.0 * (verbs + NOUN_WEIGHT * count(nouns)) / (weight(self) + weight(other)).max(1.0)
    }
}

/// A name has few words.
fn count(words: usize) -> f64 {
    u32::try_from(words).map_or(f64::MAX, f64::from)
}

fn verb(word: &str) -> Option<&'static str> {
    Some(match word {
        "get" | "list" | "read" | "fetch" | "show" | "view" | "find" | "search" | "retrieve"
        | "query" | "lookup" | "load" | "download" | "describe" => "get",
        "create" | "add" | "new" | "make" | "post" | "insert" | "upload" | "log" | "write" => {
            "create"
        }
        "update" | "edit" | "set" | "change" | "modify" | "put" | "patch" | "save" => "update",
        "delete" | "remove" | "unlink" | "destroy" | "drop" | "erase" => "delete",
        "transition" => "transition",
        "move" => "move",
        "link" => "link",
        "watch" => "watch",
        _ => return None,
    })
}

fn noun(word: &str) -> String {
    let singular = match word.strip_suffix('s') {
        Some(stem) if stem.len() > 2 && !stem.ends_with('s') && !stem.ends_with("tu") => stem,
        _ => word,
    };
    match singular {
        "ticket" | "story" | "bug" => "issue",
        "person" | "people" | "member" | "assignee" | "account" => "user",
        "watcher" => "watch",
        "workflow" | "status" => "transition",
        "file" => "attachment",
        "history" => "changelog",
        "permission" => "permission",
        other => other,
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jira::tools::catalog;
    use tool_kit::Toolset;

    fn check(name: &str, expected: Option<&str>) {
        assert_eq!(nearest(name, &catalog::all().collect::<Vec<_>>()), expected, "{name}");
    }

    #[test]
    fn other_words_lead_to_the_tool_that_is_meant() {
        for (name, expected) in [
            ("jira_get_transitions", "jira_list_transitions"),
            ("getTransitionsForJiraIssue", "jira_list_transitions"),
            ("jira_list_comments", "jira_get_comments"),
            ("jira_get_comment", "jira_get_comments"),
            ("jira_assign_issue", "jira_update_issue"),
            ("jira_edit_issue", "jira_update_issue"),
            ("editJiraIssue", "jira_update_issue"),
            ("jira_read_issue", "jira_get_issue"),
            ("jira-get-issue", "jira_get_issue"),
            ("jira_new_issue", "jira_create_issue"),
            ("createJiraIssue", "jira_create_issue"),
            ("jira_create_comment", "jira_add_comment"),
            ("addCommentToJiraIssue", "jira_add_comment"),
            ("jira_edit_comment", "jira_update_comment"),
            ("jira_remove_comment", "jira_delete_comment"),
            ("jira_search_issues", "jira_search"),
            ("searchJiraIssuesUsingJql", "jira_search"),
            ("jira_serch", "jira_search"),
            ("jira_get_isue", "jira_get_issue"),
            ("jira_search_users", "jira_find_users"),
            ("jira_get_users", "jira_find_users"),
            ("lookupJiraAccountId", "jira_find_users"),
            ("jira_list_projects", "jira_get_projects"),
            ("jira_get_all_projects", "jira_get_projects"),
            ("jira_create_worklog", "jira_add_worklog"),
            ("jira_get_worklog", "jira_list_worklogs"),
            ("jira_get_attachments", "jira_list_attachments"),
            ("jira_get_boards", "jira_list_boards"),
            ("jira_list_sprints", "jira_get_sprints"),
            ("jira_get_history", "jira_get_changelog"),
            ("jira_get_links", "jira_list_links"),
            ("jira_link_issue", "jira_link_issues"),
            ("jira_search_fields", "jira_find_fields"),
        ] {
            check(name, Some(expected));
        }
        check("jira_order_pizza", None);
        check("confluence_get_page", None);
        check(&"x".repeat(200), None);
    }

    #[test]
    fn only_what_may_be_named_is_named() {
        let core = || catalog::all().filter(|tool| tool.set == Toolset::Core).collect::<Vec<_>>();
        for name in
            ["jira_remove_comment", "jira_delete_issues", "jira_get_links", "jira_drop_issue"]
        {
            assert_eq!(nearest(name, &core()), None, "{name}");
        }
        assert_eq!(nearest("jira_list_comments", &core()), Some("jira_get_comments"));
    }
}
