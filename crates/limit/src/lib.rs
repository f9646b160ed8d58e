//! How much one key may have: pure counting machines of bounded size that are told the time.

mod keyed;
mod limiter;
mod shares;
mod window;

pub use keyed::{Keyed, Slot};
pub use limiter::{Limiter, LimiterPermit, LimiterSettings, Refusal};
pub use shares::{Share, Shares, SharesSettings};
pub use window::SlidingCount;
