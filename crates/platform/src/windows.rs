//! Windows. What the system has no equal for does nothing, as the README's table says.

use std::{
    fs::{self, File, Metadata, OpenOptions},
    io,
    path::Path,
};

use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};

use crate::Access;

/// The allocator of the program.
pub type Allocator = std::alloc::System;

/// The system's: jemalloc is not built for Microsoft's compiler.
pub const ALLOCATOR: Allocator = std::alloc::System;

/// The system's allocator returns pages by itself.
pub const fn give_memory_back() {}

/// There is no limit to raise.
pub const fn raise_open_files() {}

/// There is no limit on sockets but memory.
pub const fn open_files_max() -> Option<u64> {
    None
}

/// Nothing is dumped unless an administrator has asked for it (`LocalDumps`), who may read the
/// memory anyhow.
pub const fn forbid_core_dumps() -> io::Result<()> {
    Ok(())
}

/// Resolves when the process is asked to stop. The handlers stand as soon as this returns.
pub fn asked_to_stop() -> impl Future<Output = ()> {
    let asked = (ctrl_c().ok(), ctrl_break().ok(), ctrl_close().ok(), ctrl_shutdown().ok());
    async move {
        let (mut c, mut ctrl_break, mut close, mut shutdown) = asked;
        // One whose handler could not be set keeps the system's own answer.
        macro_rules! next {
            ($signal:expr) => {
                async {
                    match $signal.as_mut() {
                        Some(signal) => {
                            signal.recv().await;
                        }
                        None => std::future::pending().await,
                    }
                }
            };
        }
        tokio::select! {
            () = next!(c) => {}
            () = next!(ctrl_break) => {}
            () = next!(close) => {}
            () = next!(shutdown) => {}
        }
    }
}

/// A file gets the rights of its folder.
pub const fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Makes a folder with all above it. It gets the rights of the one that it is made in.
pub fn create_private_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// Rights are lists here, not an owner and a mode.
pub const fn access(_about: &Metadata) -> Option<Access> {
    None
}

/// Opens for reading. A pipe without a server is refused at once.
pub fn open_without_waiting(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// A folder cannot be opened as a file; NTFS keeps a log of its names.
pub const fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// The machine's name.
pub fn host_name() -> String {
    std::env::var_os("COMPUTERNAME")
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
