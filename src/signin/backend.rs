//! Where sessions are kept: one of three places, as the operator says.

use std::sync::Arc;

use session_store::{Backend, Files, Memory, Redis};

use super::settings::StoreSettings;

/// Sessions, pending sign-ins and lists of one process, as they are kept.
pub(super) const MEMORY_BYTES_MAX: usize = 16 << 20;

/// Records of one folder: a session, a person's list or a pending sign-in each.
const FILES_MAX: usize = 100_000;

/// Opens the place; a text for the operator says why it cannot be used.
pub(super) fn backend(settings: &StoreSettings) -> Result<Arc<dyn Backend>, String> {
    Ok(match settings {
        StoreSettings::Memory => Arc::new(Memory::new(MEMORY_BYTES_MAX)),
        StoreSettings::Files(folder) => {
            Arc::new(Files::open(folder, FILES_MAX).map_err(|error| error.to_string())?)
        }
        StoreSettings::Redis(url) => Arc::new(Redis::new(url).map_err(|error| error.to_string())?),
    })
}
