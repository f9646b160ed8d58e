//! What the operator sees: logs on stderr, and the audit line of each tool call.
//!
//! stdout is never written: in stdio mode it is the protocol.

pub mod audit;
mod export;
mod json_line;
pub mod panics;

use std::io::IsTerminal;

pub use export::{ExportError, Exporters, Settings as ExportSettings};

use tracing::{Level, level_filters::LevelFilter};
use tracing_subscriber::{filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    Json,
    /// For people at a terminal.
    Pretty,
}

/// What is logged, and how.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The lowest level of our own lines.
    pub level: Level,
    /// None: pretty on a terminal, JSON elsewhere.
    pub format: Option<Format>,
    /// Where traces and metrics go.
    pub export: ExportSettings,
}

/// Crates that log requests, results or headers below these levels, or at all. No setting lowers
/// them: rmcp writes whole arguments at debug, the HTTP crates write headers at trace, that
/// of sockets writes whole requests, addresses with their tokens, and frames.
const QUIET: [(&str, Option<Level>); 14] = [
    ("rmcp", None),
    ("hyper", Some(Level::INFO)),
    ("hyper_util", Some(Level::INFO)),
    ("h2", Some(Level::INFO)),
    ("hyper_rustls", Some(Level::INFO)),
    ("rustls", Some(Level::INFO)),
    ("tower", Some(Level::INFO)),
    ("tower_http", Some(Level::INFO)),
    ("tungstenite", None),
    ("tokio_tungstenite", None),
    ("opentelemetry", Some(Level::ERROR)),
    ("opentelemetry_sdk", Some(Level::ERROR)),
    ("opentelemetry_otlp", Some(Level::ERROR)),
    ("opentelemetry_http", Some(Level::ERROR)),
];

/// Installs the subscriber of the process; a second call changes nothing.
pub fn start(settings: &Settings) {
    let quiet = QUIET
        .map(|(target, level)| (target, level.map_or(LevelFilter::OFF, LevelFilter::from_level)));
    let filter = Targets::new().with_default(settings.level).with_targets(quiet);
    let pretty = match settings.format {
        Some(format) => format == Format::Pretty,
        None => std::io::stderr().is_terminal(),
    };
    let registry = tracing_subscriber::registry().with(filter);
    let line = fmt::layer().with_writer(std::io::stderr);
    let _already_started = if pretty {
        registry.with(line).try_init()
    } else {
        let json =
            line.with_ansi(false).fmt_fields(json_line::Members).event_format(json_line::JsonLine);
        registry.with(json).try_init()
    };
}
