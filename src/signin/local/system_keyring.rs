//! The system's keyring, by the program that the system has for it: `security` on macOS,
//! `secret-tool` of libsecret on Linux, none on Windows.
//!
//! The secret goes through pipes and never stands in an argument, which others could read. A
//! keyring that asks its user to unlock it gets a minute.

use std::{io, process::Stdio, time::Duration};

use platform::Keyring;
use tokio::{io::AsyncWriteExt, process::Command, time::timeout};
use zeroize::Zeroizing;

const SERVICE: &str = "jira-mcp-bridge";

/// A person may have to type the password of the keyring.
const PATIENCE: Duration = Duration::from_mins(1);

/// What `security` ends with when there is no such item. Source: errSecItemNotFound, -25300, whose
/// last byte is 44.
const MACOS_NOT_FOUND: i32 = 44;

/// What the keyring says.
pub(super) enum Found {
    /// The secret under the name.
    Secret(Zeroizing<String>),
    /// It works, and has nothing under the name.
    Nothing,
    /// It is not there, is locked, or fails.
    NoAnswer(String),
}

/// The keyring's program, and which variables it does not get.
pub(super) struct SystemKeyring<'a> {
    /// Tells the folders of one user apart.
    pub(super) account: &'a str,
    pub(super) withheld: &'a [&'static str],
}

impl SystemKeyring<'_> {
    const IS_MACOS: bool = matches!(platform::KEYRING, Some(Keyring::Security));

    /// The secret.
    pub(super) async fn find(&self) -> Found {
        let arguments: &[&str] = if Self::IS_MACOS {
            &["find-generic-password", "-s", SERVICE, "-a", self.account, "-w"]
        } else {
            &["lookup", "service", SERVICE, "account", self.account]
        };
        let ended = match self.run(arguments, "").await {
            Ok(ended) => ended,
            Err(error) => return Found::NoAnswer(error.to_string()),
        };
        let secret = Zeroizing::new(ended.output.trim().to_owned());
        match ended.code {
            Some(0) if !secret.is_empty() => Found::Secret(secret),
            Some(MACOS_NOT_FOUND) if Self::IS_MACOS => Found::Nothing,
            // Without a complaint there is no such item.
            Some(0 | 1) if !Self::IS_MACOS && ended.complaint.is_empty() => Found::Nothing,
            _ => Found::NoAnswer(ended.complaint),
        }
    }

    /// Keeps a secret of base64 or hex; whether it is there then.
    pub(super) async fn keep(&self, secret: &str) -> bool {
        let kept = if Self::IS_MACOS {
            // As a command on its standard input: `-w` with a value would be an argument.
            let line = Zeroizing::new(format!(
                "add-generic-password -U -s {SERVICE} -a {} -w {secret}\n",
                self.account
            ));
            self.run(&["-i"], &line).await
        } else {
            let label = format!("--label={SERVICE}");
            let arguments = ["store", label.as_str(), "service", SERVICE, "account", self.account];
            self.run(&arguments, secret).await
        };
        let is_kept = kept.is_ok_and(|ended| ended.code == Some(0));
        // A keyring that forgets, such as one of the session only, is seen here at the earliest.
        is_kept && matches!(self.find().await, Found::Secret(found) if found.as_str() == secret)
    }

    async fn run(&self, arguments: &[&str], input: &str) -> io::Result<Ended> {
        let program = match platform::KEYRING {
            Some(Keyring::Security) => "/usr/bin/security",
            Some(Keyring::SecretTool) => "secret-tool",
            None => return Err(io::Error::other("this system has no keyring that a program asks")),
        };
        let mut command = Command::new(program);
        command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        for name in self.withheld {
            command.env_remove(name);
        }
        let mut child = command.spawn().map_err(|error| {
            io::Error::new(error.kind(), format!("{program} cannot be run: {}", error.kind()))
        })?;
        let running = async {
            if let Some(mut stdin) = child.stdin.take() {
                // A program that does not read has its say in its exit code.
                let _ = stdin.write_all(input.as_bytes()).await;
            }
            child.wait_with_output().await
        };
        let output = timeout(PATIENCE, running)
            .await
            .map_err(|_| io::Error::other(format!("{program} gave no answer")))??;
        let secret = Zeroizing::new(output.stdout);
        let complaint = String::from_utf8_lossy(&output.stderr);
        Ok(Ended {
            code: output.status.code(),
            output: Zeroizing::new(String::from_utf8_lossy(&secret).into_owned()),
            complaint: complaint.lines().next().unwrap_or_default().chars().take(200).collect(),
        })
    }
}

/// How the program ended.
struct Ended {
    code: Option<i32>,
    output: Zeroizing<String>,
    complaint: String,
}
