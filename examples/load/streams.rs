//! Event streams that stay open and carry nothing but heartbeats: the memory they take, and what a
//! call costs beside them.

use std::{
    path::Path,
    rc::Rc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::{Method, body::Incoming};
use tokio::task::JoinSet;

use crate::{
    client::{self, Call, Connection},
    measure,
    options::Options,
    report::{Run, Streams},
    say,
    servers::{self, Server, Task},
    started,
    upstream::Jira,
};

/// As many as the bridge allows one user.
const OF_ONE_USER: usize = 4;
/// Opened at the same time, as by clients that lost a replica.
const OPENING: usize = 32;

pub(crate) async fn measure(
    options: &Options,
    binary: &Path,
    jira: &Rc<Jira>,
    count: usize,
    run: &mut Run,
) {
    say(&format!("{count} streams"));
    let site = jira.plain(Duration::ZERO).await;
    let settings = || {
        let on = ("COMPAT_STREAM", "true".to_owned());
        vec![on, ("STREAM_HEARTBEAT_MS", "10000".to_owned())]
    };
    let core = options.server_core;
    let without = started(servers::bridge_with(core, binary, &site, settings())).await;
    let holding = started(servers::bridge_with(core, binary, &site, settings())).await;
    let issue = |server: &Server| server.call(Task::Issue).expect("the bridge has issues");
    client::once(&issue(&holding)).await;
    let before_mb = holding.process.resident_mb();

    let began = Instant::now();
    let mut streams = open(&holding, count).await;
    let opened_s = began.elapsed().as_secs_f64();
    options.rest().await;
    let with_mb = holding.process.resident_mb();
    let calls = [&without, &holding].map(|server| (&server.process, issue(server)));
    let rounds = measure::alternating(options, &calls).await;
    let over = rounds[1].iter().zip(&rounds[0]).map(|(with, without)| with / without).collect();
    let [issue_without, issue_with] = [0, 1].map(|at| client::median(rounds[at].clone()));
    assert!(streams.try_join_next().is_none(), "a stream ended by itself");
    drop(streams);
    options.rest().await;
    let after_mb = holding.process.resident_mb();
    run.streams = Some(Streams {
        count,
        opened_s,
        before_mb,
        with_mb,
        after_mb,
        issue_without,
        issue_with,
        over: client::median(over),
    });
}

/// Each is read until it ends, and ended when this is dropped.
async fn open(server: &Server, count: usize) -> JoinSet<()> {
    let call = Call {
        port: server.port,
        method: Method::GET,
        target: "/api/mcp/stream".to_owned(),
        body: Bytes::new(),
        headers: vec![servers::gateway()],
        expected: b"connected",
        bearers: Rc::default(),
    };
    let (mut opening, mut reading) = (JoinSet::new(), JoinSet::new());
    for at in 0..count {
        let call = call.clone();
        opening.spawn_local(async move {
            let connection = Connection::open(call.port, at / OF_ONE_USER).await;
            let mut connection = connection.expect("the server listens");
            let mut stream = connection.stream(&call).await.expect("the server answers");
            let first = stream.frame().await.and_then(Result::ok);
            let first = first.and_then(|frame| frame.into_data().ok()).expect("a first event");
            assert!(first.starts_with(b"event: connected"), "a wrong first event: {first:?}");
            (connection, stream)
        });
        if opening.len() == OPENING
            && let Some(opened) = opening.join_next().await
        {
            read(&mut reading, opened.expect("it opens"));
        }
    }
    while let Some(opened) = opening.join_next().await {
        read(&mut reading, opened.expect("it opens"));
    }
    reading
}

fn read(reading: &mut JoinSet<()>, (connection, mut stream): (Connection, Incoming)) {
    reading.spawn_local(async move {
        while let Some(Ok(_)) = stream.frame().await {}
        drop(connection);
    });
}
