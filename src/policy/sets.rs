//! Sets of tools, a bit for each.

use tool_kit::Toolset;

/// Some of the sets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Sets(u16);

impl Sets {
    pub(super) fn of(sets: impl IntoIterator<Item = Toolset>) -> Self {
        Self(sets.into_iter().fold(0, |bits, set| bits | bit(set)))
    }

    pub(super) fn all() -> Self {
        Self::of(Toolset::ALL.iter().copied())
    }

    pub(super) const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) const fn contains(self, set: Toolset) -> bool {
        self.0 & bit(set) != 0
    }
}

const fn bit(set: Toolset) -> u16 {
    1_u16 << set as u8
}
