//! Whom a name may mean: those that Jira's search found, and the one among them that is meant.

use serde::Deserialize;

use crate::jira::client::wire::{self, User};

use super::{compare::folded, error::NameError, person_scope::PersonScope};

/// How many candidates an error lists.
const LISTED_MAX: usize = 8;

/// Somebody whom Jira's search found. The address is read to be compared, and never shown.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Candidate<'a> {
    #[serde(borrow)]
    pub(super) account_id: wire::Text<'a>,
    #[serde(borrow, default)]
    pub(super) display_name: wire::Text<'a>,
    #[serde(default = "yes")]
    active: bool,
    #[serde(borrow, default)]
    account_type: Option<wire::Text<'a>>,
    #[serde(borrow, default)]
    email_address: Option<wire::Text<'a>>,
}

fn yes() -> bool {
    true
}

impl<'a> Candidate<'a> {
    pub(super) fn is_person(&self) -> bool {
        self.active && self.account_type.as_deref().is_none_or(|kind| kind != "app")
    }

    pub(super) fn user(&self) -> User<'a> {
        User {
            account_id: self.account_id.clone(),
            display_name: self.display_name.clone(),
            active: self.active,
            account_type: self.account_type.clone(),
            time_zone: None,
        }
    }

    pub(super) fn into_owned(self) -> Candidate<'static> {
        let text = |text: wire::Text<'_>| wire::Text::from(text.into_owned());
        Candidate {
            account_id: text(self.account_id),
            display_name: text(self.display_name),
            active: self.active,
            account_type: self.account_type.map(text),
            email_address: self.email_address.map(text),
        }
    }

    /// The address, where the person lets it be seen.
    fn address(&self) -> Option<&str> {
        self.email_address.as_deref().filter(|address| !address.is_empty())
    }
}

pub(super) fn say(user: &Candidate<'_>) -> String {
    format!("{} ({})", user.display_name, user.account_id)
}

/// The one who is meant among those that Jira found.
pub(super) fn choose<'c, 'a>(
    given: &str,
    found: &'c [Candidate<'a>],
    scope: PersonScope<'_>,
) -> Result<&'c Candidate<'a>, NameError> {
    let people: Vec<&Candidate<'_>> = found.iter().filter(|user| user.is_person()).collect();
    let those = |is_meant: &dyn Fn(&Candidate<'_>) -> bool| {
        people.iter().copied().filter(|user| is_meant(user)).collect::<Vec<_>>()
    };
    let folded = folded(given);
    let mut fits = those(&|user| self::folded(&user.display_name) == folded);
    if fits.is_empty() && is_address(given) {
        fits = those(&|user| {
            user.address().is_some_and(|address| address.eq_ignore_ascii_case(given))
        });
        if fits.is_empty() {
            // Jira finds people by addresses that it does not show.
            fits = those(&|user| user.address().is_none());
        }
    }
    let listed = |several: &[&Candidate<'_>]| {
        several.iter().take(LISTED_MAX).map(|user| say(user)).collect()
    };
    match (fits.as_slice(), people.as_slice()) {
        ([only], _) => Ok(only),
        ([], []) => Err(NameError::Unknown {
            what: match scope {
                PersonScope::Everyone => "active person",
                PersonScope::AssignableIn(_) | PersonScope::AssignableTo(_) => "assignable person",
            },
            given: given.to_owned(),
            known: Vec::new(),
        }),
        ([], like) => Err(NameError::Inexact { given: given.to_owned(), candidates: listed(like) }),
        (several, _) => {
            Err(NameError::Ambiguous { given: given.to_owned(), candidates: listed(several) })
        }
    }
}

/// Whether a text is an e-mail address as a whole.
fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !text.contains(char::is_whitespace)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(id: &str, name: &str, address: &str) -> Candidate<'static> {
        let json =
            serde_json::json!({"accountId": id, "displayName": name, "emailAddress": address});
        serde_json::from_str::<Candidate<'_>>(&json.to_string()).unwrap().into_owned()
    }

    fn check(given: &str, found: &[Candidate<'_>], expected: Result<&str, &str>) {
        match (choose(given, found, PersonScope::Everyone), expected) {
            (Ok(user), Ok(id)) => assert_eq!(user.account_id, id, "{given}"),
            (Err(error), Err(said)) => assert_eq!(error.to_string(), said, "{given}"),
            (chosen, _) => panic!("{given}: {chosen:?}"),
        }
    }

    #[test]
    fn a_whole_name_is_meant_and_a_part_of_one_is_a_question() {
        let mut found =
            vec![user("1", "Ann Lee", ""), user("2", "Ann Leeson", ""), user("3", "ann lee", "")];
        found[2].active = false;
        check("ANN\u{a0}LEE", &found, Ok("1"));
        check(
            "ann",
            &found,
            Err("Nobody is called just 'ann'. There is: Ann Lee (1); Ann Leeson (2)."),
        );
        check(
            "Leeson",
            &found[1..2],
            Err("Nobody is called just 'Leeson'. There is: Ann Leeson (2)."),
        );
        check("bo", &[], Err("'bo' is no active person."));
        let two = [user("1", "Ben", ""), user("2", "ben", "")];
        check("Ben", &two, Err("'Ben' fits several: Ben (1); ben (2)."));
    }

    #[test]
    fn an_address_is_whole_or_it_is_none() {
        let found = [user("1", "Ann Lee", "ann@example.com"), user("2", "Bo", "")];
        check("Ann@example.com", &found, Ok("1"));
        check("bo@example.com", &found, Ok("2"));
        check("ann", &found[..1], Err("Nobody is called just 'ann'. There is: Ann Lee (1)."));
        check(
            "a@b.example",
            &found[..1],
            Err("Nobody is called just 'a@b.example'. There is: Ann Lee (1)."),
        );
    }
}
