//! A server under test: started on its own core, read through `/proc`, ended with the load.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// A child on one core. Dropping it ends it.
pub(crate) struct Process(Child);

impl Process {
    /// Starts a program pinned to a core, with nothing but these settings around it.
    pub(crate) fn start(
        core: usize,
        program: &Path,
        args: &[&str],
        settings: &[(&str, String)],
    ) -> Self {
        let mut command = Command::new("taskset");
        command.args(["-c", &core.to_string()]).arg(program).args(args);
        command.env_clear().env("PATH", PATH).env("HOME", "/nonexistent");
        command.envs(settings.iter().map(|(name, value)| (*name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        Self(command.spawn().expect("taskset (util-linux) starts it"))
    }

    /// The first line it says, which tells its ports.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        let out = self.0.stdout.take().expect("stdout is a pipe");
        BufReader::new(out).read_line(&mut line).expect("it says a line");
        line.trim().to_owned()
    }

    /// Processor time of all threads so far, in milliseconds.
    pub(crate) fn cpu_ms(&self) -> f64 {
        let tasks =
            fs::read_dir(format!("/proc/{}/task", self.0.id())).into_iter().flatten().flatten();
        let nanos = tasks.filter_map(|task| {
            let text = fs::read_to_string(task.path().join("schedstat")).ok()?;
            text.split_whitespace().next()?.parse::<f64>().ok()
        });
        nanos.sum::<f64>() / 1e6
    }

    /// Resident memory now, in MB of 2^20 bytes.
    pub(crate) fn resident_mb(&self) -> f64 {
        self.status_mb("VmRSS:")
    }

    /// Resident memory at its highest, in MB of 2^20 bytes.
    pub(crate) fn peak_mb(&self) -> f64 {
        self.status_mb("VmHWM:")
    }

    fn status_mb(&self, name: &str) -> f64 {
        let status =
            fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
        kib.unwrap_or_default() / 1024.0
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Whether a program of the system is there to be started.
pub(crate) fn is_installed(program: &str) -> bool {
    PATH.split(':').any(|folder| Path::new(folder).join(program).exists())
}

/// A port nobody listens on at the moment, for servers that cannot choose one and tell it.
pub(crate) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    listener.local_addr().expect("it is bound").port()
}
