//! One JSON-RPC message, as either transport brings it: HTTP in a body, stdio in a line.

mod duplicate_names;
mod envelope;
mod fault;
mod null_id;
mod one_reply;
mod read;
mod subscription;

pub(crate) use fault::{
    Fault, INTERNAL_ERROR, INVALID_REQUEST, invalid, invalid_params, repeated, unreadable,
    unwanted_response,
};
pub use one_reply::OneReply;
pub use read::passed_on;
pub(crate) use read::{Message, object_in, read};
pub use subscription::Subscription;
