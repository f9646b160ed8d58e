//! How pages stay up to date.

use local_page::Live;

/// The events' path.
pub(super) const EVENTS: &str = "/_page/events";

/// How a page that shows the sandbox's state stays up to date.
pub(super) const LIVE: Live = Live::Events(EVENTS);
