//! Many conversations at once: each answer is its own, whoever asks beside it.

use axum::{Json, Router, routing::get};
use futures_util::future::join_all;
use http::{HeaderMap, header};
use serde_json::json;

use super::{World, history, open, say, texts};
use crate::support::Bridge;

const PEOPLE: usize = 50;
const CONVERSATIONS_EACH: usize = 10;

/// Jira's `/me`, where a token's own name is its account.
fn accounts() -> Router {
    let me = async |headers: HeaderMap| {
        let bearer = headers.get(header::AUTHORIZATION).unwrap().to_str().unwrap();
        Json(json!({"account_id": bearer.replace("Bearer ", "account-of-")}))
    };
    Router::new().route("/me", get(me))
}

#[tokio::test(flavor = "multi_thread")]
async fn of_five_hundred_conversations_at_once_none_gets_anothers_words() {
    let world = World::start().await;
    let people: Vec<String> = (0..PEOPLE).map(|number| format!("person{number:02}")).collect();
    let tokens = people.iter().map(|name| (name.clone(), format!("token-of-{name}"))).collect();
    let mut settings = world.direct_line();
    settings.push(("MAX_IN_FLIGHT", "1000".to_owned()));
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let bridge = Bridge::over(accounts(), tokens, &settings).await;
    let talk = async |person: &str, number: usize| {
        let first = format!("{person} {number} first");
        let (id, answer) = open(&bridge, person, &first).await;
        assert_eq!(texts(&answer), [format!("You said: {first}")]);
        let mut expected = vec![first.clone(), format!("You said: {first}")];
        if number == 0 {
            let second = format!("{person} {number} second");
            let answer = say(&bridge, person, &id, &second).await;
            assert_eq!(texts(&answer), [format!("You said: {second}")]);
            expected.extend([second.clone(), format!("You said: {second}")]);
        }
        let said = history(&bridge, person, &id).await;
        assert_eq!(texts(&said), expected);
        id
    };
    let all = people
        .iter()
        .flat_map(|person| (0..CONVERSATIONS_EACH).map(move |number| (person.as_str(), number)));
    let mut ids = join_all(all.map(|(person, number)| talk(person, number))).await;
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), PEOPLE * CONVERSATIONS_EACH);
    let conversations = world.agent.conversations();
    assert_eq!(conversations.len(), PEOPLE * CONVERSATIONS_EACH);
    let mut users = std::collections::BTreeMap::<String, String>::new();
    for conversation in conversations {
        let heard = conversation.heard();
        let person = heard[0].split(' ').next().unwrap().to_owned();
        assert!(heard.len() <= 2 && heard.iter().all(|text| text.starts_with(&person)));
        let user = conversation.user.unwrap();
        // A person is one user of the agent's, and no two are.
        assert_eq!(users.entry(user).or_insert_with(|| person.clone()), &person);
    }
    assert_eq!(users.len(), PEOPLE);
}
