//! What may be called: the operator's toolsets, read-only switch and denied tools, which a request
//! can narrow but never widen. The same answer serves `tools/list` and `tools/call`.

mod roles;
mod sets;

use std::{collections::BTreeSet, sync::Arc};

use tool_kit::{Tool, Toolset};

pub use roles::{RoleToolsets, RoleToolsetsFault};

use roles::Rights;
use sets::Sets;

/// What an operator allows.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The sets whose tools exist at all.
    pub toolsets: BTreeSet<Toolset>,
    /// Whether only tools that change nothing exist.
    pub read_only: bool,
    /// Tools that do not exist although their set is on.
    pub tools_deny: BTreeSet<String>,
    /// What the roles of a directory open, where roles count.
    pub roles: Option<RoleToolsets>,
}

impl Settings {
    /// Whether this is the only set that is on.
    pub fn is_only(&self, set: Toolset) -> bool {
        self.toolsets.len() == 1 && self.toolsets.contains(&set)
    }

    /// Roles of the directory that open nothing of all this.
    pub fn roles_of_nothing(&self) -> Vec<&str> {
        let rights = Policy::new(self.clone()).rights;
        self.roles.as_ref().map(|roles| roles.of_nothing(rights)).unwrap_or_default()
    }
}

/// What one request may do: the operator's settings, narrowed.
#[derive(Debug, Clone)]
pub struct Policy {
    settings: Arc<Settings>,
    /// What is left of the settings' sets.
    rights: Rights,
}

/// What tells two narrowings of the same operator's settings apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Variant {
    reads: Sets,
    writes: Sets,
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
    /// The roles of the user, where they count: only what one of them opens.
    pub roles: Option<Arc<[String]>>,
}

impl Policy {
    /// The operator's settings.
    pub fn new(settings: Settings) -> Self {
        let reads = Sets::of(settings.toolsets.iter().copied());
        let writes = if settings.read_only { Sets::default() } else { reads };
        Self { settings: Arc::new(settings), rights: Rights { reads, writes } }
    }

    /// Which narrowing of the operator's settings this is.
    pub fn variant(&self) -> Variant {
        let Rights { reads, writes } = self.rights;
        Variant { reads, writes }
    }

    /// What is left when a request gives up some of its rights. There is no way to gain any.
    #[must_use]
    pub fn narrowed(&self, by: &Narrowing) -> Self {
        let mut rights = self.rights;
        if by.read_only {
            rights.writes = Sets::default();
        }
        for list in &by.toolsets {
            let wanted = Sets::of(list.split(',').filter_map(|name| Toolset::parse(name.trim())));
            rights = rights.within(Rights { reads: wanted, writes: wanted });
        }
        if let (Some(map), Some(roles)) = (&self.settings.roles, &by.roles) {
            rights = rights.within(map.rights(roles));
        }
        Self { settings: Arc::clone(&self.settings), rights }
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

    /// Whether the operator has switched a set on.
    pub fn has_set(&self, set: Toolset) -> bool {
        self.settings.toolsets.contains(&set)
    }

    /// Whether a tool exists for this request, whoever calls it.
    pub fn allows(&self, tool: &Tool) -> bool {
        let Rights { reads, writes } = self.rights;
        let sets = if tool.effect.is_read() { reads } else { writes };
        sets.contains(tool.set) && !self.settings.tools_deny.contains(tool.name)
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
            roles: None,
        })
    }

    fn narrowing(read_only: bool, toolsets: Vec<String>) -> Narrowing {
        Narrowing { read_only, toolsets, roles: None }
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
            narrowing(false, vec![all.clone()]),
            narrowing(true, vec![all, "core".to_owned()]),
            narrowing(false, vec!["core,nonsense".to_owned()]),
        ] {
            assert_eq!(names(&operator.narrowed(&narrowing)), names(&operator), "{narrowing:?}");
        }
        for toolsets in [
            vec!["agile".to_owned()],
            vec!["nonsense".to_owned()],
            vec!["core".to_owned(), "agile".to_owned()],
        ] {
            assert_eq!(names(&operator.narrowed(&narrowing(false, toolsets))), [""; 0]);
        }
    }

    /// What users with these roles may call of what the operator allows.
    fn of_roles(operator: &Policy, roles: &[&str]) -> BTreeSet<&'static str> {
        let roles: Arc<[String]> = roles.iter().map(|role| (*role).to_owned()).collect();
        let by = Narrowing { roles: Some(roles), ..Narrowing::default() };
        names(&operator.narrowed(&by)).into_iter().collect()
    }

    fn with_roles(toolsets: &[Toolset], map: &str) -> Policy {
        let settings = Settings {
            roles: Some(map.parse().unwrap()),
            ..Settings::clone(&policy(toolsets, false, &[]).settings)
        };
        Policy::new(settings)
    }

    #[test]
    fn roles_open_what_they_are_mapped_to_within_the_operators_sets() {
        let sets = [Toolset::Core, Toolset::Collab, Toolset::Agile];
        let operator = with_roles(&sets, "Reader=readonly;Lead=core,agile,bulk;Nothing=manage");
        let is_read = |name: &str| tools::named(name).unwrap().effect.is_read();
        let of_sets = |sets: &[Toolset]| {
            let of = |name: &&&str| sets.contains(&tools::named(name).unwrap().set);
            names(&operator).iter().filter(of).copied().collect::<BTreeSet<_>>()
        };
        let lead = of_sets(&[Toolset::Core, Toolset::Agile]);
        let reader: BTreeSet<_> = of_sets(&sets).into_iter().filter(|name| is_read(name)).collect();
        assert_eq!(of_roles(&operator, &["Lead"]), lead);
        assert_eq!(of_roles(&operator, &["Reader"]), reader);
        assert_eq!(of_roles(&operator, &["Reader", "Lead"]), &lead | &reader);
        for nothing in [&["Nothing"][..], &["lead"], &["Lead "], &["readonly"], &["core"], &[]] {
            assert!(of_roles(&operator, nothing).is_empty(), "{nothing:?}");
        }
        // Who comes in another way has no roles, and a narrowing by hand still narrows.
        assert_eq!(names(&operator.narrowed(&Narrowing::default())), names(&operator));
        let by = Narrowing { roles: Some(["Lead".to_owned()].into()), ..narrowing(true, vec![]) };
        assert!(names(&operator.narrowed(&by)).iter().all(|name| is_read(name)));
        let unmapped = policy(&sets, false, &[]);
        assert_eq!(of_roles(&unmapped, &[]).len(), names(&unmapped).len());
    }

    proptest::proptest! {
        /// Losing a role never widens, and two roles are what each of them is.
        #[test]
        fn roles_add_up(held: u8, lost: u8, sets: u16) {
            let map = "r0=readonly;r1=core,agile;r2=readonly,bulk;r3=collab;r4=bulk;r5=context";
            let sets: Vec<_> =
                Toolset::ALL.iter().copied().filter(|set| sets & (1_u16 << *set as u8) != 0).collect();
            let operator = with_roles(&sets, map);
            let roles = |bits: u8| {
                (0..8).filter(|bit| bits & (1 << bit) != 0).map(|bit| format!("r{bit}"))
                    .collect::<Vec<_>>()
            };
            let open = |bits: u8| {
                let roles = roles(bits);
                of_roles(&operator, &roles.iter().map(String::as_str).collect::<Vec<_>>())
            };
            let all = names(&operator).into_iter().collect::<BTreeSet<_>>();
            proptest::prop_assert!(open(held).is_subset(&all));
            proptest::prop_assert!(open(held & lost).is_subset(&open(held)));
            proptest::prop_assert_eq!(open(held | lost), &open(held) | &open(lost));
        }
    }
}
