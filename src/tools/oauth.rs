//! Which OAuth scopes a tool needs, and whether a token has them.
//!
//! A token holds classic scopes (`read:jira-work`), granular ones (`read:issue:jira`), or both.
//! Which granular scopes an endpoint really insists on is not documented reliably, so a tool counts
//! as out of reach only when the token has neither the classic scope nor any granular one that
//! could stand for it; all else Jira judges.

use crate::jira::request::scope::{READ_USER, READ_WORK, WRITE_WORK};

use super::registry::{Effect, Tool};

/// What every sign-in asks for: who the user is, and what any tool looks up before it acts.
pub const BASE_SCOPES: &[&str] = &[READ_USER, READ_WORK];

impl Effect {
    /// What a tool of this kind needs when it says nothing else.
    pub(super) const fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::Read => &[READ_WORK],
            Self::Write | Self::Idempotent | Self::Destructive => &[WRITE_WORK],
        }
    }
}

impl Tool {
    /// The same tool, needing all of these scopes instead of those of its effect.
    pub(super) const fn needs(mut self, scopes: &'static [&'static str]) -> Self {
        self.scopes = scopes;
        self
    }

    /// The same tool, using these scopes too on some of its ways.
    pub(super) const fn also(mut self, scopes: &'static [&'static str]) -> Self {
        self.also = scopes;
        self
    }

    /// Every scope that the tool can use, for whoever signs users in.
    pub fn sign_in_scopes(&self) -> impl Iterator<Item = &'static str> {
        self.scopes.iter().chain(self.also).flat_map(|scopes| scopes.split_whitespace())
    }

    /// The scopes, separated by spaces, that the tool needs and a token with these does not have.
    pub fn missing_scopes(&self, granted: &[String]) -> Option<String> {
        let missing: Vec<&str> =
            self.scopes.iter().copied().filter(|needed| !holds(granted, needed)).collect();
        (!missing.is_empty()).then(|| missing.join(" "))
    }
}

/// Whether a token with these scopes may have what is needed.
pub(super) fn holds(granted: &[String], needed: &str) -> bool {
    granted.iter().any(|scope| serves(scope, needed))
}

fn serves(granted: &str, needed: &str) -> bool {
    let granular = || granted.strip_suffix(":jira").unwrap_or_default();
    granted == needed
        || match needed {
            READ_WORK => granular().starts_with("read:"),
            WRITE_WORK => granular().starts_with("write:") || granular().starts_with("delete:"),
            READ_USER => granted == "read:user:jira",
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use crate::tools;

    fn check(tool: &str, granted: &[&str], expected: Option<&str>) {
        let granted: Vec<String> = granted.iter().map(|scope| (*scope).to_owned()).collect();
        assert_eq!(
            tools::named(tool).unwrap().missing_scopes(&granted).as_deref(),
            expected,
            "{tool} with {granted:?}"
        );
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
    }
}
