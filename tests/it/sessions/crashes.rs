//! The real binary is killed without warning, again and again, over stores that outlive it.

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use futures_util::future::join_all;
use serde_json::json;

use super::{
    RedisServer, SignedIn, World,
    browser::Door,
    key,
    stores::{Folder, files, redis},
};
use crate::support::{Process, until};

const CLIENTS: usize = 6;
const KILLS: usize = 5;

/// Drawn anew in each run; a failure says after how many operations.
fn random_below(bound: usize) -> usize {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).unwrap();
    usize::from_le_bytes(bytes) % bound
}

/// Works until the process is gone; what it holds then is what it was told last.
async fn work(door: &Door, session: &Mutex<Option<SignedIn>>, done: &AtomicUsize, client: usize) {
    if session.lock().unwrap().is_none() {
        let Some(signed_in) = door.try_sign_in(["anna", "ben"][client % 2]).await else { return };
        *session.lock().unwrap() = Some(signed_in);
    }
    for round in client.. {
        let held = session.lock().unwrap().clone().unwrap();
        if round % 2 == 0 {
            let Some(reply) = door.try_refresh(&held).await else { return };
            *session.lock().unwrap() = Some(reply.tokens(&held.client_id));
        } else {
            let issue = json!({"issue_key": "ACME-5"});
            let token = &held.access_token;
            let Some(reply) = door.try_call(token, "jira_get_issue", issue).await else { return };
            assert_eq!(reply.outcome(), "ok", "{reply:?}");
        }
        done.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_session_that_a_client_knows_of_outlives_the_process() {
    let (server, folder) = (RedisServer::start(&[]), Folder::new());
    let (url, keys) = (server.url(), key(1));
    for store in [files(&folder, &keys), redis(&url, &keys)] {
        let world = World::new().await;
        let settings = world.settings();
        let mut all: Vec<_> =
            settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        all.extend(store);
        all.push(("MAX_SESSIONS_PER_USER", "100"));
        let sessions: Vec<_> = (0..CLIENTS).map(|_| Mutex::new(None)).collect();
        for kill in 0..KILLS {
            let process = Process::start(&["serve"], &all);
            let door = world.door(&process.url().await);
            // What was confirmed before the kill works after it.
            for session in &sessions {
                let held = session.lock().unwrap().clone();
                let Some(held): Option<SignedIn> = held else { continue };
                door.works(&held.access_token).await;
                let reply = door.refresh(&held).await;
                *session.lock().unwrap() = Some(reply.tokens(&held.client_id));
            }
            if kill + 1 == KILLS {
                break;
            }
            let (done, operations) = (AtomicUsize::new(0), 10 + random_below(120));
            // In the middle of renewals, too.
            world.identity.expire_access_tokens("anna");
            let clients = sessions.iter().enumerate();
            let clients =
                join_all(clients.map(|(client, session)| work(&door, session, &done, client)));
            let killer = async {
                until("the clients work", async || done.load(Ordering::SeqCst) >= operations).await;
                drop(process);
            };
            tokio::join!(clients, killer);
        }
        assert!(sessions.iter().all(|session| session.lock().unwrap().is_some()));
    }
}
