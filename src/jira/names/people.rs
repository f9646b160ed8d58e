//! People, by "me", display name, e-mail address or account id.

use crate::jira::{
    Session, request,
    wire::{self, User},
};

use super::{NameError, nearest};

/// How many people are fetched to find one by name.
const FETCHED_MAX: u32 = 50;

/// With how many letters of a misspelt name people are looked for; the first ones are seldom wrong.
const LIKE_CHARS: usize = 2;

/// How many candidates an error lists.
const LISTED_MAX: usize = 8;

/// Among whom a person is looked for.
#[derive(Debug, Clone, Copy)]
pub enum Among<'a> {
    /// All users that the caller may see.
    Everyone,
    /// Those who can be assigned in a project.
    AssignableIn(&'a str),
    /// Those who can be assigned to an issue.
    AssignableTo(&'a str),
}

impl<'a> Among<'a> {
    /// The key of the project, where one is meant and named by its key.
    pub fn project(self) -> Option<&'a str> {
        match self {
            Self::Everyone => None,
            Self::AssignableIn(project) => Some(project),
            Self::AssignableTo(issue) => issue.rsplit_once('-').map(|(project, _)| project),
        }
    }
}

/// Finds the one person that is meant. The error lists whom the name fits.
pub async fn person(session: &Session, given: &str, among: Among<'_>) -> Result<User<'static>, NameError> {
    let given = given.trim().trim_start_matches('@');
    if given.eq_ignore_ascii_case("me") || given.eq_ignore_ascii_case("myself") {
        let answer = session.call(request::myself()).await?;
        return Ok(owned(answer.read()?));
    }
    let id = given.strip_prefix("accountid:").unwrap_or(given);
    if is_account_id(id) {
        return Ok(User {
            account_id: id.to_owned().into(),
            display_name: id.to_owned().into(),
            active: true,
            account_type: None,
            time_zone: None,
        });
    }
    let answer = session.call(search(given, among)).await?;
    let found: Vec<User<'_>> = answer.read()?;
    match choose(given, &found, among) {
        Ok(user) => Ok(owned(user.clone())),
        Err(NameError::Unknown { what, given, .. }) => {
            let known = people_like(session, &given, among).await;
            Err(NameError::Unknown { what, given, known })
        }
        Err(other) => Err(other),
    }
}

/// The active people whose names are most like a misspelt one, each as `Name (account id)`; nobody when Jira cannot
/// be asked, for this only adds to an error.
///
/// Jira finds people by the beginnings of the words of their names, so the first letters are what is asked for.
pub async fn people_like(session: &Session, given: &str, among: Among<'_>) -> Vec<String> {
    let beginning = |word: &str| word.chars().take(LIKE_CHARS).collect::<String>();
    let mut words = given.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let (first, last) = (words.next().map(beginning), words.next_back().map(beginning));
    let ask = async |part: Option<String>| session.call(search(&part?, among)).await.ok();
    let (first, last) = tokio::join!(ask(first), ask(last));
    let found =
        [&first, &last].into_iter().flatten().filter_map(|answer| answer.read::<Vec<User<'_>>>().ok());
    let people: Vec<User<'_>> = found.flatten().filter(is_person).collect();
    let near = nearest(given, &people, |user| user.display_name.as_ref());
    near.into_iter().map(say).collect()
}

fn search(given: &str, among: Among<'_>) -> request::Request {
    match among {
        Among::Everyone => request::users(given, FETCHED_MAX),
        Among::AssignableIn(project) => request::assignable_users(given, Some(project), None, FETCHED_MAX),
        Among::AssignableTo(issue) => request::assignable_users(given, None, Some(issue), FETCHED_MAX),
    }
}

fn is_person(user: &User<'_>) -> bool {
    user.active && user.account_type.as_deref().is_none_or(|kind| kind != "app")
}

fn say(user: &User<'_>) -> String {
    format!("{} ({})", user.display_name, user.account_id)
}

fn choose<'u, 'a>(given: &str, found: &'u [User<'a>], among: Among<'_>) -> Result<&'u User<'a>, NameError> {
    let people: Vec<&User<'_>> = found.iter().filter(|user| is_person(user)).collect();
    let exact: Vec<&User<'_>> = people
        .iter()
        .copied()
        .filter(|user| user.display_name.trim().to_lowercase() == given.to_lowercase())
        .collect();
    let fits = if exact.is_empty() { people } else { exact };
    match fits.as_slice() {
        [only] => Ok(only),
        [] => Err(NameError::Unknown {
            what: match among {
                Among::Everyone => "active person",
                Among::AssignableIn(_) | Among::AssignableTo(_) => "assignable person",
            },
            given: given.to_owned(),
            known: Vec::new(),
        }),
        several => Err(NameError::Ambiguous {
            given: given.to_owned(),
            candidates: several.iter().take(LISTED_MAX).map(|user| say(user)).collect(),
        }),
    }
}

/// Atlassian's account ids: 24 hex digits, or a realm, a colon and more.
fn is_account_id(text: &str) -> bool {
    let is_hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    match text.split_once(':') {
        Some((realm, rest)) => {
            !realm.is_empty()
                && realm.bytes().all(|byte| byte.is_ascii_alphanumeric())
                && (16..=128).contains(&rest.len())
                && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b':'))
        }
        None => text.len() == 24 && is_hex(text) && text.bytes().any(|byte| byte.is_ascii_digit()),
    }
}

fn owned(user: User<'_>) -> User<'static> {
    let text = |text: wire::Text<'_>| wire::Text::from(text.into_owned());
    User {
        account_id: text(user.account_id),
        display_name: text(user.display_name),
        active: user.active,
        account_type: user.account_type.map(text),
        time_zone: user.time_zone.map(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(id: &str, name: &str, active: bool) -> User<'static> {
        let json = serde_json::json!({"accountId": id, "displayName": name, "active": active}).to_string();
        owned(serde_json::from_str(&json).unwrap())
    }

    #[test]
    fn one_exact_name_wins_over_several_that_contain_it() {
        let found = [user("1", "Ann Lee", true), user("2", "Ann Leeson", true), user("3", "ann lee", false)];
        assert_eq!(choose("ANN LEE", &found, Among::Everyone).unwrap().account_id, "1");
        let several = choose("ann", &found, Among::Everyone).unwrap_err();
        assert_eq!(several.to_string(), "'ann' fits several: Ann Lee (1); Ann Leeson (2).");
        let none = choose("bo", &[], Among::AssignableIn("P")).unwrap_err();
        assert_eq!(none.to_string(), "'bo' is no assignable person.");
    }

    #[test]
    fn account_ids_are_told_from_names() {
        for id in [
            "5b10ac8d82e05b22cc7d4ef5",
            "557058:f58131cb-b67d-43c7-b30d-6b58d40bd077",
            "qm:6a1bf1a2-c1f9-4c5a:x1",
        ] {
            assert!(is_account_id(id), "{id}");
        }
        for name in ["Anna", "abcdefabcdefabcdefabcdef", "Re: something else entirely", "a:b", ""] {
            assert!(!is_account_id(name), "{name}");
        }
    }
}
