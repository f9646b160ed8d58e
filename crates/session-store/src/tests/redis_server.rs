//! A real Redis server on loopback, for one test.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    process::{Child, Command, Stdio},
    thread,
};

use tempfile::TempDir;

/// It has nothing of the system's configuration, and keeps what it confirmed.
pub(crate) struct RedisServer {
    child: Child,
    port: u16,
    options: Vec<String>,
    folder: TempDir,
}

impl RedisServer {
    /// Starts one with these options beside its own, on a port that was free.
    pub(crate) fn start(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options: Vec<String> = options.iter().map(ToString::to_string).collect();
        // Another program may take the port in between.
        for _ in 0..5 {
            let port = free_port();
            if let Some(child) = launch(port, &options, &folder) {
                return Self { child, port, options, folder };
            }
        }
        panic!("redis-server does not start; run it by hand with {options:?} to see why");
    }

    /// Kills it with no time to say goodbye.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again, at the same port and with the same records.
    pub(crate) fn restart(&mut self) {
        self.child = launch(self.port, &self.options, &self.folder).unwrap();
    }

    pub(crate) fn url(&self) -> String {
        self.url_as("")
    }

    /// Its address with `user:password@` before the host.
    pub(crate) fn url_as(&self, user: &str) -> String {
        format!("redis://{user}127.0.0.1:{}", self.port)
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody listens at.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Gives the process when it is ready; none if it ended before.
fn launch(port: u16, options: &[String], folder: &TempDir) -> Option<Child> {
    let mut child = Command::new("redis-server")
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""])
        .args(["--appendonly", "yes", "--appendfsync", "always", "--logfile", ""])
        .args(options)
        .arg("--dir")
        .arg(folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| {
            panic!(
                "these tests need redis-server, as `apt-get install redis-server` has it: {error}"
            )
        });
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    if lines.any(|line| line.contains("Ready to accept connections")) {
        // What it says must be read, or it stops when the pipe is full.
        thread::spawn(|| lines.for_each(drop));
        return Some(child);
    }
    child.wait().unwrap();
    None
}
