//! The laws of every backend, and what each promises beside them.

#[cfg(feature = "redis")]
mod certificate;
mod files;
mod keycheck;
mod laws;
mod memory;
mod model;
mod place;
mod processes;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "redis")]
mod redis_faults;
#[cfg(feature = "redis")]
mod redis_server;
#[cfg(feature = "redis")]
mod redis_tls;
