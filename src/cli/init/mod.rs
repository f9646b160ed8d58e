//! `init`: a first configuration with comments, for one way to run the bridge.

mod purpose;

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use clap::ValueEnum;

use crate::config::{FILL_IN, SETTINGS};

use super::failure::Failure;

use purpose::{Purpose, Start};

/// A secret that is made has as many random bytes.
const SECRET_BYTES: usize = 32;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A TOML file for --config, or an .env file for the working folder or a container.
    #[arg(long, value_enum, default_value_t = Format::Toml)]
    format: Format,
    /// What the bridge is to be.
    #[arg(long = "for", value_enum, default_value_t = Purpose::Stdio)]
    purpose: Purpose,
    /// The file to write; without it jira-mcp-bridge.toml or .env.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace a file that is there.
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Toml,
    Env,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let default = match args.format {
        Format::Toml => "jira-mcp-bridge.toml",
        Format::Env => ".env",
    };
    let path = args.output.clone().unwrap_or_else(|| default.into());
    let text = text(args.purpose, args.format)?;
    write(&path, &text, args.force)?;
    Ok(next_steps(args, &path)?)
}

/// The file: what has to be set, then what may be, with the words and defaults of the table of
/// settings.
fn text(purpose: Purpose, format: Format) -> Result<String, Failure> {
    let mut text = format!("# jira-mcp-bridge: {}.\n", purpose.title());
    text.push_str("# Keep this file to yourself: secrets stand in it.");
    text.push_str(" What is left to fill in says so; `check` names it.\n");
    for (name, start) in purpose.set() {
        let value = match start {
            Start::Of(value) => (*value).to_owned(),
            Start::FillIn => FILL_IN.to_owned(),
            Start::Secret => secret()?,
        };
        text.push_str(&row(name, &value, format, ""));
    }
    text.push_str("\n# What may be set as well, with its default.\n");
    for name in purpose.may_be_set() {
        text.push_str(&row(name, default_of(name), format, "# "));
    }
    text.push_str("\n# Every other setting: `jira-mcp-bridge settings`.\n");
    Ok(text)
}

fn row(name: &str, value: &str, format: Format, before: &str) -> String {
    let about = SETTINGS.iter().find(|row| row.name == name).map_or("", |row| row.about);
    let line = match format {
        // No value here holds a quote or a backslash; a test reads every file.
        Format::Toml => format!("{name} = \"{value}\""),
        Format::Env => format!("{name}={value}"),
    };
    format!("\n# {about}\n{before}{line}\n")
}

fn default_of(name: &str) -> &'static str {
    SETTINGS.iter().find(|row| row.name == name).map_or("", |row| row.default)
}

fn secret() -> Result<String, Failure> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(|fault| Failure::Running(fault.to_string()))?;
    Ok(STANDARD.encode(bytes))
}

/// For its owner alone. A file that is there is replaced, not written into: it may be a link, or
/// open to others.
fn write(path: &Path, text: &str, force: bool) -> Result<(), Failure> {
    let cannot = |fault: io::Error| Failure::Running(format!("{}: {fault}", path.display()));
    if force && path.symlink_metadata().is_ok() {
        fs::remove_file(path).map_err(cannot)?;
    }
    let mut options = OpenOptions::new();
    let opened = platform::private(options.write(true).create_new(true)).open(path);
    let mut file = opened.map_err(|fault| {
        if fault.kind() == io::ErrorKind::AlreadyExists {
            return Failure::Running(format!(
                "{} exists; name another file with --output, or replace it with --force",
                path.display()
            ));
        }
        cannot(fault)
    })?;
    file.write_all(text.as_bytes()).map_err(cannot)
}

fn next_steps(args: &Args, path: &Path) -> io::Result<()> {
    let shown = path.display();
    let with = match args.format {
        Format::Toml => format!(" --config {shown}"),
        // Only the working folder's own file of this name is read.
        Format::Env => String::new(),
    };
    let mut out = io::stdout().lock();
    writeln!(out, "Wrote {shown} ({}).", args.purpose.title())?;
    let missing: Vec<&str> = args
        .purpose
        .set()
        .iter()
        .filter(|(_, start)| *start == Start::FillIn)
        .map(|(name, _)| *name)
        .collect();
    writeln!(out, "Fill in:  {}", missing.join(", "))?;
    writeln!(out, "Check:    jira-mcp-bridge check{with}")?;
    writeln!(out, "Run:      jira-mcp-bridge {}{with}", args.purpose.command())
}
