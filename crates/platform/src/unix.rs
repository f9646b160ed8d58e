//! Linux and macOS.

use std::{
    fs::{DirBuilder, File, Metadata, OpenOptions},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::Path,
};

use rustix::{
    fs::OFlags,
    process::{Resource, Rlimit, geteuid, getrlimit, setrlimit},
};
use tikv_jemalloc_ctl::{Access as _, AsName, arenas};
use tokio::signal::unix::{SignalKind, signal};

use crate::Access;

/// The allocator of the program.
pub type Allocator = tikv_jemallocator::Jemalloc;

/// Measured in docs/PERFORMANCE.md against others: it gives memory back after a peak, and what it
/// keeps is small.
pub const ALLOCATOR: Allocator = tikv_jemallocator::Jemalloc;

/// What macOS lets one process open where its limit is said to be infinite: it refuses that as the
/// value in force. Source: setrlimit(2) of macOS, COMPATIBILITY; `OPEN_MAX` of its sys/syslimits.h.
const OPEN_MAX: u64 = 10_240;

/// Returns all pages that hold nothing to the system.
pub fn give_memory_back() {
    let count = arenas::narenas::read().unwrap_or(0);
    for arena in 0..count {
        // Pages may be kept for this long; when it is set to nothing, all go at once. An arena that
        // was never used answers with an error and has none.
        let name = format!("arena.{arena}.dirty_decay_ms\0");
        let kept_ms = name.as_str().name();
        if let Ok(usual_ms) = tikv_jemalloc_ctl::Access::<isize>::read(kept_ms) {
            // What fails here leaves the pages to the allocator's own pace.
            let _ = kept_ms.write(0_isize).and_then(|()| kept_ms.write(usual_ms));
        }
    }
}

/// Takes as many open files as the system allows; what is then too few, [`open_files_max`] tells.
pub fn raise_open_files() {
    let allowed = getrlimit(Resource::Nofile);
    for current in [allowed.maximum, Some(OPEN_MAX)] {
        let is_more = match (current, allowed.current) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(wanted), Some(present)) => wanted > present,
        };
        let most = Rlimit { current, maximum: allowed.maximum };
        if !is_more || setrlimit(Resource::Nofile, most).is_ok() {
            return;
        }
    }
}

/// How many files the process may have open; none if there is no limit.
pub fn open_files_max() -> Option<u64> {
    getrlimit(Resource::Nofile).current
}

/// Sees that a crash leaves no image of the memory behind, which would hold secrets.
pub fn forbid_core_dumps() -> io::Result<()> {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    Ok(setrlimit(Resource::Core, none)?)
}

/// Resolves when the process is asked to stop. The handlers stand as soon as this returns.
pub fn asked_to_stop() -> impl Future<Output = ()> {
    let signals = [SignalKind::terminate(), SignalKind::interrupt()].map(|kind| signal(kind).ok());
    async move {
        let [terminate, interrupt] = signals.map(async |signal| match signal {
            Some(mut signal) => {
                signal.recv().await;
            }
            // Without a handler the system's own answer to the signal stands.
            None => std::future::pending().await,
        });
        tokio::select! {
            () = terminate => {}
            () = interrupt => {}
        }
    }
}

/// A file that is made with these options is for its user alone.
pub fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options.mode(0o600)
}

/// Makes a folder for its user alone, with all above it. One that is there stays as it is.
pub fn create_private_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Who may use a file or a folder.
pub fn access(about: &Metadata) -> Option<Access> {
    let own = geteuid().as_raw();
    Some(Access { owner: about.uid(), own, mode: about.mode() & 0o777 })
}

/// Opens for reading, without waiting: a pipe that nobody writes to would keep the thread for ever.
pub fn open_without_waiting(path: &Path) -> io::Result<File> {
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

/// Returns when the names in a folder are on the disk.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// The machine's name, in a container that of the container.
pub fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    #[test]
    fn every_arena_keeps_its_usual_pace() {
        let pace = || tikv_jemalloc_ctl::Access::<isize>::read("arena.0.dirty_decay_ms\0".name());
        let before = pace().unwrap();
        assert!(before > 0);
        give_memory_back();
        assert_eq!(pace(), Ok(before));
        assert!(arenas::narenas::read().unwrap() > 0);
    }

    #[test]
    fn what_is_made_for_one_user_is_not_open_to_others() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        create_private_folder(&inner).unwrap();
        create_private_folder(&inner).unwrap();
        let path = inner.join("file");
        private(OpenOptions::new().write(true).create_new(true)).open(&path).unwrap();
        let look = |path: &Path| access(&fs::metadata(path).unwrap()).unwrap();
        for (path, mode) in [(&inner, 0o700), (&path, 0o600)] {
            let access = look(path);
            assert_eq!(access.mode, mode);
            assert!(access.is_ours() && !access.is_open_to_others());
        }
        let check = |mode, is_open, is_readable| {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let access = look(&path);
            assert_eq!(access.is_open_to_others(), is_open, "{mode:o}");
            assert_eq!(access.is_readable_by_all(), is_readable, "{mode:o}");
        };
        check(0o640, true, false);
        check(0o604, true, true);
        check(0o400, false, false);
        sync_folder(&inner).unwrap();
    }

    #[test]
    fn as_many_files_as_allowed() {
        raise_open_files();
        let allowed = getrlimit(Resource::Nofile);
        assert!(allowed.current == allowed.maximum || allowed.current >= Some(OPEN_MAX));
        assert_eq!(open_files_max(), allowed.current);
        assert!(!host_name().is_empty());
    }
}
