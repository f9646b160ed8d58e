//! How much one key may have: pure counting machines of bounded size that are told the time.

mod keyed;
mod limiter;
mod refusal;
mod shared_rate;
mod shares;
mod window;

pub use keyed::{Keyed, Slot};
pub use limiter::{Limiter, LimiterPermit, LimiterSettings};
pub use refusal::Refusal;
pub use shared_rate::{Counting, SharedRate};
pub use shares::{Share, Shares, SharesSettings};
pub use window::SlidingCount;
