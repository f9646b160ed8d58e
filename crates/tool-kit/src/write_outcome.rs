//! What became of a write that failed without an answer.

/// The word under `outcome` in the error of a write. A write that was done is no error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteOutcome {
    /// A look has shown that nothing was changed.
    NotDone,
    /// It may have been done, or may still be under way.
    Unknown,
    /// What a look found is most likely the work of this call.
    ProbablyDone,
}

impl WriteOutcome {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::NotDone, Self::Unknown, Self::ProbablyDone];

    /// The word that agents read.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotDone => "not_done",
            Self::Unknown => "unknown",
            Self::ProbablyDone => "probably_done",
        }
    }

    /// What it means.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::NotDone => "The answer was lost, and a look showed that nothing was changed.",
            Self::Unknown => "The change may or may not have been made, or may still be under way.",
            Self::ProbablyDone => "What a look found is most likely the work of this call.",
        }
    }

    /// What to do.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::NotDone => "Repeat the call.",
            Self::Unknown => "Read before trying again.",
            Self::ProbablyDone => "Do not repeat the call.",
        }
    }

    /// Whether the same call may be repeated without harm.
    pub const fn is_retryable(self) -> bool {
        matches!(self, Self::NotDone)
    }
}
