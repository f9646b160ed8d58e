//! Which issues and projects may be shown, where an operator confined the bridge.

use std::fmt;

/// Which issues may be shown at all, wherever they are named.
pub trait Visible: fmt::Debug + Sync {
    /// Whether this one may.
    fn shows(&self, issue_key: &str) -> bool;

    /// Whether a project may be named.
    fn shows_project(&self, project_key: &str) -> bool;

    /// Whether all may.
    fn shows_all(&self) -> bool;
}
