//! Days and times are those of the user's own clock, on the rules of its zone, and replies show
//! what they became.

use std::sync::{Arc, Mutex};

use axum::{
    Json, Router,
    response::IntoResponse,
    routing::{get, post},
};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Bridge, part};

/// What Jira answers to `/myself`.
type Profile = (u16, Value);

/// A Jira that knows one user and one issue, and keeps the worklogs and sprints it is sent.
struct Stub {
    bridge: Bridge,
    sent: Arc<Mutex<Vec<Value>>>,
}

impl Stub {
    async fn of(profile: Profile, comments: &[&str]) -> Self {
        let sites = json!([{
            "id": "c-1", "url": "https://x.atlassian.net", "name": "x",
            "scopes": ["read:jira-work", "write:jira-work", "read:jira-user", "write:sprint:jira-software"],
        }]);
        let (status, profile) = (StatusCode::from_u16(profile.0).unwrap(), profile.1);
        let me = json!({"accountId": "a-1", "displayName": "Anna Admin"});
        let page: Vec<Value> = comments
            .iter()
            .map(|created| json!({"id": format!("at {created}"), "author": me, "created": created, "updated": created}))
            .collect();
        let page =
            json!({"comments": page, "total": comments.len(), "startAt": 0, "maxResults": 50});
        let history: Vec<Value> = comments
            .iter()
            .rev()
            .map(|created| {
                let item = json!({"field": "summary", "fromString": "a", "toString": "b"});
                json!({"id": created, "author": me, "created": created, "items": [item]})
            })
            .collect();
        let history =
            json!({"values": history, "total": comments.len(), "startAt": 0, "maxResults": 100});
        let sent = Arc::new(Mutex::new(Vec::new()));
        let keep = |mut made: Value| {
            let sent = Arc::clone(&sent);
            async move |Json(body): Json<Value>| {
                sent.lock().unwrap().push(body.clone());
                for (name, value) in body.as_object().unwrap() {
                    made[name] = value.clone();
                }
                (StatusCode::CREATED, Json(made))
            }
        };
        let api = "/ex/jira/c-1/rest/api/3";
        let agile = "/ex/jira/c-1/rest/agile/1.0";
        let router = Router::new()
            .route("/oauth/token/accessible-resources", get(async move || Json(sites)))
            .route(
                &format!("{api}/myself"),
                get(async move || (status, Json(profile.clone())).into_response()),
            )
            .route(&format!("{api}/issue/AB-1/comment"), get(async move || Json(page)))
            .route(&format!("{api}/issue/AB-1/changelog"), get(async move || Json(history)))
            .route(
                &format!("{api}/issue/AB-1/worklog"),
                post(keep(json!({"id": "1", "author": me}))),
            )
            .route(
                &format!("{agile}/sprint"),
                post(keep(json!({"id": 7, "state": "future", "originBoardId": 3}))),
            );
        let tokens = vec![("anna".to_owned(), "token-of-anna-for-a-stub".to_owned())];
        let bridge = Bridge::over(router, tokens, &[("TOOLSETS", "core,collab,agile")]).await;
        Self { bridge, sent }
    }

    async fn living_in(zone: &str, comments: &[&str]) -> Self {
        Self::of(
            (200, json!({"accountId": "a-1", "displayName": "Anna Admin", "timeZone": zone})),
            comments,
        )
        .await
    }

    fn last_sent(&self) -> Value {
        self.sent.lock().unwrap().last().cloned().unwrap_or_default()
    }

    fn asked_for_zone(&self) -> usize {
        self.bridge.upstream.count(&Method::GET, "/myself")
    }
}

fn work(started: &str) -> Value {
    json!({"issue_key": "AB-1", "time_spent": "1h", "started": started})
}

#[tokio::test]
async fn work_is_logged_on_the_users_clock_in_every_season() {
    for (zone, started, sent, shown) in [
        (
            "Europe/Berlin",
            "2026-11-20 14:00",
            "2026-11-20T13:00:00.000+0000",
            "2026-11-20T14:00+01:00",
        ),
        (
            "Europe/Berlin",
            "2026-07-15 14:00",
            "2026-07-15T12:00:00.000+0000",
            "2026-07-15T14:00+02:00",
        ),
        ("Europe/Berlin", "2026-07-15", "2026-07-15T10:00:00.000+0000", "2026-07-15T12:00+02:00"),
        (
            "Australia/Sydney",
            "2026-07-15 9am",
            "2026-07-14T23:00:00.000+0000",
            "2026-07-15T09:00+10:00",
        ),
        (
            "Australia/Sydney",
            "2026-12-15 9am",
            "2026-12-14T22:00:00.000+0000",
            "2026-12-15T09:00+11:00",
        ),
        (
            "America/New_York",
            "2026-11-27T09:00",
            "2026-11-27T14:00:00.000+0000",
            "2026-11-27T09:00-05:00",
        ),
        // Skipped by the clocks: moved forward, and said.
        (
            "Europe/Berlin",
            "2026-03-29 02:30",
            "2026-03-29T01:30:00.000+0000",
            "2026-03-29T03:30+02:00",
        ),
    ] {
        let stub = Stub::living_in(zone, &[]).await;
        let mut dry = work(started);
        dry["dry_run"] = json!(true);
        assert_eq!(
            stub.bridge.anna("jira_add_worklog", dry).await["started"],
            shown,
            "{zone} {started}"
        );
        let made = stub.bridge.anna("jira_add_worklog", work(started)).await;
        assert_eq!(stub.last_sent()["started"], sent, "{zone} {started}");
        assert_eq!(part(&made, &["started"]), json!({"started": shown}), "{zone} {started}");
        assert_eq!(stub.asked_for_zone(), 1, "the zone is remembered");
    }
}

#[tokio::test]
async fn what_brings_its_own_zone_asks_for_none() {
    let stub = Stub::of((403, json!({"errorMessages": ["no"]})), &[]).await;
    for (started, sent) in [
        ("2026-11-27T09:00-05:00", "2026-11-27T14:00:00.000+0000"),
        ("2026-11-27 09:00 America/New_York", "2026-11-27T14:00:00.000+0000"),
        ("2026-11-27T09:00:00.000+0100", "2026-11-27T08:00:00.000+0000"),
        ("2026-11-27T09:00Z", "2026-11-27T09:00:00.000+0000"),
    ] {
        stub.bridge.anna("jira_add_worklog", work(started)).await;
        assert_eq!(stub.last_sent()["started"], sent, "{started}");
    }
    stub.bridge.anna("jira_add_worklog", json!({"issue_key": "AB-1", "time_spent": "1h"})).await;
    stub.bridge.anna("jira_add_worklog", work("-2h")).await;
    assert_eq!(stub.asked_for_zone(), 0);
}

#[tokio::test]
async fn a_zone_that_cannot_be_read_is_never_guessed() {
    for profile in [
        (403, json!({"errorMessages": ["no"]})),
        (401, json!({"code": 401, "message": "Unauthorized; scope does not match"})),
        (200, json!({"accountId": "a-1", "displayName": "Anna Admin"})),
        (200, json!({"accountId": "a-1", "timeZone": "Europe/Atlantis"})),
    ] {
        let stub = Stub::of(profile.clone(), &["2026-11-20T07:30:00.000+0000"]).await;
        for (tool, asked) in [
            ("jira_add_worklog", work("yesterday 14:00")),
            ("jira_add_worklog", work("-1d")),
            ("jira_get_comments", json!({"issue_key": "AB-1", "since": "2026-11-20"})),
            ("jira_get_changelog", json!({"issue_key": "AB-1", "since": "monday"})),
            ("jira_create_sprint", json!({"board_id": 3, "name": "S", "start_date": "2026-11-23"})),
        ] {
            let fault = stub.bridge.refused(tool, asked).await;
            assert_eq!(fault["error"], "invalid_argument", "{tool} {profile:?}");
            assert!(
                fault["message"].as_str().unwrap().contains("time zone cannot be read"),
                "{fault}"
            );
            assert!(fault["hint"].as_str().unwrap().contains("2026-11-20T14:00+01:00"), "{fault}");
        }
        assert_eq!(stub.last_sent(), Value::Null, "nothing is written");
    }
    // A fault that passes is told as what it is.
    let stub = Stub::of((503, json!({})), &[]).await;
    let fault = stub.bridge.refused("jira_add_worklog", work("yesterday 14:00")).await;
    assert_eq!(fault["error"], "upstream_unavailable", "{fault}");
}

#[tokio::test]
async fn a_day_begins_on_the_users_clock() {
    for (zone, inside, outside) in [
        ("Pacific/Auckland", "2026-11-20T07:30:00.000+1300", "2026-11-19T23:30:00.000+1300"),
        ("America/Los_Angeles", "2026-11-20T00:30:00.000-0800", "2026-11-19T20:30:00.000-0800"),
        ("Europe/Berlin", "2026-11-19T23:00:00.000+0000", "2026-11-19T22:59:59.999+0000"),
    ] {
        let stub = Stub::living_in(zone, &[inside, outside]).await;
        for since in ["2026-11-20", "20 Nov 2026"] {
            let asked = json!({"issue_key": "AB-1", "since": since});
            let page = stub.bridge.anna("jira_get_comments", asked.clone()).await;
            let ids: Vec<&Value> =
                page["comments"].as_array().unwrap().iter().map(|row| &row["id"]).collect();
            assert_eq!(ids, [&json!(format!("at {inside}"))], "{zone}: {page}");
            let history = stub.bridge.anna("jira_get_changelog", asked).await;
            assert_eq!(history["changes"].as_array().unwrap().len(), 1, "{zone}: {history}");
        }
    }
}

#[tokio::test]
async fn a_sprint_lasts_whole_days_of_the_users() {
    let stub = Stub::living_in("America/New_York", &[]).await;
    for (start, end, sent, shown) in [
        (
            "2026-11-23",
            "2026-12-04",
            ["2026-11-23T05:00:00.000Z", "2026-12-05T04:59:00.000Z"],
            ["2026-11-23T00:00-05:00", "2026-12-04T23:59-05:00"],
        ),
        // Two weeks over the end of daylight saving time.
        (
            "2026-10-26 09:00",
            "+14d",
            ["2026-10-26T13:00:00.000Z", "2026-11-09T14:00:00.000Z"],
            ["2026-10-26T09:00-04:00", "2026-11-09T09:00-05:00"],
        ),
        (
            "2026-11-23T09:00:00+01:00",
            "2w",
            ["2026-11-23T08:00:00.000Z", "2026-12-07T08:00:00.000Z"],
            ["2026-11-23T03:00-05:00", "2026-12-07T03:00-05:00"],
        ),
    ] {
        let mut asked = json!({"board_id": 3, "name": "S", "start_date": start, "end_date": end, "dry_run": true});
        let dry = stub.bridge.anna("jira_create_sprint", asked.clone()).await;
        assert_eq!(
            part(&dry["would_create"], &["startDate", "endDate"]),
            json!({"startDate": shown[0], "endDate": shown[1]})
        );
        asked["dry_run"] = json!(false);
        let made = stub.bridge.anna("jira_create_sprint", asked).await;
        assert_eq!(
            part(&stub.last_sent(), &["startDate", "endDate"]),
            json!({"startDate": sent[0], "endDate": sent[1]})
        );
        assert_eq!(part(&made, &["start", "end"]), json!({"start": shown[0], "end": shown[1]}));
    }
}
