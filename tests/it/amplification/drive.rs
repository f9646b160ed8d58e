//! Calls to a bridge that runs as a process of its own, each weighed.

use serde_json::{Value, json};

use super::gauge::Gauge;

/// What one request may take.
pub(crate) const PEAK_KIB_MAX: u64 = 32 * 1024;
pub(crate) const CPU_MS_MAX: f64 = 200.0;

/// A bridge under test.
pub(crate) struct Weighed {
    pub(crate) url: String,
    pub(crate) gauge: Gauge,
    client: reqwest::Client,
    idle_kib: u64,
    /// What a millisecond of a release build is here.
    pub(crate) slowness: f64,
    pub(crate) rows: Vec<Row>,
}

/// What one request took.
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) peak_kib: u64,
    pub(crate) cpu_ms: u64,
    pub(crate) said: String,
}

impl Weighed {
    pub(crate) fn new(url: String, process: u32, slowness: f64) -> Self {
        let gauge = Gauge::of(process);
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let idle_kib = gauge.now_kib();
        Self { url, gauge, client, idle_kib, slowness, rows: Vec::new() }
    }

    /// A tool call, and what it took.
    pub(crate) async fn call(
        &mut self,
        what: String,
        token: &str,
        tool: &str,
        arguments: &Value,
    ) -> String {
        let params = json!({"name": tool, "arguments": arguments});
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params})
            .to_string();
        self.send(format!("{tool}: {what}"), token, body).await
    }

    /// Any message.
    pub(crate) async fn send(&mut self, what: String, token: &str, body: String) -> String {
        self.gauge.reset_peak();
        let before = self.gauge.cpu_ms();
        let request = self.client.post(format!("{}/mcp", self.url)).body(body);
        let request = request.header("authorization", format!("Bearer {token}"));
        let answer = request.header("content-type", "application/json").send().await.unwrap();
        let (status, said) = (answer.status(), answer.text().await.unwrap());
        let peak_kib = self.gauge.peak_kib().saturating_sub(self.idle_kib);
        let cpu_ms = self.gauge.cpu_ms() - before;
        let start: String = said.chars().take(400).collect();
        self.rows.push(Row { what, peak_kib, cpu_ms, said: format!("{status} {start}") });
        said
    }

    /// The requests that took too much, most first.
    pub(crate) fn excesses(&self) -> Vec<String> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a bound in milliseconds"
        )]
        let cpu_max = (CPU_MS_MAX * self.slowness) as u64;
        let mut over: Vec<&Row> = self
            .rows
            .iter()
            .filter(|row| row.peak_kib > PEAK_KIB_MAX || row.cpu_ms > cpu_max)
            .collect();
        over.sort_by_key(|row| std::cmp::Reverse(row.peak_kib));
        let told = |row: &&Row| {
            format!("{} KiB, {} ms: {}\n    {}", row.peak_kib, row.cpu_ms, row.what, row.said)
        };
        over.iter().map(told).collect()
    }
}
