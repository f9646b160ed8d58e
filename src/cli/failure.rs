//! How a command ends.

use std::io;

use crate::{config::Problem, http::Drain, run};

/// Why a command ended without success.
#[derive(Debug)]
pub(super) enum Failure {
    /// The settings are wrong; each problem is one line.
    Settings(Vec<Problem>),
    /// The settings are wrong, and everything about it has been said.
    Shown,
    /// It failed while running; the sentence says why.
    Running(String),
    /// Whoever read the output has closed it, as `head` does.
    Unread,
    /// A tool reported an error, which has been printed.
    Reported,
    /// No tool answered; the sentence says why.
    NoAnswer(String),
}

impl From<Vec<Problem>> for Failure {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Settings(problems)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Unread,
            _ => Self::Running(error.to_string()),
        }
    }
}

impl From<run::StartError> for Failure {
    fn from(error: run::StartError) -> Self {
        Self::Running(error.to_string())
    }
}

/// A drain that had to cut calls is still a stop that was asked for.
#[expect(clippy::unnecessary_wraps, reason = "commands end with it")]
pub(super) fn finished(_drain: Drain) -> Result<(), Failure> {
    Ok(())
}
