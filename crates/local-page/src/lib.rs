//! A page for the person at this machine: its frame, the guard that keeps pages of the internet
//! out, and how it stays up to date. It knows nothing of what is shown.

mod events;
mod guard;
mod page;

pub use events::{Changes, Watcher};
pub use guard::guarded;
pub use page::{Link, Live, Page};
