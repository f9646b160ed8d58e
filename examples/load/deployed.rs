//! The bridge as it is deployed: clients reach it in clear behind an ingress, and it reaches Jira
//! over TLS with HTTP/2 and gzip. Beside it the floor, which does the same and reads nothing.

use std::{path::Path, rc::Rc, time::Duration};

use serde_json::Value;

use crate::{
    measure::{self, Beginning},
    options::Options,
    report::{Deployed, Run},
    say, servers, started,
    tls::Tls,
    upstream::Jira,
};

/// `seen` is what the bridge asked Jira for.
pub(crate) async fn measure(
    options: &Options,
    binary: &Path,
    jira: &Rc<Jira>,
    seen: &Value,
    run: &mut Run,
) {
    let (tls, core) = (Tls::new(options.http2_streams), options.server_core);
    say("processor time as deployed");
    // Each has a listener of its own, which counts only its connections.
    let sites = [jira.secure(&tls, Duration::ZERO).await, jira.secure(&tls, Duration::ZERO).await];
    let under_test = [
        servers::floor(core, &sites[0], seen.clone()),
        started(servers::bridge(core, binary, &sites[1])).await,
    ];
    let mut rows = measure::processor_time(options, &under_test).await;
    measure::reply_bytes(&under_test, &mut rows).await;
    measure::memory_at_rest(options, &under_test, &mut rows).await;
    let connections = sites.map(|site| site.wire.read());
    drop(under_test);

    let mut in_flight = Vec::new();
    for away_ms in &options.away {
        say(&format!("memory as deployed, {away_ms} ms away"));
        let kinds = [Beginning::Warm, Beginning::Cold];
        for (beginning, is_bridge) in kinds.into_iter().flat_map(|at| [(at, false), (at, true)]) {
            let site = jira.secure(&tls, Duration::from_millis(*away_ms)).await;
            let fresh = if is_bridge {
                started(servers::bridge(core, binary, &site)).await
            } else {
                servers::floor(core, &site, seen.clone())
            };
            in_flight.push(measure::memory_in_flight(options, &fresh, &site, beginning).await);
        }
    }
    let bytes = |kind: &str| seen[kind]["compressed"].as_u64().unwrap_or_default();
    let jira_bytes = [bytes("issue"), bytes("search")];
    run.deployed = Some(Deployed { jira_bytes, rows, connections, in_flight });
}
