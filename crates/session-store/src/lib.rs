//! Where sealed records are kept: the memory of one process, files, or Redis.

mod backend;
mod error;
mod files;
mod held;
mod key;
mod keycheck;
mod memory;
#[cfg(feature = "redis")]
mod redis;
mod report;
mod store;

pub use backend::{Backend, Expected, Version};
pub use error::StoreError;
pub use files::{Files, FilesError};
pub use key::RecordKey;
pub use keycheck::KeyCheckError;
pub use memory::Memory;
#[cfg(feature = "redis")]
pub use redis::{Redis, RedisUrlError};
pub use store::{Record, Store};

#[cfg(test)]
mod tests;
