//! Where whoever serves the tools tells their calls.

use std::sync::Arc;

use crate::{calls::ToolCall, world::World};

/// Where calls are told.
#[derive(Clone)]
pub struct CallLog(Arc<World>);

impl CallLog {
    pub(crate) fn of(world: Arc<World>) -> Self {
        Self(world)
    }

    /// Shows one more call. The last 200 are kept, and 2,000 bytes of each one's arguments.
    pub fn add(&self, call: ToolCall) {
        let now = (self.0.clock)();
        self.0.calls.add(call, now);
        self.0.changes.add();
    }
}
