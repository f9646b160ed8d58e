//! The future of a trait's method that is called through `dyn`, which an `async fn` cannot be.

use std::{future::Future, pin::Pin};

/// A boxed future that any thread may poll.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
