//! The bridge as a process of its own: where it listens, and what it weighs.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};

/// Killed when dropped.
pub(crate) struct Bridge {
    child: Child,
    pub(crate) url: String,
}

impl Bridge {
    pub(crate) fn start(binary: &Path, upstream: &str, settings: &[(&str, String)]) -> Self {
        let mut child = Command::new(binary)
            .arg("serve")
            .env_clear()
            // How the allocator gives memory back is tried from outside.
            .envs(std::env::vars().filter(|(name, _)| name == "_RJEM_MALLOC_CONF"))
            .envs([
                ("PORT", "0"),
                ("LOG_FORMAT", "json"),
                ("ADMIN_ADDR", ""),
                ("JIRA_API_BASE_URL", upstream),
            ])
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .current_dir(std::env::temp_dir())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary; build it first");
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        let address = lines.by_ref().find_map(|line| {
            let line: Value = serde_json::from_str(&line).ok()?;
            (line["message"] == "listening").then(|| line["address"].as_str().unwrap().to_owned())
        });
        // A full pipe would stop the server.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url: format!("http://{}", address.expect("an address in the log")) }
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Resident memory in KiB.
    pub(crate) fn rss_kib(&self) -> u64 {
        self.status("VmRSS:")
    }

    /// The most it ever was, in KiB.
    pub(crate) fn peak_kib(&self) -> u64 {
        self.status("VmHWM:")
    }

    fn status(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))
            .expect("a living child");
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A tool call: whether it failed, and what it said.
pub(crate) async fn call(
    client: &reqwest::Client,
    url: &str,
    token: &str,
    tool: &str,
    arguments: Value,
) -> (bool, Value) {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}});
    let request = client
        .post(format!("{url}/mcp"))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(body.to_string());
    let text = request.send().await.expect("an answer").text().await.expect("a whole answer");
    let answer: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}"));
    let shown = answer["result"]["content"][0]["text"]
        .as_str()
        .unwrap_or_else(|| panic!("no result: {text}"));
    (answer["result"]["isError"] == true, serde_json::from_str(shown).unwrap())
}
