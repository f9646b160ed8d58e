//! The commands. Exit codes: 0 done, 1 failed while running, 2 no tool answered a `call`, 64 wrong
//! settings or arguments (BSD's `EX_USAGE`).

mod call;
mod check;
mod completions;
mod connector;
#[cfg(feature = "demo")]
mod demo;
mod errors;
mod failure;
mod healthcheck;
mod init;
mod login;
mod man;
mod named_secret;
mod open_files;
mod remote;
mod report;
mod smoke;
mod stdio;
mod tools;
mod unknown_names;

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::{
    CommandFactory, Parser, Subcommand,
    error::{ContextKind, ErrorKind},
};

use crate::{
    config::{self, Config, Source},
    program, run, telemetry,
};

use failure::{Failure, finished};
use report::Verdict;

const EX_USAGE: u8 = 64;
/// Told apart from a tool's own error.
const NO_ANSWER: u8 = 2;

/// An MCP server through which an AI agent works in Jira Cloud as the signed-in user.
#[derive(Debug, Parser)]
#[command(version = program::VERSION, about)]
struct Cli {
    /// A TOML file with settings; the environment and .env take precedence.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server (the default).
    Serve,
    /// Run the server in front of a built-in sandbox Jira: no account, no network.
    #[cfg(feature = "demo")]
    Demo(demo::Args),
    /// Speak MCP over standard input and output, for one user on this machine.
    Stdio,
    /// Sign in at Atlassian, so that stdio needs no token. Needs ATLASSIAN_CLIENT_ID and
    /// ATLASSIAN_CLIENT_SECRET (or ATLASSIAN_CLIENT_SECRET_FILE) of an OAuth 2.0 (3LO) app.
    Login(login::Args),
    /// End that sign-in, here and at Atlassian.
    Logout,
    /// Write a first configuration, with what is left to fill in.
    Init(init::Args),
    /// Call one tool from a shell, here or at a running server.
    Call(call::Args),
    /// Check the settings, and whether Jira can be reached.
    Check,
    /// Print the tools with the bytes each costs.
    Tools(tools::Args),
    /// Write the Power Platform connector's files for one deployment.
    Connector(connector::Args),
    /// Try a deployment from outside, step by step, the way Copilot Studio meets it.
    Smoke(smoke::Args),
    /// Ask the running server on this machine whether it is alive; for containers.
    Healthcheck,
    /// Print every metric as a Markdown table.
    Metrics,
    /// Print every error with its meaning, as a Markdown document.
    Errors,
    /// Print every setting with its default, as an .env file.
    Settings {
        /// Print a Markdown table for documents instead.
        #[arg(long)]
        markdown: bool,
    },
    /// Print what makes a shell complete commands, options and names of tools.
    Completions(completions::Args),
    /// Print the manual page.
    Man(man::Args),
}

/// Reads the arguments, runs the command, reports on stderr.
pub fn main() -> ExitCode {
    telemetry::panics::keep_messages_out();
    forbid_core_dumps();
    // Connections, and as many calls to Jira, need more than the customary 1024.
    platform::raise_open_files();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            if let Some(line) = refused_value(&error) {
                complain(&line);
                return ExitCode::from(EX_USAGE);
            }
            // Help and version go to stdout, mistakes to stderr; clap knows which.
            let _ = error.print();
            let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            return if asked { ExitCode::SUCCESS } else { ExitCode::from(EX_USAGE) };
        }
    };
    match execute(cli) {
        Ok(()) | Err(Failure::Unread) => ExitCode::SUCCESS,
        Err(Failure::Settings(problems)) => {
            for problem in problems {
                complain(&problem.to_string());
            }
            ExitCode::from(EX_USAGE)
        }
        Err(Failure::Shown) => ExitCode::from(EX_USAGE),
        Err(Failure::Reported) => ExitCode::FAILURE,
        Err(Failure::NoAnswer(reason)) => {
            complain(&reason);
            ExitCode::from(NO_ANSWER)
        }
        Err(Failure::Running(reason)) => {
            complain(&reason);
            ExitCode::FAILURE
        }
    }
}

/// A value that is not accepted, without the value: what stands in a wrong place may be a secret.
fn refused_value(error: &clap::Error) -> Option<String> {
    if error.kind() != ErrorKind::ValueValidation {
        return None;
    }
    let argument = error.get(ContextKind::InvalidArg)?;
    let reason = std::error::Error::source(error)
        .map_or_else(|| "the value is not accepted".to_owned(), ToString::to_string);
    Some(format!("{argument}: {reason}"))
}

fn execute(cli: Cli) -> Result<(), Failure> {
    if let Some(Command::Settings { markdown }) = cli.command {
        let text = if markdown { config::document() } else { config::env_example() };
        return Ok(io::stdout().write_all(text.as_bytes())?);
    }
    if let Some(Command::Metrics) = cli.command {
        return Ok(io::stdout().write_all(metrics::document().as_bytes())?);
    }
    if let Some(Command::Errors) = cli.command {
        return Ok(errors::run()?);
    }
    if let Some(Command::Init(args)) = &cli.command {
        return init::run(args);
    }
    if let Some(Command::Completions(args)) = &cli.command {
        return Ok(completions::run(Cli::command(), args)?);
    }
    if let Some(Command::Man(args)) = &cli.command {
        return man::run(Cli::command(), args);
    }
    let source = Source::of_process(cli.config.as_deref())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => runtime.block_on(serve(&source)),
        #[cfg(feature = "demo")]
        Command::Demo(args) => runtime.block_on(demo::run(source, args)),
        Command::Stdio => {
            let outcome = runtime.block_on(stdio::run(&source));
            // A read of standard input that has begun cannot be cancelled; it must not keep the
            // process.
            runtime.shutdown_background();
            outcome
        }
        Command::Login(args) => runtime.block_on(login::login(source, args)),
        Command::Logout => runtime.block_on(login::logout(source)),
        Command::Call(args) => runtime.block_on(call::run(source, &args)),
        Command::Check => runtime.block_on(check::run(&source)),
        Command::Tools(args) => tools::run(&source, &args),
        Command::Connector(args) => connector::run(source, &args),
        Command::Smoke(args) => runtime.block_on(smoke::run(&args)),
        Command::Healthcheck => runtime.block_on(healthcheck::run(&source)),
        // Answered above: they need no settings.
        Command::Completions(_)
        | Command::Errors
        | Command::Init(_)
        | Command::Man(_)
        | Command::Metrics
        | Command::Settings { .. } => Ok(()),
    }
}

async fn serve(source: &Source) -> Result<(), Failure> {
    let config = Config::read(source)?;
    telemetry::start(&config.telemetry);
    for doubt in check::of_settings(&config, source) {
        if doubt.verdict == Verdict::Warn {
            tracing::warn!("{}: {}", doubt.step, doubt.detail);
        }
    }
    open_files::check(&config);
    let stop = platform::asked_to_stop();
    let bound = run::bind(config).await?;
    finished(bound.serve(stop).await)
}

/// A core dump would hold tokens.
fn forbid_core_dumps() {
    if platform::forbid_core_dumps().is_err() {
        complain("warning: core dumps could not be disabled");
    }
}

fn complain(line: &str) {
    // Nobody is left to tell when stderr is gone.
    let _ = writeln!(io::stderr(), "jira-mcp-bridge: {line}");
}
