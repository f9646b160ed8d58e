//! Secrets, from a setting or from the file that another one names.

use std::{fs, path::PathBuf};

use secrecy::SecretString;

use super::reader::Reader;

/// A key ring or a client secret is small.
const SECRET_FILE_BYTES_MAX: u64 = 64 * 1024;

/// A secret from its setting or from the file that the other one names.
pub(super) fn secret(
    reader: &mut Reader<'_>,
    name: &'static str,
    file_name: &'static str,
) -> Option<SecretString> {
    let (text, file) = (reader.filled(name), reader.filled(file_name).map(PathBuf::from));
    let Some(file) = file else { return text.map(SecretString::from) };
    if text.is_some() {
        reader.refuse_unshown(file_name, format!("set beside {name}; leave one of them out"));
        return None;
    }
    let is_small = fs::metadata(&file).is_ok_and(|data| data.len() <= SECRET_FILE_BYTES_MAX);
    let text = if is_small { fs::read_to_string(&file).ok() } else { None };
    // Editors of Windows begin a text with a mark.
    let text = text.map(|text| text.trim_start_matches('\u{feff}').trim().to_owned());
    let text = text.filter(|text| !text.is_empty());
    if text.is_none() {
        // A secret that was put in the place of its file must not be shown.
        reader.refuse_unshown(file_name, "cannot be read, is empty, or is larger than 64 KiB");
    }
    text.map(SecretString::from)
}
