//! People: their names, and who of them comes from outside the company.

use json_borrow::UNREADABLE;
use serde::Serialize;
use tool_kit::clean;

use crate::jira::client::wire;

use super::field::{id, short_text};

/// Names are clipped to this many characters.
const NAME_CHARS: usize = 200;

/// The name of a person as agents see it; people who have left are marked.
pub fn person(user: &wire::User<'_>) -> String {
    named(&user.display_name, user.active)
}

/// The name of whoever did something; none where Jira names nobody.
pub fn somebody(who: &wire::Lenient<wire::Person<'_>>) -> Option<String> {
    if who.is_unreadable() {
        return Some(UNREADABLE.to_owned());
    }
    let who = who.as_ref()?;
    // Of an account that is gone not even the name may be left.
    let name = if who.display_name.is_empty() { &who.account_id } else { &who.display_name };
    (!name.is_empty()).then(|| named(name, who.active))
}

fn named(name: &str, is_active: bool) -> String {
    let name = clean(name);
    if is_active { name.into_owned() } else { format!("{name} (inactive)") }
}

/// Whether somebody is a customer of a service desk: what they write is text from outside.
pub(super) fn is_customer(author: Option<&wire::Person<'_>>) -> bool {
    author.and_then(|author| author.account_type.as_deref()) == Some("customer")
}

/// A person.
#[derive(Debug, Serialize)]
pub struct UserView {
    account_id: String,
    name: String,
    active: bool,
}

impl From<&wire::User<'_>> for UserView {
    fn from(user: &wire::User<'_>) -> Self {
        Self {
            account_id: id(&user.account_id),
            name: short_text(&user.display_name, NAME_CHARS),
            active: user.active,
        }
    }
}
