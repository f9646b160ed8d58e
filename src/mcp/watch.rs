//! Who wants to see finished calls with what they were given. That is content, which no log has:
//! nobody watches but the demo's window, and no setting makes anybody.

use std::fmt;

use crate::telemetry::audit;

/// Sees every finished call.
pub trait WatchCalls: fmt::Debug + Send + Sync {
    /// A call has ended as its audit line says; `arguments` is what it was given, as JSON, without
    /// the caller's credential.
    fn ended(&self, line: &audit::Line<'_>, arguments: &str);
}
