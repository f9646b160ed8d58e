//! Half an emoji, which real sites hold where an app cut a text between two UTF-16 units.

/// Stands for the first half of an emoji whose second half somebody cut off: Rust's texts cannot
/// hold one.
pub(crate) const HALF_EMOJI: char = '\u{F83D}';

/// Half an emoji as Jira sends it, an escape without its partner.
pub(crate) fn escaped(json: Vec<u8>) -> Vec<u8> {
    let mut letter = [0; 4];
    let letter = HALF_EMOJI.encode_utf8(&mut letter).as_bytes();
    let mut shown = Vec::with_capacity(json.len());
    let mut rest = json.as_slice();
    while let Some(at) = memchr::memmem::find(rest, letter) {
        shown.extend_from_slice(rest.get(..at).unwrap_or_default());
        shown.extend_from_slice(br"\ud83d");
        rest = rest.get(at + letter.len()..).unwrap_or_default();
    }
    if shown.is_empty() {
        return json;
    }
    shown.extend_from_slice(rest);
    shown
}
