//! Which OAuth scopes a tool needs, and whether a token has them.
//!
//! A token holds classic scopes (`read:jira-work`), granular ones (`read:issue:jira`), or both.
//! Which granular scopes an endpoint really insists on is not documented reliably, so a tool counts
//! as out of reach only when the token has neither the classic scope nor any granular one that
//! could stand for it; all else Jira judges.

use tool_kit::Effect;

use crate::jira::request::scope::{
    READ_REQUESTS, READ_USER, READ_WORK, WRITE_REQUESTS, WRITE_WORK,
};

/// What every sign-in asks for: who the user is, and what any tool looks up before it acts.
pub const BASE_SCOPES: &[&str] = &[READ_USER, READ_WORK];

/// What a tool of this kind needs when it says nothing else.
pub(super) const fn scopes(effect: Effect) -> &'static [&'static str] {
    match effect {
        Effect::Read => &[READ_WORK],
        Effect::Write | Effect::Idempotent | Effect::Destructive => &[WRITE_WORK],
    }
}

/// Whether a token with these scopes may have what is needed.
pub(super) fn holds(granted: &[String], needed: &str) -> bool {
    granted.iter().any(|scope| serves(scope, needed))
}

/// Whether a granted scope may stand for what is needed.
pub(super) fn serves(granted: &str, needed: &str) -> bool {
    let granular = || granted.strip_suffix(":jira").unwrap_or_default();
    let of_desks =
        |verb| granted.starts_with(verb) && granted.ends_with(":jira-service-management");
    granted == needed
        || match needed {
            READ_WORK => granular().starts_with("read:"),
            WRITE_WORK => granular().starts_with("write:") || granular().starts_with("delete:"),
            READ_USER => granted == "read:user:jira",
            READ_REQUESTS => of_desks("read:"),
            WRITE_REQUESTS => of_desks("write:"),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use crate::jira::tools;

    fn check(tool: &str, granted: &[&str], expected: Option<&str>) {
        let granted: Vec<String> = granted.iter().map(|scope| (*scope).to_owned()).collect();
        assert_eq!(
            tools::named(tool).unwrap().missing_scopes(&granted).as_deref(),
            expected,
            "{tool} with {granted:?}"
        );
    }

    /// The tool lists are kept under a bit for each.
    #[test]
    fn there_are_few_different_sets_of_scopes() {
        let sets: std::collections::BTreeSet<_> = tools::all().map(|tool| tool.scopes).collect();
        assert!((3..64).contains(&sets.len()), "{sets:?}");
    }

    #[test]
    fn a_tool_is_out_of_reach_only_when_nothing_could_serve() {
        let classic = ["read:jira-work", "write:jira-work", "read:jira-user"];
        for tool in tools::all().filter(|tool| tool.set == tools::Toolset::Core) {
            check(tool.name, &classic, None);
        }
        check("jira_search", &["write:jira-work"], Some("read:jira-work"));
        check("jira_search", &["read:issue-details:jira"], None);
        check("jira_add_comment", &["read:jira-work", "read:issue:jira"], Some("write:jira-work"));
        check("jira_add_comment", &["write:sprint:jira-software"], Some("write:jira-work"));
        check("jira_add_comment", &["write:comment:jira"], None);
        check("jira_find_users", &["read:jira-work", "read:issue:jira"], Some("read:jira-user"));
        check("jira_find_users", &["read:user:jira"], None);
        check("jira_whoami", &[], None);
        check("jira_list_queues", &classic, Some("read:servicedesk-request"));
        check("jira_list_queues", &["read:queue:jira-service-management"], None);
        let reads = ["read:servicedesk-request"];
        check("jira_answer_approval", &reads, Some("write:servicedesk-request"));
    }
}
