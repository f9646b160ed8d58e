//! Where sealed records are kept: the memory of one process, files, or Redis.

mod backend;
mod error;
mod key;
mod memory;
mod store;

pub use backend::{Backend, Expected, Version};
pub use error::StoreError;
pub use key::RecordKey;
pub use memory::Memory;
pub use store::{Record, Store};
