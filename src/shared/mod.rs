//! What replicas count, claim and remember together, in the store that they share.
//!
//! Where there is no such store, each process goes by what it sees itself.

mod answers;
mod claims;
mod outage;
mod rate;
mod unforgotten;

pub use answers::StoreAnswers;
pub use claims::StoreClaims;
pub use outage::SharedStore;
pub use rate::StoreRate;

#[cfg(test)]
mod tests;
