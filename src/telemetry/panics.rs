//! What a panic may say: its place. Its message can hold whatever the code had in hand, a user's
//! text or a token.

use std::{
    io::{self, Write},
    panic,
};

/// Replaces the standard hook, which prints the message. To be called before anything can panic.
pub fn keep_messages_out() {
    panic::set_hook(Box::new(|info| {
        let place =
            info.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
        if tracing::dispatcher::has_been_set() {
            tracing::error!(place, "panic");
        } else {
            // The log is not open yet; nobody is left to tell when stderr is gone.
            let _ = writeln!(io::stderr(), "jira-mcp-bridge: panic at {place}");
        }
    }));
}

#[cfg(test)]
mod tests {
    use std::{env, process::Command, thread};

    use super::*;

    const PROBE: &str = "PANIC_PROBE";

    /// Hooks belong to the process, so the panic happens in a second one, which runs this very
    /// test.
    #[test]
    fn a_panic_tells_its_place_and_nothing_else() {
        if let Some(log) = env::var_os(PROBE) {
            keep_messages_out();
            if log == "open" {
                tracing_subscriber::fmt().with_writer(io::stderr).init();
            }
            assert!(thread::spawn(|| panic!("a user's words")).join().is_err());
            return;
        }
        for log in ["shut", "open"] {
            let name = "telemetry::panics::tests::a_panic_tells_its_place_and_nothing_else";
            let child = Command::new(env::current_exe().unwrap())
                .args(["--exact", name, "--nocapture"])
                .env(PROBE, log)
                .output()
                .unwrap();
            let said = String::from_utf8(child.stderr).unwrap();
            assert!(child.status.success() && said.contains("panics.rs:"), "{log}: {said}");
            assert!(!said.contains("words"), "{log}: {said}");
        }
    }
}
