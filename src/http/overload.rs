//! What the in-flight cap and the last deadline say when they strike.

use axum::BoxError;
use tower::{load_shed::error::Overloaded, timeout::error::Elapsed};

use super::reject::Reject;

/// Names the cause behind a tower error. The deadline is the last resort: a JSON-RPC reply would need the id of a body
/// that may not have been read, so the answer is HTTP 504; a tool's own, earlier deadline answers in MCP's words.
pub(super) async fn answer(error: BoxError) -> Reject {
    if error.is::<Overloaded>() {
        Reject::Overloaded
    } else if error.is::<Elapsed>() {
        Reject::Deadline
    } else {
        Reject::Internal
    }
}
