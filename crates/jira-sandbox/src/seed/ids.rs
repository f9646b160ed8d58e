//! The ids that several parts of the seed name.

/// Ids from here on belong to what is made later; the seed numbers its own things below.
pub(crate) const FIRST_FREE_ID: u64 = 100_000;

// Projects
pub(crate) const ACME: u64 = 10_000;
pub(crate) const MOB: u64 = 10_001;
pub(crate) const OPS: u64 = 10_002;

// Types; the team-managed project has its own.
pub(crate) const EPIC: u64 = 10_000;
pub(crate) const STORY: u64 = 10_001;
pub(crate) const TASK: u64 = 10_002;
pub(crate) const SUBTASK: u64 = 10_003;
pub(crate) const BUG: u64 = 10_004;
pub(crate) const INCIDENT: u64 = 10_020;
pub(crate) const CHANGE: u64 = 10_021;
pub(crate) const MOB_EPIC: u64 = 10_010;
pub(crate) const MOB_STORY: u64 = 10_011;
pub(crate) const MOB_TASK: u64 = 10_012;
pub(crate) const MOB_SUBTASK: u64 = 10_013;
pub(crate) const MOB_BUG: u64 = 10_014;

// Statuses
pub(crate) const TO_DO: u64 = 10_000;
pub(crate) const IN_PROGRESS: u64 = 3;
pub(crate) const IN_REVIEW: u64 = 10_001;
pub(crate) const DONE: u64 = 10_002;
pub(crate) const MOB_TO_DO: u64 = 10_010;
pub(crate) const MOB_IN_PROGRESS: u64 = 10_011;
pub(crate) const MOB_DONE: u64 = 10_012;
pub(crate) const OPEN: u64 = 1;
pub(crate) const INVESTIGATING: u64 = 10_020;
pub(crate) const WAITING: u64 = 10_021;
pub(crate) const RESOLVED: u64 = 5;
pub(crate) const CLOSED: u64 = 6;

// Resolutions
pub(crate) const RESOLUTION_DONE: u64 = 10_000;
