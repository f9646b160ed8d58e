//! What differs between operating systems, behind one face.
#![doc = include_str!("../README.md")]

mod desktop;
#[cfg(unix)]
#[path = "unix.rs"]
mod system;
#[cfg(windows)]
#[path = "windows.rs"]
mod system;

pub use self::{
    desktop::{BROWSER, KEYRING, Keyring, STATE_FOLDERS},
    system::{
        ALLOCATOR, Allocator, access, asked_to_stop, create_private_folder, forbid_core_dumps,
        give_memory_back, host_name, open_files_max, open_without_waiting, private,
        raise_open_files, sync_folder,
    },
};

/// Who may use a file or a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// The user that owns it.
    pub owner: u32,
    /// The user that this process runs as.
    pub own: u32,
    /// The nine bits of its permissions.
    pub mode: u32,
}

impl Access {
    /// Whether it belongs to the user that this process runs as.
    pub const fn is_ours(self) -> bool {
        self.owner == self.own
    }

    /// Whether its group or everybody may do anything with it.
    pub const fn is_open_to_others(self) -> bool {
        self.mode & 0o077 != 0
    }

    /// Whether every user of the machine may read it.
    pub const fn is_readable_by_all(self) -> bool {
        self.mode & 0o004 != 0
    }
}
