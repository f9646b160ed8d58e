//! People, by "me", display name, e-mail address or account id.

use crate::jira::client::{
    error::JiraError,
    request,
    session::Session,
    wire::{self, List, User},
};

use super::{
    candidates::{Candidate, choose, say},
    compare::{composed, folded},
    error::NameError,
    near::nearest,
    person_scope::PersonScope,
};

/// How many people are fetched to find one by name.
const FETCHED_MAX: u32 = 50;

/// With how many letters of a misspelt name people are looked for; the first ones are seldom wrong.
const LIKE_CHARS: usize = 2;

/// Finds the one person that is meant: me, an account id, a whole name or an e-mail address. Who is
/// only like it is a question and not an answer; the error lists them.
pub async fn person(
    session: &Session,
    given: &str,
    scope: PersonScope<'_>,
) -> Result<User<'static>, NameError> {
    let given = composed(given.trim().trim_start_matches('@').trim());
    let given = given.as_ref();
    if given.eq_ignore_ascii_case("me") || given.eq_ignore_ascii_case("myself") {
        let answer = session.myself().await?;
        return Ok(owned(answer.read()?));
    }
    let id = given.strip_prefix("accountid:").unwrap_or(given);
    if is_account_id(id) {
        return Ok(with_id(id));
    }
    // Looked up once a call: a bulk edit names the same few people again and again.
    if let Some(known) = session.people.get(folded(given).into_owned(), format!("{scope:?}")) {
        return Ok(known);
    }
    let answer = session.call(search(given, scope)).await?;
    let found: List<Candidate<'_>> = answer.read()?;
    let chosen = match choose(given, &found, scope) {
        Ok(user) => owned(user.user()),
        Err(NameError::Unknown { what, given, .. }) => {
            // Punctuation of a name may keep Jira from finding what is there.
            let like = like(session, &given, scope).await;
            if let Ok(user) = choose(&given, &like, scope) {
                owned(user.user())
            } else {
                let known = nearest(&given, &like, |user| user.display_name.as_ref());
                let known = known.into_iter().map(say).collect();
                return Err(NameError::Unknown { what, given, known });
            }
        }
        Err(other) => return Err(other),
    };
    session.people.insert(folded(given).into_owned(), format!("{scope:?}"), &chosen);
    Ok(chosen)
}

/// Like [`person`] among everyone; who may not look at all users still finds those that can be
/// assigned `nearby`.
pub async fn person_seen_from(
    session: &Session,
    given: &str,
    nearby: PersonScope<'_>,
) -> Result<User<'static>, NameError> {
    match person(session, given, PersonScope::Everyone).await {
        Err(
            unseen @ (NameError::Unknown { .. } | NameError::Jira(JiraError::Forbidden { .. })),
        ) if nearby != PersonScope::Everyone => {
            let second = person(session, given, nearby).await;
            second.map_err(|fault| match unseen {
                NameError::Unknown { .. } if matches!(fault, NameError::Unknown { .. }) => unseen,
                _ => fault,
            })
        }
        other => other,
    }
}

/// The name of somebody who was given by account id, for a preview; the id where Jira does not
/// tell.
pub async fn name_of(session: &Session, account_id: &str) -> String {
    let answer = session.call(request::user(account_id)).await.ok();
    let user = answer.as_ref().and_then(|answer| answer.read::<User<'_>>().ok());
    let name = user.map(|user| user.display_name.into_owned()).filter(|name| !name.is_empty());
    name.unwrap_or_else(|| account_id.to_owned())
}

/// The active people whose names are most like a misspelt one, each as `Name (account id)`; nobody
/// when Jira cannot be asked, for this only adds to an error.
///
/// Jira finds people by the beginnings of the words of their names, so the first letters are what
/// is asked for.
pub async fn people_like(session: &Session, given: &str, scope: PersonScope<'_>) -> Vec<String> {
    let people = like(session, given, scope).await;
    nearest(given, &people, |user| user.display_name.as_ref()).into_iter().map(say).collect()
}

async fn like(session: &Session, given: &str, scope: PersonScope<'_>) -> Vec<Candidate<'static>> {
    let beginning = |word: &str| word.chars().take(LIKE_CHARS).collect::<String>();
    let mut words = given.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let (first, last) = (words.next().map(beginning), words.next_back().map(beginning));
    let ask = async |part: Option<String>| session.call(search(&part?, scope)).await.ok();
    let (first, last) = tokio::join!(ask(first), ask(last));
    let mut people: Vec<Candidate<'static>> = Vec::new();
    for answer in [&first, &last].into_iter().flatten() {
        let found = answer.read::<List<Candidate<'_>>>().unwrap_or_default();
        for one in found.iter().filter(|one| one.is_person()) {
            if !people.iter().any(|known| known.account_id == one.account_id) {
                people.push(one.clone().into_owned());
            }
        }
    }
    people
}

fn search(given: &str, scope: PersonScope<'_>) -> request::Request {
    match scope {
        PersonScope::Everyone => request::users(given, FETCHED_MAX),
        PersonScope::AssignableIn(project) => {
            request::assignable_users(given, Some(project), None, FETCHED_MAX)
        }
        PersonScope::AssignableTo(issue) => {
            request::assignable_users(given, None, Some(issue), FETCHED_MAX)
        }
    }
}

fn with_id(id: &str) -> User<'static> {
    User {
        account_id: id.to_owned().into(),
        display_name: id.to_owned().into(),
        active: true,
        account_type: None,
        time_zone: None,
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
                && rest
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b':'))
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
