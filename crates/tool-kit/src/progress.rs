//! How far a call has come, for callers who asked to be told; all others cost nothing.

use tokio::sync::watch;

/// One thing to tell.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Rises within a call.
    pub done: f64,
    /// What `done` will be at the end, if that is known.
    pub total: Option<f64>,
    /// The same in words. No text from Jira: it goes to a progress bar, not through the cleaning of
    /// results.
    pub message: String,
}

/// Where a tool says how far it is. Only the newest step is kept, so a slow reader holds nothing
/// up.
#[derive(Debug, Default)]
pub struct Progress(Option<watch::Sender<Option<Step>>>);

impl Progress {
    /// One that is heard, and where to hear it.
    pub fn channel() -> (Self, watch::Receiver<Option<Step>>) {
        let (sender, receiver) = watch::channel(None);
        (Self(Some(sender)), receiver)
    }

    /// Whether anybody listens.
    pub fn has_listener(&self) -> bool {
        self.0.is_some()
    }

    /// Tells a step.
    pub fn report(&self, done: f64, total: Option<f64>, message: impl FnOnce() -> String) {
        if let Some(sender) = &self.0 {
            sender.send_replace(Some(Step { done, total, message: message() }));
        }
    }
}
