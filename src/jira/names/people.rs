//! People, by "me", display name, e-mail address or account id.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use serde::Deserialize;

use crate::jira::{
    JiraError, Session, request,
    wire::{self, List, User},
};

use super::{NameError, compare::folded, nearest};

/// How many people are fetched to find one by name.
const FETCHED_MAX: u32 = 50;

/// With how many letters of a misspelt name people are looked for; the first ones are seldom wrong.
const LIKE_CHARS: usize = 2;

/// How many candidates an error lists.
const LISTED_MAX: usize = 8;

/// Among whom a person is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// Finds the one person that is meant: me, an account id, a whole name or an e-mail address. Who is only like it is a
/// question and not an answer; the error lists them.
pub async fn person(session: &Session, given: &str, among: Among<'_>) -> Result<User<'static>, NameError> {
    let given = given.trim().trim_start_matches('@').trim();
    if given.eq_ignore_ascii_case("me") || given.eq_ignore_ascii_case("myself") {
        let answer = session.myself().await?;
        return Ok(owned(answer.read()?));
    }
    let id = given.strip_prefix("accountid:").unwrap_or(given);
    if is_account_id(id) {
        return Ok(with_id(id));
    }
    if let Some(known) = session.people.get(given, among) {
        return Ok(known);
    }
    let answer = session.call(search(given, among)).await?;
    let found: List<Candidate<'_>> = answer.read()?;
    let chosen = match choose(given, &found, among) {
        Ok(user) => owned(user.user()),
        Err(NameError::Unknown { what, given, .. }) => {
            // Punctuation of a name may keep Jira from finding what is there.
            let like = like(session, &given, among).await;
            match choose(&given, &like, among) {
                Ok(user) => owned(user.user()),
                Err(_) => {
                    let known = nearest(&given, &like, |user| user.display_name.as_ref());
                    let known = known.into_iter().map(say).collect();
                    return Err(NameError::Unknown { what, given, known });
                }
            }
        }
        Err(other) => return Err(other),
    };
    session.people.keep(given, among, &chosen);
    Ok(chosen)
}

/// Like [`person`] among everyone; who may not look at all users still finds those that can be assigned `nearby`.
pub async fn person_seen_from(
    session: &Session,
    given: &str,
    nearby: Among<'_>,
) -> Result<User<'static>, NameError> {
    match person(session, given, Among::Everyone).await {
        Err(unseen @ (NameError::Unknown { .. } | NameError::Jira(JiraError::Forbidden { .. })))
            if nearby != Among::Everyone =>
        {
            let second = person(session, given, nearby).await;
            second.map_err(|fault| match unseen {
                NameError::Unknown { .. } if matches!(fault, NameError::Unknown { .. }) => unseen,
                _ => fault,
            })
        }
        other => other,
    }
}

/// The name of somebody who was given by account id, for a preview; the id where Jira does not tell.
pub async fn name_of(session: &Session, account_id: &str) -> String {
    let answer = session.call(request::user(account_id)).await.ok();
    let user = answer.as_ref().and_then(|answer| answer.read::<User<'_>>().ok());
    let name = user.map(|user| user.display_name.into_owned()).filter(|name| !name.is_empty());
    name.unwrap_or_else(|| account_id.to_owned())
}

/// The active people whose names are most like a misspelt one, each as `Name (account id)`; nobody when Jira cannot
/// be asked, for this only adds to an error.
///
/// Jira finds people by the beginnings of the words of their names, so the first letters are what is asked for.
pub async fn people_like(session: &Session, given: &str, among: Among<'_>) -> Vec<String> {
    let people = like(session, given, among).await;
    nearest(given, &people, |user| user.display_name.as_ref()).into_iter().map(say).collect()
}

async fn like(session: &Session, given: &str, among: Among<'_>) -> Vec<Candidate<'static>> {
    let beginning = |word: &str| word.chars().take(LIKE_CHARS).collect::<String>();
    let mut words = given.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let (first, last) = (words.next().map(beginning), words.next_back().map(beginning));
    let ask = async |part: Option<String>| session.call(search(&part?, among)).await.ok();
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

fn search(given: &str, among: Among<'_>) -> request::Request {
    match among {
        Among::Everyone => request::users(given, FETCHED_MAX),
        Among::AssignableIn(project) => request::assignable_users(given, Some(project), None, FETCHED_MAX),
        Among::AssignableTo(issue) => request::assignable_users(given, None, Some(issue), FETCHED_MAX),
    }
}

/// Somebody whom Jira's search found. The address is read to be compared, and never shown.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate<'a> {
    #[serde(borrow)]
    account_id: wire::Text<'a>,
    #[serde(borrow, default)]
    display_name: wire::Text<'a>,
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
    fn is_person(&self) -> bool {
        self.active && self.account_type.as_deref().is_none_or(|kind| kind != "app")
    }

    fn user(&self) -> User<'a> {
        User {
            account_id: self.account_id.clone(),
            display_name: self.display_name.clone(),
            active: self.active,
            account_type: self.account_type.clone(),
            time_zone: None,
        }
    }

    fn into_owned(self) -> Candidate<'static> {
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

fn say(user: &Candidate<'_>) -> String {
    format!("{} ({})", user.display_name, user.account_id)
}

fn choose<'c, 'a>(
    given: &str,
    found: &'c [Candidate<'a>],
    among: Among<'_>,
) -> Result<&'c Candidate<'a>, NameError> {
    let people: Vec<&Candidate<'_>> = found.iter().filter(|user| user.is_person()).collect();
    let those = |is_meant: &dyn Fn(&Candidate<'_>) -> bool| {
        people.iter().copied().filter(|user| is_meant(user)).collect::<Vec<_>>()
    };
    let folded = folded(given);
    let mut fits = those(&|user| self::folded(&user.display_name) == folded);
    if fits.is_empty() && is_address(given) {
        fits = those(&|user| user.address().is_some_and(|address| address.eq_ignore_ascii_case(given)));
        if fits.is_empty() {
            // Jira finds people by addresses that it does not show.
            fits = those(&|user| user.address().is_none());
        }
    }
    let listed = |several: &[&Candidate<'_>]| several.iter().take(LISTED_MAX).map(|user| say(user)).collect();
    match (fits.as_slice(), people.as_slice()) {
        ([only], _) => Ok(only),
        ([], []) => Err(NameError::Unknown {
            what: match among {
                Among::Everyone => "active person",
                Among::AssignableIn(_) | Among::AssignableTo(_) => "assignable person",
            },
            given: given.to_owned(),
            known: Vec::new(),
        }),
        ([], like) => Err(NameError::Inexact { given: given.to_owned(), candidates: listed(like) }),
        (several, _) => Err(NameError::Ambiguous { given: given.to_owned(), candidates: listed(several) }),
    }
}

/// Whether a text is an e-mail address as a whole.
fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !text.contains(char::is_whitespace)
    })
}

/// Whom one tool call has found, so that a name which it meets again is not looked up again.
#[derive(Debug, Default)]
pub(in crate::jira) struct FoundPeople(Mutex<HashMap<(String, String), User<'static>>>);

impl FoundPeople {
    fn get(&self, given: &str, among: Among<'_>) -> Option<User<'static>> {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        found.get(&(given.to_owned(), format!("{among:?}"))).cloned()
    }

    fn keep(&self, given: &str, among: Among<'_>, user: &User<'static>) {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        found.insert((given.to_owned(), format!("{among:?}")), user.clone());
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

    fn user(id: &str, name: &str, address: &str) -> Candidate<'static> {
        let json = serde_json::json!({"accountId": id, "displayName": name, "emailAddress": address});
        serde_json::from_str::<Candidate<'_>>(&json.to_string()).unwrap().into_owned()
    }

    fn check(given: &str, found: &[Candidate<'_>], expected: Result<&str, &str>) {
        match (choose(given, found, Among::Everyone), expected) {
            (Ok(user), Ok(id)) => assert_eq!(user.account_id, id, "{given}"),
            (Err(error), Err(said)) => assert_eq!(error.to_string(), said, "{given}"),
            (chosen, _) => panic!("{given}: {chosen:?}"),
        }
    }

    #[test]
    fn a_whole_name_is_meant_and_a_part_of_one_is_a_question() {
        let mut found = vec![user("1", "Ann Lee", ""), user("2", "Ann Leeson", ""), user("3", "ann lee", "")];
        found[2].active = false;
        check("ANN\u{a0}LEE", &found, Ok("1"));
        check("ann", &found, Err("Nobody is called just 'ann'. There is: Ann Lee (1); Ann Leeson (2)."));
        check("Leeson", &found[1..2], Err("Nobody is called just 'Leeson'. There is: Ann Leeson (2)."));
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
        check("a@b.example", &found[..1], Err("Nobody is called just 'a@b.example'. There is: Ann Lee (1)."));
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
