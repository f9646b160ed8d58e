//! The binary's `stdio` command as a child process, with the time of every wait bounded.

use std::{
    io::{BufRead, BufReader, Read, Write},
    process::{Child, ChildStdin, Command, Stdio as Pipe},
    sync::{Arc, Mutex, mpsc},
    thread,
    time::Duration,
};

use jira_sandbox::Sandbox;
use serde_json::Value;

use super::{NOW_MS, Upstream};

/// Long enough for any machine; only a failing test waits this long.
const BOUND: Duration = Duration::from_mins(1);

pub(crate) type Settings = Vec<(&'static str, String)>;

/// The sandbox, and the settings with which its first user reaches it by an API token.
pub(crate) async fn basic() -> (Upstream, Settings) {
    let sandbox = Sandbox::seeded(NOW_MS);
    let (_, email, token) = sandbox.api_tokens().swap_remove(0);
    let upstream = Upstream::start(sandbox.router()).await;
    let site = format!("http://{}", upstream.address);
    (upstream, vec![("JIRA_EMAIL", email), ("JIRA_API_TOKEN", token), ("JIRA_SITE_URL", site)])
}

/// The same with an OAuth access token.
pub(crate) async fn sandbox() -> (Upstream, Settings) {
    let sandbox = Sandbox::seeded(NOW_MS);
    let (_, token) = sandbox.tokens().swap_remove(0);
    let upstream = Upstream::start(sandbox.router()).await;
    let host = format!("http://{}", upstream.address);
    (upstream, vec![("JIRA_ACCESS_TOKEN", token), ("JIRA_API_BASE_URL", host)])
}

/// A running process.
pub(crate) struct Stdio {
    child: Child,
    input: Option<ChildStdin>,
    output: mpsc::Receiver<String>,
    shown: Arc<Mutex<String>>,
    log: Option<thread::JoinHandle<()>>,
}

impl Stdio {
    /// Starts it with these settings and no others, in a folder without an `.env`.
    pub(crate) fn start(settings: &[(&'static str, String)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_jira-mcp-bridge"))
            .arg("stdio")
            .current_dir(std::env::temp_dir())
            .env_clear()
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdin(Pipe::piped())
            .stdout(Pipe::piped())
            .stderr(Pipe::piped())
            .spawn()
            .unwrap();
        let shown = Arc::<Mutex<String>>::default();
        let (sender, output) = mpsc::channel();
        let (stdout, mut stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let also = Arc::clone(&shown);
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                also.lock().unwrap().push_str(&line);
                let _ = sender.send(line);
            }
        });
        let also = Arc::clone(&shown);
        let log = thread::spawn(move || {
            let mut text = String::new();
            let _ = stderr.read_to_string(&mut text);
            also.lock().unwrap().push_str(&text);
        });
        Self { input: child.stdin.take(), child, output, shown, log: Some(log) }
    }

    /// The process's number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Writes one line.
    pub(crate) fn say(&mut self, line: &str) {
        let input = self.input.as_mut().expect("an open input");
        input.write_all(format!("{line}\n").as_bytes()).unwrap();
        input.flush().unwrap();
    }

    /// The next line, which must be JSON-RPC: nothing else may stand on standard output.
    pub(crate) fn next(&mut self) -> Value {
        let line = self.output.recv_timeout(BOUND).expect("an answer");
        let message: Value =
            serde_json::from_str(&line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        assert_eq!(message["jsonrpc"], "2.0", "{line}");
        message
    }

    /// Writes a request and reads the next answer.
    pub(crate) fn ask(&mut self, request: &Value) -> Value {
        self.say(&request.to_string());
        let answer = self.next();
        assert_eq!(answer["id"], request["id"], "{answer}");
        answer
    }

    pub(crate) fn close_input(&mut self) {
        self.input = None;
    }

    /// SIGTERM.
    pub(crate) fn terminate(&self) {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
    }

    /// Closes the input; the exit code. No answer may be left over.
    pub(crate) fn end(&mut self) -> i32 {
        self.close_input();
        let code = self.exit_code();
        assert_eq!(self.rest(), [""; 0]);
        code
    }

    /// Waits for the process's own end.
    pub(crate) fn exit_code(&mut self) -> i32 {
        let log = self.log.take().expect("waited for once");
        let (sender, ended) = mpsc::channel();
        // Standard error closes when the process ends.
        thread::spawn(move || sender.send(log.join().is_ok()));
        if ended.recv_timeout(BOUND).is_err() {
            self.child.kill().unwrap();
            panic!("the process did not end by itself");
        }
        self.child.wait().unwrap().code().expect("an exit code")
    }

    /// The answers that nobody has read; the process has ended.
    pub(crate) fn rest(&self) -> Vec<String> {
        self.output.iter().collect()
    }

    /// All that it has written anywhere; the process has ended.
    pub(crate) fn everything(&self) -> String {
        self.shown.lock().unwrap().clone()
    }
}

impl Drop for Stdio {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
