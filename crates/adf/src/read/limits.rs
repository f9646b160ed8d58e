//! How deep a document is followed.

/// How deep a tree is followed; below that only its text is shown. Parsed JSON ends at 64 levels of
/// nodes.
pub(super) const DEPTH_MAX: usize = 100;

/// What stands before each line of lists and quotes is followed to this many bytes; below that only
/// text is shown. Thirty lists in each other have ninety.
pub(super) const PREFIX_BYTES_MAX: usize = 128;
