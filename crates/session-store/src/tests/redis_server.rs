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
    /// Which of its options names the port.
    port_option: &'static str,
    options: Vec<String>,
    folder: TempDir,
}

impl RedisServer {
    /// Starts one with these options beside its own, on a port that was free.
    pub(crate) fn start(options: &[&str]) -> Self {
        Self::start_at("--port", options)
    }

    /// The same for one that speaks TLS only; the options name its certificate.
    pub(crate) fn start_with_tls(options: &[&str]) -> Self {
        Self::start_at("--tls-port", &[&["--port", "0"], options].concat())
    }

    fn start_at(port_option: &'static str, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options: Vec<String> = options.iter().map(ToString::to_string).collect();
        // Another program may take the port in between.
        for _ in 0..5 {
            let port = free_port();
            if let Some(child) = launch(port_option, port, &options, &folder) {
                return Self { child, port, port_option, options, folder };
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
        // A connection of another test may pass through the port.
        let launched = || launch(self.port_option, self.port, &self.options, &self.folder);
        self.child = (0..20).find_map(|_| launched()).unwrap();
    }

    pub(crate) fn url(&self) -> String {
        self.url_as("")
    }

    /// Its address with `user:password@` before the host.
    pub(crate) fn url_as(&self, user: &str) -> String {
        let scheme = if self.port_option == "--tls-port" { "rediss" } else { "redis" };
        format!("{scheme}://{user}127.0.0.1:{}", self.port)
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
fn launch(port_option: &str, port: u16, options: &[String], folder: &TempDir) -> Option<Child> {
    let mut child = Command::new("redis-server")
        .args([port_option, &port.to_string(), "--bind", "127.0.0.1", "--save", ""])
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
