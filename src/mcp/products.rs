//! The families of tools that one server offers, asked as one.

use std::sync::Arc;

use auth::Caller;
use serde_json::{Map, Value};
use tool_kit::{HeaderArgument, Product, ResourceKind, Suggestions, Tool};

/// One or more products. No two have a tool or a name in common. A clone shares them.
#[derive(Debug, Clone)]
pub struct Products(Arc<[Arc<dyn Product>]>);

impl Products {
    /// In the order in which their tools are listed.
    pub fn new(products: impl IntoIterator<Item = Arc<dyn Product>>) -> Self {
        Self(products.into_iter().collect())
    }

    fn each(&self) -> impl Iterator<Item = &dyn Product> {
        self.0.iter().map(AsRef::as_ref)
    }

    /// For people.
    pub(super) fn title(&self) -> String {
        self.each().map(Product::title).collect::<Vec<_>>().join(", ")
    }

    /// What every conversation is told.
    pub(super) fn instructions(&self) -> String {
        self.each().map(Product::instructions).collect::<Vec<_>>().join("\n")
    }

    /// Every tool, with the product that it is of.
    pub(super) fn tools(&self) -> impl Iterator<Item = (&dyn Product, &'static Tool)> {
        self.each().flat_map(|product| product.tools().into_iter().map(move |tool| (product, tool)))
    }

    /// The tool of that name.
    pub(super) fn tool(&self, name: &str) -> Option<(&dyn Product, &'static Tool)> {
        self.each().find_map(|product| Some((product, product.tool(name)?)))
    }

    /// The tool that a call means, by its own name or by another server's.
    pub(super) fn called(
        &self,
        name: &str,
        arguments: Option<&Map<String, Value>>,
    ) -> Option<(&dyn Product, &'static Tool)> {
        let none = Map::new();
        let arguments = arguments.unwrap_or(&none);
        self.tool(name).or_else(|| {
            self.each().find_map(|product| {
                Some((product, product.tool_called_elsewhere(name, arguments)?))
            })
        })
    }

    /// The tool that a name of no tool most probably means, among those that may be named.
    pub(super) fn nearest_tool(
        &self,
        name: &str,
        may_be_named: &dyn Fn(&Tool) -> bool,
    ) -> Option<&'static str> {
        self.each().find_map(|product| product.nearest_tool(name, may_be_named))
    }

    /// Arguments that clients repeat in a header.
    pub(super) fn header_arguments(&self) -> Vec<HeaderArgument> {
        self.each().flat_map(Product::header_arguments).copied().collect()
    }

    /// The product whose addresses have this scheme.
    pub(super) fn named(&self, scheme: &str) -> Option<&dyn Product> {
        self.each().find(|product| product.name() == scheme)
    }

    /// What can be read by an address, each with the product that it is of.
    pub(super) fn resources(&self) -> impl Iterator<Item = (&dyn Product, ResourceKind)> {
        let of = |product: &dyn Product| product.resources();
        self.each()
            .flat_map(move |product| of(product).into_iter().map(move |kind| (product, kind)))
    }

    /// What is known of the scopes of a caller's token. Tools of a product that knows no scopes
    /// need none.
    pub(super) fn granted_scopes(&self, caller: &Caller) -> Option<Vec<String>> {
        self.each().find_map(|product| product.granted_scopes(caller))
    }

    /// Where suggestions for an argument come from: of the first product that has any.
    pub(super) fn suggestions(
        &self,
        argument: &str,
        typed: &str,
        others: &dyn Fn(&str) -> Option<String>,
    ) -> Suggestions {
        let of = |product: &dyn Product| product.suggestions(argument, typed, others);
        let mut found = self.each().map(of).filter(|found| !matches!(found, Suggestions::None));
        found.next().unwrap_or(Suggestions::None)
    }
}
