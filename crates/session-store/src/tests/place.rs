//! Every backend, fresh, as the laws want it.

use std::{any::Any, future::Future, path::Path, sync::Arc};

use keyring::KeyRing;
use tokio::runtime::{Builder, Runtime};

use crate::{Backend, Files, Memory, Store};

pub(super) const NOW: u64 = 1_790_000_000_000;
pub(super) const HOUR: u64 = 3_600_000;

/// A place for records that nobody else uses.
pub(super) struct Place {
    /// Two doors to the same records, as two processes have them where the backend is shared.
    pub(super) backends: [Arc<dyn Backend>; 2],
    /// How often a law with chance in it is tried.
    pub(super) cases: u32,
    _kept: Box<dyn Any>,
}

impl Place {
    pub(super) fn memory() -> Self {
        let memory: Arc<dyn Backend> = Arc::new(Memory::new(1 << 20));
        Self { backends: [memory.clone(), memory], cases: 256, _kept: Box::new(()) }
    }

    pub(super) fn files() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let open = || -> Arc<dyn Backend> { Arc::new(files(folder.path())) };
        Self { backends: [open(), open()], cases: 24, _kept: Box::new(folder) }
    }

    #[cfg(feature = "redis")]
    pub(super) fn redis() -> Self {
        let server = super::redis_server::RedisServer::start(&[]);
        let connect =
            || -> Arc<dyn Backend> { Arc::new(crate::Redis::new(&server.url().into()).unwrap()) };
        Self { backends: [connect(), connect()], cases: 64, _kept: Box::new(server) }
    }

    pub(super) fn store(&self, keys: &KeyRing) -> Store {
        Store::new(self.backends[0].clone(), keys.clone())
    }
}

/// Files in a folder below this one, so that the program makes it.
pub(super) fn files(folder: &Path) -> Files {
    Files::open(&folder.join("sessions"), 1000).unwrap()
}

pub(super) fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap()
}

pub(super) fn run<T>(future: impl Future<Output = T>) -> T {
    runtime().block_on(future)
}

/// A ring of these keys, the first first.
pub(super) fn ring(keys: &[u8]) -> KeyRing {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let key = |first: &u8| {
        STANDARD.encode(std::array::from_fn::<u8, 32, _>(|at| {
            first.wrapping_add(u8::try_from(at).unwrap())
        }))
    };
    KeyRing::parse(&keys.iter().map(key).collect::<Vec<_>>().join(",")).unwrap()
}
