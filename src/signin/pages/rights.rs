//! Scopes in plain words.
//!
//! Source: the tables of scopes in Atlassian's developer documentation for Jira, and OpenID Connect
//! Core section 5.4.

use crate::signin::display_name::DisplayName;

/// What the scopes let a program do, each thing once, in the order of the scopes.
pub(super) fn rights(scopes: &[String]) -> Vec<String> {
    let mut rights: Vec<String> = Vec::new();
    for right in scopes.iter().filter_map(|scope| right(scope)) {
        if !rights.contains(&right) {
            rights.push(right);
        }
    }
    rights
}

fn right(scope: &str) -> Option<String> {
    let words = match scope {
        "read:jira-work" => "See projects, issues, comments, attachments and work logs",
        "write:jira-work" => "Create, change and delete issues, comments and work logs",
        "read:jira-user" => "See people's names and profiles",
        "manage:jira-project" => "Change the settings of projects, such as versions and components",
        "manage:jira-configuration" => "Change the configuration of Jira",
        "read:servicedesk-request" => "See customer requests",
        "write:servicedesk-request" => "Create and change customer requests",
        "manage:servicedesk-customer" => "Manage customers and their organizations",
        "read:me" | "openid" | "profile" | "email" => "See your name and e-mail address",
        "offline_access" => "Stay connected when you are away, until you sign out",
        _ => return granular(scope).or_else(|| other(scope)),
    };
    Some(words.to_owned())
}

/// `read:sprint:jira-software`: a verb, a thing, a product.
fn granular(scope: &str) -> Option<String> {
    let (verb, rest) = scope.split_once(':')?;
    let (thing, product) = rest.split_once(':')?;
    let verb = match verb {
        "read" => "See",
        "write" => "Create and change",
        "delete" => "Delete",
        _ => return None,
    };
    let is_plain = thing.bytes().all(|byte| byte.is_ascii_lowercase() || b"-.".contains(&byte));
    let is_known = ["jira", "jira-software", "jira-service-management", "servicedesk"];
    let thing = thing.replace(['-', '.'], " ");
    (is_plain && is_known.contains(&product)).then(|| format!("{verb} in Jira: {thing}"))
}

/// A scope that is not known is still shown, by its own name.
fn other(scope: &str) -> Option<String> {
    DisplayName::new(scope).map(|name| format!("Use the right “{name}”"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_told_in_words_once() {
        let check = |scopes: &[&str], expected: &[&str]| {
            let scopes: Vec<_> = scopes.iter().map(|&scope| scope.to_owned()).collect();
            assert_eq!(rights(&scopes), expected);
        };
        check(&[], &[]);
        check(&["openid", "read:me"], &["See your name and e-mail address"]);
        check(&["read:board-scope:jira-software"], &["See in Jira: board scope"]);
        check(&["delete:issue:jira"], &["Delete in Jira: issue"]);
        check(&["manage:it", "a:b:c"], &["Use the right “manage:it”", "Use the right “a:b:c”"]);
    }
}
