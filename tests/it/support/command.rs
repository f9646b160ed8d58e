//! Any command of the binary as a child process that a test waits for, with its output.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread::{self, JoinHandle},
    time::Duration,
};

/// Long enough for any machine; only a failing test waits this long.
const BOUND: Duration = Duration::from_mins(1);

/// A running command. It is killed when dropped.
pub(crate) struct Run {
    child: Child,
    lines: mpsc::Receiver<String>,
    log: Option<JoinHandle<String>>,
}

/// How a command ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    /// Standard output that nobody has read, then standard error.
    pub(crate) text: String,
}

impl Run {
    /// Starts it with these settings and no others, in a folder without an `.env`.
    pub(crate) fn start(arguments: &[&str], settings: &[(&'static str, String)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_jira-mcp-bridge"))
            .args(arguments)
            .current_dir(std::env::temp_dir())
            .env_clear()
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (stdout, mut stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        let log = thread::spawn(move || {
            let mut text = String::new();
            let _ = stderr.read_to_string(&mut text);
            text
        });
        Self { child, lines, log: Some(log) }
    }

    /// The next line of standard output that begins so.
    pub(crate) fn line(&self, start: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(BOUND).expect("a line");
            if line.starts_with(start) {
                return line;
            }
        }
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, signal).unwrap();
    }

    /// Waits for its own end.
    pub(crate) fn end(mut self) -> Ended {
        let log = self.log.take().unwrap();
        let (sender, ended) = mpsc::channel();
        // Standard error closes when the process ends.
        thread::spawn(move || sender.send(log.join().unwrap()));
        let log = ended.recv_timeout(BOUND).expect("the command ends by itself");
        let code = self.child.wait().unwrap().code();
        let rest: Vec<String> = self.lines.iter().collect();
        Ended { code, text: format!("{}\n{log}", rest.join("\n")) }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
