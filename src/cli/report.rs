//! What a command found, as a table for people and an exit code for programs.

use std::{
    error::Error,
    fmt,
    io::{self, Write},
};

use super::failure::Failure;

/// Longest detail that is shown of what another machine said.
const DETAIL_CHARS: usize = 400;

/// How one step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Ok,
    /// It works, and somebody should look at it.
    Warn,
    Failed,
    /// It could not be tried; the detail says what it needs.
    Skipped,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::Warn => "warning",
            Self::Failed => "FAILED",
            Self::Skipped => "skipped",
        })
    }
}

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) step: &'static str,
    pub(super) verdict: Verdict,
    pub(super) detail: String,
}

impl Finding {
    pub(super) fn ok(step: &'static str, detail: impl Into<String>) -> Self {
        Self { step, verdict: Verdict::Ok, detail: detail.into() }
    }

    pub(super) fn warn(step: &'static str, detail: impl Into<String>) -> Self {
        Self { step, verdict: Verdict::Warn, detail: detail.into() }
    }

    pub(super) fn failed(step: &'static str, detail: impl Into<String>) -> Self {
        Self { step, verdict: Verdict::Failed, detail: detail.into() }
    }

    pub(super) fn skipped(step: &'static str, detail: impl Into<String>) -> Self {
        Self { step, verdict: Verdict::Skipped, detail: detail.into() }
    }
}

impl Finding {
    /// The same of something that may be missing.
    pub(super) fn at_most_a_warning(mut self) -> Self {
        if self.verdict == Verdict::Failed {
            self.verdict = Verdict::Warn;
        }
        self
    }
}

/// Prints the table; a failed step fails the command.
pub(super) fn conclude(findings: &[Finding], secrets: &[&str]) -> Result<(), Failure> {
    print(findings, secrets)?;
    match findings.iter().filter(|finding| finding.verdict == Verdict::Failed).count() {
        0 => Ok(()),
        1 => Err(Failure::Running("1 step failed".to_owned())),
        failed => Err(Failure::Running(format!("{failed} steps failed"))),
    }
}

/// Prints the table alone.
pub(super) fn print(findings: &[Finding], secrets: &[&str]) -> io::Result<()> {
    match write(&mut io::stdout().lock(), findings, secrets) {
        // The exit code says it to whoever stopped reading.
        Err(fault) if fault.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// A fault with what caused it.
pub(super) fn causes(fault: &dyn Error) -> String {
    let mut text = fault.to_string();
    let mut cause = fault.source();
    while let Some(inner) = cause {
        let said = inner.to_string();
        // Libraries wrap an error into one that says the same.
        if !text.ends_with(&said) {
            text = format!("{text}: {said}");
        }
        cause = inner.source();
    }
    text
}

fn write(out: &mut impl Write, findings: &[Finding], secrets: &[&str]) -> io::Result<()> {
    let width = findings.iter().map(|finding| finding.step.len()).max().unwrap_or_default();
    for finding in findings {
        let detail = shown(&finding.detail, secrets);
        writeln!(out, "{:<width$}  {:<8} {detail}", finding.step, finding.verdict)?;
    }
    Ok(())
}

/// Another machine's words may hold anything: an echoed secret, line breaks, control codes of a
/// terminal.
pub(super) fn shown(detail: &str, secrets: &[&str]) -> String {
    let mut text = detail.to_owned();
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        text = text.replace(secret, "***");
    }
    let clean =
        |c: char| if c.is_control() || ('\u{200b}'..='\u{206f}').contains(&c) { ' ' } else { c };
    let mut short: String = text.chars().map(clean).take(DETAIL_CHARS).collect();
    if text.chars().count() > DETAIL_CHARS {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_say_is_cleaned_before_it_is_shown() {
        let check =
            |detail: &str, expected: &str| assert_eq!(shown(detail, &["s3cret", ""]), expected);
        check("plain", "plain");
        check("you sent s3cret, s3cret", "you sent ***, ***");
        check("a\nb\u{1b}[2Jc\u{202e}d", "a b [2Jc d");
        check(&"x".repeat(500), &format!("{}…", "x".repeat(DETAIL_CHARS)));
    }

    #[test]
    fn the_table_is_aligned_and_fails_with_its_steps() {
        let findings = [
            Finding::ok("one", "fine"),
            Finding::failed("longer", "bad"),
            Finding::skipped("x", "why"),
        ];
        let mut out = Vec::new();
        write(&mut out, &findings, &[]).unwrap();
        let expected = "one     ok       fine\nlonger  FAILED   bad\nx       skipped  why\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
