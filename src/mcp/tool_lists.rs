//! What the operator allows, as tools are shown, and the bytes of lists that were made once.
//!
//! A list differs from another by the request's narrowing, by what the caller's token lacks, by
//! the era, and by whether the client shows pages. All are a few bits, so the bytes are kept under
//! them; making them anew gives the same bytes.

use bytes::Bytes;
use quick_cache::sync::Cache;
use rmcp::model;
use tool_kit::Tool;

use crate::policy::{Policy, Variant, Verdict};

use super::{
    era::Wanted,
    products::Products,
    schema::{self, Showing},
};

/// Narrowings come from clients, so what is remembered of them is bounded; a list has 28 KB at
/// most.
const KEPT_LISTS: usize = 64;

/// Under what the bytes of a list are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    policy: Variant,
    /// One bit for each set of scopes that some tool needs and the token lacks.
    missing_scopes: u64,
    wanted: Wanted,
}

/// All lists of one server.
#[derive(Debug)]
pub(super) struct Lists {
    /// What the operator allows, in the order of the registry.
    rows: Vec<&'static Tool>,
    shown: Vec<model::Tool>,
    /// One tool for each distinct set of scopes.
    probes: Vec<&'static Tool>,
    rendered: Cache<Key, Bytes>,
}

impl Lists {
    /// `structured`: results carry structured content, so tools say what it looks like.
    pub(super) fn new(products: &Products, policy: &Policy, structured: bool) -> Self {
        let allowed = || products.tools().filter(|(_, tool)| policy.allows(tool));
        let rows: Vec<&'static Tool> = allowed().map(|(_, tool)| tool).collect();
        let shown = allowed().map(|(product, tool)| {
            let showing = Showing { common: product.common_arguments(), structured };
            schema::describe(tool, showing)
        });
        let shown = shown.collect();
        let mut probes: Vec<&'static Tool> = Vec::new();
        for tool in &rows {
            if !probes.iter().any(|probe| probe.scopes == tool.scopes) {
                probes.push(tool);
            }
        }
        Self { rows, shown, probes, rendered: Cache::new(KEPT_LISTS) }
    }

    /// Everything that the operator allows.
    pub(super) fn shown(&self) -> &[model::Tool] {
        &self.shown
    }

    /// Under what the bytes of a list are kept.
    pub(super) fn key(&self, policy: &Policy, granted: Option<&[String]>, wanted: Wanted) -> Key {
        Key { policy: policy.variant(), missing_scopes: self.missing_scope_bits(granted), wanted }
    }

    /// The bytes of a list that was made before.
    pub(super) fn rendered(&self, key: &Key) -> Option<Bytes> {
        self.rendered.get(key)
    }

    /// Keeps the bytes of a list.
    pub(super) fn keep(&self, key: Key, bytes: &Bytes) {
        self.rendered.insert(key, bytes.clone());
    }

    fn missing_scope_bits(&self, granted: Option<&[String]>) -> u64 {
        let Some(granted) = granted else { return 0 };
        let lacks = |probe: &&'static Tool| probe.missing_scopes(granted).is_some();
        (0..).zip(&self.probes).filter(|(_, probe)| lacks(probe)).map(|(bit, _)| 1_u64 << bit).sum()
    }

    pub(super) fn open(&self, policy: &Policy, granted: Option<&[String]>) -> Vec<model::Tool> {
        let all = self.rows.iter().zip(&self.shown);
        let open = all.filter(|(tool, _)| policy.judge(tool, granted) == Verdict::Open);
        open.map(|(_, shown)| shown.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mcp::tests::{
        policy,
        product::{Behaviour, products},
    };

    #[test]
    fn every_set_of_scopes_has_a_bit_of_its_own() {
        let lists = Lists::new(&products(Behaviour::Answer), &policy(), false);
        let bits = |granted: &[&str]| {
            let granted: Vec<String> = granted.iter().map(|scope| (*scope).to_owned()).collect();
            lists.missing_scope_bits(Some(&granted))
        };
        assert_eq!(lists.missing_scope_bits(None), 0);
        assert_eq!(
            [bits(&["read", "write"]), bits(&["write"]), bits(&["read"]), bits(&[])],
            [0b00, 0b01, 0b10, 0b11]
        );
    }
}
