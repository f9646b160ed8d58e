//! What one reading and one writing of a session cost in each backend, sealing included.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a measurement that fails is no measurement"
)]

#[expect(dead_code, reason = "the tests use all of it")]
#[path = "../src/tests/redis_server.rs"]
mod redis_server;

use std::{hint::black_box, sync::Arc};

use criterion::{Criterion, criterion_group, criterion_main};
use keyring::KeyRing;
use redis_server::RedisServer;
use session_store::{Backend, Expected, Files, Memory, RecordKey, Redis, Store};
use tokio::runtime::Runtime;

const NOW: u64 = 1_790_000_000_000;
const END: u64 = NOW + 3_600_000;

/// A session with the two tokens of a provider.
const SESSION_BYTES: usize = 3000;

fn measure(criterion: &mut Criterion, runtime: &Runtime, name: &str, backend: Arc<dyn Backend>) {
    let store = Store::new(backend, KeyRing::random().unwrap());
    let (key, session) = (RecordKey::new("session", b"one"), vec![b'x'; SESSION_BYTES]);
    let first = store.put(&key, Expected::Absent, &session, END, NOW);
    let mut version = runtime.block_on(first).unwrap().unwrap();
    criterion.bench_function(&format!("{name}: get and open"), |bencher| {
        bencher.iter(|| black_box(runtime.block_on(store.get(&key, NOW)).unwrap()));
    });
    criterion.bench_function(&format!("{name}: seal and put"), |bencher| {
        bencher.iter(|| {
            let put = store.put(&key, Expected::Version(version), &session, END, NOW);
            version = runtime.block_on(put).unwrap().unwrap();
        });
    });
}

fn stores(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    measure(criterion, &runtime, "memory", Arc::new(Memory::new(1 << 20)));
    let folder = tempfile::tempdir().unwrap();
    let files = Files::open(&folder.path().join("sessions"), 1000).unwrap();
    measure(criterion, &runtime, "files", Arc::new(files));
    // The second as a cache is run, without a writing to the disk for each command.
    for (name, options) in [("redis, always fsync", &[][..]), ("redis", &["--appendonly", "no"])] {
        let server = RedisServer::start(options);
        let redis = Redis::new(&server.url().into()).unwrap();
        measure(criterion, &runtime, name, Arc::new(redis));
    }
}

criterion_group!(benches, stores);
criterion_main!(benches);
