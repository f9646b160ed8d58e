//! What the bridge's own tokens cost beside Atlassian's, which are passed on: `get_issue` with each
//! kind, in rounds that alternate.

use std::{path::Path, rc::Rc, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use tokio::net::TcpStream;

use crate::{
    client, measure,
    options::Options,
    process::{self, Process},
    report::{OwnToken, Run},
    say,
    servers::{self, Server, Task},
    sign_in::{self, Program},
    started,
    upstream::{Jira, Site},
};

/// The row that the goals are about.
pub(crate) const IN_MEMORY: &str = "own token, memory store";

pub(crate) async fn measure(options: &Options, binary: &Path, jira: &Rc<Jira>, run: &mut Run) {
    say("own tokens");
    let site = jira.plain(Duration::ZERO).await;
    let memory = SignedIn::start(options, binary, &site, &[]).await;
    let redis = Redis::start(options.driver_core).await;
    let shared = match &redis {
        Some(redis) => {
            let store = [("SESSION_STORE_TYPE", "redis".to_owned()), ("REDIS_URL", redis.url())];
            Some(SignedIn::start(options, binary, &site, &store).await)
        }
        None => None,
    };
    let mut ways = vec![("passed on", memory.passed_on()), (IN_MEMORY, memory.own())];
    if let Some(shared) = &shared {
        ways.push(("passed on, redis for the limits", shared.passed_on()));
        ways.push(("own token, redis store", shared.own()));
    }
    let (names, calls): (Vec<_>, Vec<_>) = ways.into_iter().unzip();
    let rounds = measure::alternating(options, &calls).await;
    let Some(passed_on) = rounds.first() else { return };
    run.own_tokens = names
        .into_iter()
        .zip(&rounds)
        .map(|(name, spent)| OwnToken {
            name,
            issue: client::median(spent.clone()),
            // Each round beside the one next to it: the machine changes less between those.
            over: client::median(spent.iter().zip(passed_on).map(|(own, of)| own / of).collect()),
        })
        .collect();
}

/// A bridge that takes both kinds, and its own tokens of as many people as there are connections.
struct SignedIn {
    server: Server,
    bearers: Rc<[String]>,
}

impl SignedIn {
    async fn start(
        options: &Options,
        binary: &Path,
        site: &Site,
        store: &[(&'static str, String)],
    ) -> Self {
        // Made here, so that nothing in the repository looks like a secret.
        let key = STANDARD.encode("own tokens".repeat(4).get(..32).unwrap_or_default());
        let mut settings = vec![
            ("AUTH", "atlassian,signin".to_owned()),
            ("ATLASSIAN_AUTH_BASE_URL", site.base.clone()),
            ("ATLASSIAN_CLIENT_ID", "load".to_owned()),
            ("ATLASSIAN_CLIENT_SECRET", "load".repeat(8)),
            ("SESSION_ENCRYPTION_KEY", key),
        ];
        settings.extend_from_slice(store);
        let server = servers::bridge_with(options.server_core, binary, site, settings);
        let server = started(server).await;
        let program = Program::new(server.port, servers::gateway());
        let atlassians = (0..measure::WIDTH).map(client::bearer).collect();
        let bearers = sign_in::bearers(&program, atlassians).await.into();
        Self { server, bearers }
    }

    fn passed_on(&self) -> (&Process, client::Call) {
        (&self.server.process, self.server.call(Task::Issue).expect("the bridge has issues"))
    }

    fn own(&self) -> (&Process, client::Call) {
        let (process, call) = self.passed_on();
        (process, client::Call { bearers: Rc::clone(&self.bearers), ..call })
    }
}

/// Keeps nothing on disk; its own processor time is nobody's here.
struct Redis {
    port: u16,
    _process: Process,
}

impl Redis {
    /// None where it is not installed.
    async fn start(core: usize) -> Option<Self> {
        if !process::is_installed("redis-server") {
            say("redis-server is not installed, so its store is left out");
            return None;
        }
        let port = process::free_port();
        let args = ["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""];
        let process = Process::start(core, Path::new("redis-server"), &args, &[]);
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Some(Self { port, _process: process })
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }
}
