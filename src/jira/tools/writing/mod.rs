//! What every tool that writes shares: values, texts, consent, and writes whose outcome is unknown.

pub(super) mod audience;
pub(super) mod changes;
pub(super) mod confirm;
pub(super) mod fields;
pub(super) mod read_back;
pub(super) mod rich_text;
pub(super) mod text;
pub(super) mod texts_made;
pub(super) mod uncertain_write;
