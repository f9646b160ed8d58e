//! Which sets of tools the roles of a directory open.

use std::{collections::BTreeMap, str::FromStr};

use tool_kit::Toolset;

use super::sets::Sets;

/// The word for all that changes nothing.
const READ_ONLY: &str = "readonly";

/// What each role opens, by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleToolsets(BTreeMap<String, Rights>);

/// Sets whose reading tools may be used, and those whose others may be used too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rights {
    pub(super) reads: Sets,
    pub(super) writes: Sets,
}

/// Why a text maps no roles.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoleToolsetsFault {
    /// It is not made of `role=sets`.
    #[error("expected roles with their sets, such as Reader=readonly;Lead=core,agile,bulk")]
    Form,
    /// A role stands there twice.
    #[error("the role '{0}' stands there twice")]
    Twice(String),
    /// A set that there is not.
    #[error("'{0}' is neither a set of tools nor readonly")]
    UnknownSet(String),
}

impl Rights {
    /// What is in both.
    pub(super) const fn within(self, other: Self) -> Self {
        Self {
            reads: self.reads.intersection(other.reads),
            writes: self.writes.intersection(other.writes),
        }
    }
}

impl RoleToolsets {
    /// The names of the roles.
    pub fn roles(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }

    /// The roles that open nothing of what is allowed.
    pub(super) fn of_nothing(&self, allowed: Rights) -> Vec<&str> {
        let opens_nothing = |rights: &Rights| rights.within(allowed) == Rights::default();
        self.0.iter().filter(|(_, rights)| opens_nothing(rights)).map(|(name, _)| &**name).collect()
    }

    /// What all of these roles open together; names compare letter by letter.
    pub(super) fn rights(&self, roles: &[String]) -> Rights {
        let known = roles.iter().filter_map(|role| self.0.get(role));
        known.fold(Rights::default(), |all, rights| Rights {
            reads: all.reads.union(rights.reads),
            writes: all.writes.union(rights.writes),
        })
    }
}

impl FromStr for RoleToolsets {
    type Err = RoleToolsetsFault;

    fn from_str(text: &str) -> Result<Self, RoleToolsetsFault> {
        let mut roles = BTreeMap::new();
        for entry in text.split(';').filter(|entry| !entry.trim().is_empty()) {
            let (role, sets) = entry.split_once('=').ok_or(RoleToolsetsFault::Form)?;
            let role = role.trim();
            // Entra ID has no blanks in them either.
            if role.is_empty() || role.contains(|c: char| c == ',' || c.is_whitespace()) {
                return Err(RoleToolsetsFault::Form);
            }
            if roles.insert(role.to_owned(), rights_of(sets)?).is_some() {
                return Err(RoleToolsetsFault::Twice(role.to_owned()));
            }
        }
        if roles.is_empty() { Err(RoleToolsetsFault::Form) } else { Ok(Self(roles)) }
    }
}

/// `readonly` alone is the reading tools of every set; beside sets it is those of the sets.
fn rights_of(list: &str) -> Result<Rights, RoleToolsetsFault> {
    let (mut sets, mut is_read_only) = (Vec::new(), false);
    for name in list.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        if name.eq_ignore_ascii_case(READ_ONLY) {
            is_read_only = true;
        } else {
            let set = Toolset::parse(name);
            sets.push(set.ok_or_else(|| RoleToolsetsFault::UnknownSet(name.to_owned()))?);
        }
    }
    let reads = match (sets.is_empty(), is_read_only) {
        (true, false) => return Err(RoleToolsetsFault::Form),
        (true, true) => Sets::all(),
        (false, _) => Sets::of(sets),
    };
    Ok(Rights { reads, writes: if is_read_only { Sets::default() } else { reads } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_are_read_by_the_letter() {
        let check = |text: &str, expected: Result<&[&str], RoleToolsetsFault>| {
            let map = text.parse::<RoleToolsets>();
            let roles = map.map(|map| map.roles().cloned().collect::<Vec<_>>());
            let expected = expected.map(|roles| roles.iter().map(|r| (*r).to_owned()).collect());
            assert_eq!(roles, expected, "{text}");
        };
        let unknown = |name: &str| Err(RoleToolsetsFault::UnknownSet(name.to_owned()));
        check("Reader=readonly;Lead=core,agile,bulk", Ok(&["Lead", "Reader"]));
        check(" Task.Reader = readonly ; Lead= Core , agile; ", Ok(&["Lead", "Task.Reader"]));
        check("Lead=core;lead=agile", Ok(&["Lead", "lead"]));
        check("Lead=core,nosuchset", unknown("nosuchset"));
        check("Lead=*", unknown("*"));
        check("Lead=core=agile", unknown("core=agile"));
        check("Lead=core;Lead=agile", Err(RoleToolsetsFault::Twice("Lead".to_owned())));
        for bad in ["", ";", "Lead", "Lead=", "Lead=,", "=core", "Lead,Reader=core"] {
            check(bad, Err(RoleToolsetsFault::Form));
        }
    }

    #[test]
    fn read_only_is_of_all_sets_or_of_those_beside_it() {
        let map: RoleToolsets = "A=readonly;B=readonly,core;C=core".parse().unwrap();
        let rights = |role: &str| map.rights(&[role.to_owned()]);
        let core = Sets::of([Toolset::Core]);
        assert_eq!(rights("A"), Rights { reads: Sets::all(), writes: Sets::default() });
        assert_eq!(rights("B"), Rights { reads: core, writes: Sets::default() });
        assert_eq!(rights("C"), Rights { reads: core, writes: core });
        assert_eq!(rights("c"), Rights::default());
    }
}
