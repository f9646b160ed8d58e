//! What must not be cut in the middle, whoever gives up waiting for it: rotations, renewals,
//! sign-outs.

use std::future::Future;

use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;

/// Tasks that a stop waits for. A clone shares them.
#[derive(Clone, Debug, Default)]
pub(super) struct Tasks(TaskTracker);

impl Tasks {
    /// Starts one, which runs to its end also when the handle is dropped.
    pub(super) fn start<F>(&self, task: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send,
    {
        self.0.spawn(task)
    }

    /// Resolves when none is running.
    pub(super) async fn finished(&self) {
        self.0.close();
        self.0.wait().await;
    }
}
