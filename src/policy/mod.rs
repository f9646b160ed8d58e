//! What may be called: the operator's toolsets, read-only switch and denied tools, which a request
//! can narrow but never widen. The same answer serves `tools/list` and `tools/call`.

use std::{collections::BTreeSet, sync::Arc};

use tool_kit::{Tool, Toolset};

/// What an operator allows.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The sets whose tools exist at all.
    pub toolsets: BTreeSet<Toolset>,
    /// Whether only tools that change nothing exist.
    pub read_only: bool,
    /// Tools that do not exist although their set is on.
    pub tools_deny: BTreeSet<String>,
}

impl Settings {
    /// Whether this is the only set that is on.
    pub fn is_only(&self, set: Toolset) -> bool {
        self.toolsets.len() == 1 && self.toolsets.contains(&set)
    }
}

/// What one request may do: the operator's settings, narrowed.
#[derive(Debug, Clone)]
pub struct Policy {
    settings: Arc<Settings>,
}

/// What tells two narrowings of the same operator's settings apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Variant {
    read_only: bool,
    /// One bit for each set.
    toolsets: u8,
}

/// Whether a request may call a tool, and who would have to change that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It may.
    Open,
    /// The operator, or the request's own narrowing, switched the tool off: it does not exist.
    Closed,
    /// The caller's token is known to lack this OAuth scope.
    Lacks(String),
}

/// How a request narrows its own rights, by path or by header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrowing {
    /// Only tools that change nothing.
    pub read_only: bool,
    /// Only these sets, as a comma list; unknown names allow nothing.
    pub toolsets: Vec<String>,
}

impl Policy {
    /// The operator's settings.
    pub fn new(settings: Settings) -> Self {
        Self { settings: Arc::new(settings) }
    }

    /// Which narrowing of the operator's settings this is.
    pub fn variant(&self) -> Variant {
        let toolsets = self.settings.toolsets.iter().map(|set| 1_u8 << *set as u8).sum();
        Variant { read_only: self.settings.read_only, toolsets }
    }

    /// What is left when a request gives up some of its rights. There is no way to gain any.
    #[must_use]
    pub fn narrowed(&self, by: &Narrowing) -> Self {
        let mut settings = Settings::clone(&self.settings);
        settings.read_only |= by.read_only;
        for list in &by.toolsets {
            let wanted: BTreeSet<Toolset> =
                list.split(',').filter_map(|name| Toolset::parse(name.trim())).collect();
            settings.toolsets = settings.toolsets.intersection(&wanted).copied().collect();
        }
        Self::new(settings)
    }

    /// The one question behind listing and calling. `granted` are the scopes of the caller's token,
    /// as far as they are known: of a token about which nothing is known, nothing is held against
    /// it.
    pub fn judge(&self, tool: &Tool, granted: Option<&[String]>) -> Verdict {
        if !self.allows(tool) {
            return Verdict::Closed;
        }
        match granted.and_then(|granted| tool.missing_scopes(granted)) {
            Some(scope) => Verdict::Lacks(scope),
            None => Verdict::Open,
        }
    }

    /// Whether a tool exists for this request, whoever calls it.
    pub fn allows(&self, tool: &Tool) -> bool {
        self.settings.toolsets.contains(&tool.set)
            && (tool.effect.is_read() || !self.settings.read_only)
            && !self.settings.tools_deny.contains(tool.name)
    }

    /// The OAuth scopes that the allowed ones of these tools use, and those that every sign-in asks
    /// for, for whoever signs users in; sorted.
    pub fn scopes(
        &self,
        tools: impl IntoIterator<Item = &'static Tool>,
        of_every_sign_in: &[&'static str],
    ) -> Vec<String> {
        let allowed = tools.into_iter().filter(|tool| self.allows(tool));
        let used = allowed.flat_map(Tool::sign_in_scopes);
        let scopes: BTreeSet<&str> = used.chain(of_every_sign_in.iter().copied()).collect();
        scopes.into_iter().map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jira::tools;

    fn policy(toolsets: &[Toolset], read_only: bool, deny: &[&str]) -> Policy {
        Policy::new(Settings {
            toolsets: toolsets.iter().copied().collect(),
            read_only,
            tools_deny: deny.iter().map(|name| (*name).to_owned()).collect(),
        })
    }

    fn names(policy: &Policy) -> Vec<&'static str> {
        tools::all().filter(|tool| policy.allows(tool)).map(|tool| tool.name).collect()
    }

    #[test]
    fn read_only_leaves_no_tool_that_writes() {
        let policy = policy(Toolset::ALL, true, &[]);
        assert!(names(&policy).contains(&"jira_search"));
        assert!(tools::all().filter(|tool| policy.allows(tool)).all(|tool| tool.effect.is_read()));
    }

    #[test]
    fn a_denied_tool_is_gone() {
        assert!(!names(&policy(Toolset::ALL, false, &["jira_search"])).contains(&"jira_search"));
    }

    #[test]
    fn what_a_token_lacks_is_named_unless_the_operator_comes_first() {
        let policy = policy(&[Toolset::Core], false, &["jira_update_issue"]);
        let check = |tool: &str, granted: Option<&[&str]>, expected: Verdict| {
            let granted =
                granted.map(|scopes| scopes.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
            assert_eq!(
                policy.judge(tools::named(tool).unwrap(), granted.as_deref()),
                expected,
                "{tool}"
            );
        };
        check("jira_add_comment", None, Verdict::Open);
        check("jira_add_comment", Some(&["read:jira-work", "write:jira-work"]), Verdict::Open);
        check(
            "jira_add_comment",
            Some(&["read:jira-work"]),
            Verdict::Lacks("write:jira-work".to_owned()),
        );
        check("jira_update_issue", Some(&["read:jira-work"]), Verdict::Closed);
    }

    #[test]
    fn a_request_can_only_narrow() {
        let operator = policy(&[Toolset::Core], true, &["jira_whoami"]);
        let all = Toolset::ALL.iter().map(|set| set.name()).collect::<Vec<_>>().join(",");
        for narrowing in [
            Narrowing { read_only: false, toolsets: vec![all.clone()] },
            Narrowing { read_only: true, toolsets: vec![all, "core".to_owned()] },
            Narrowing { read_only: false, toolsets: vec!["core,nonsense".to_owned()] },
        ] {
            assert_eq!(names(&operator.narrowed(&narrowing)), names(&operator), "{narrowing:?}");
        }
        for toolsets in [
            vec!["agile".to_owned()],
            vec!["nonsense".to_owned()],
            vec!["core".to_owned(), "agile".to_owned()],
        ] {
            assert_eq!(
                names(&operator.narrowed(&Narrowing { read_only: false, toolsets })),
                [""; 0]
            );
        }
    }
}
