//! The arguments of one call: each is read once, and every fault is answered at once.

use serde_json::{Map, Value};

use crate::error::ToolError;

use super::{
    argument::{ArgSpec, Argument, is_absent, unwrap_kind},
    synonyms::Synonyms,
};

/// A struct of arguments that knows its schema; implemented by `arguments!`.
pub trait Arguments: Sized {
    /// The rows of the schema, in the order of the struct.
    const SPECS: &'static [ArgSpec];

    /// Reads all arguments, or says everything that is wrong with them at once.
    fn read(given: RawArguments) -> Result<Self, ToolError>;
}

/// The arguments of one call while they are being read.
#[derive(Debug, Clone)]
pub struct RawArguments {
    values: Map<String, Value>,
    problems: Vec<String>,
    tool: &'static str,
    synonyms: &'static Synonyms,
    /// Arguments that every tool of the product takes.
    of_every_tool: &'static [ArgSpec],
}

impl RawArguments {
    /// Takes what the client sent.
    pub fn new(values: Map<String, Value>) -> Self {
        Self {
            values,
            problems: Vec::new(),
            tool: "",
            synonyms: &Synonyms::NONE,
            of_every_tool: &[],
        }
    }

    /// Says for which tool they are, and which arguments it takes beside its own, so that advice
    /// fits.
    #[must_use]
    pub fn of_tool(
        self,
        tool: &'static str,
        synonyms: &'static Synonyms,
        of_every_tool: &'static [ArgSpec],
    ) -> Self {
        Self { tool, synonyms, of_every_tool, ..self }
    }

    /// Takes a value by name before the tool's own arguments are read, for those every tool
    /// accepts. One that cannot be read is a fault like that of any other argument.
    pub fn take_text(&mut self, name: &str) -> Option<String> {
        self.take::<Option<String>>(name).flatten().map(|text| text.trim().to_owned())
    }

    /// Reads one argument; a fault is noted and answered by [`RawArguments::finish`].
    pub fn take<T: Argument>(&mut self, name: &str) -> Option<T> {
        let given = self.values.remove(name).map(unwrap_kind);
        // Null is how strict schemas leave out; an empty text may be meant.
        let is_empty = given.as_ref().is_some_and(|value| value.is_string() && is_absent(value));
        let Some(value) = given.filter(|value| !is_absent(value)) else {
            if T::REQUIRED {
                self.problems.push(format!("`{name}` is required"));
            }
            return if is_empty { T::empty() } else { T::absent() };
        };
        match T::read(value) {
            Ok(read) => Some(read),
            Err(fault) => {
                self.problems.push(format!("`{name}` {fault}"));
                None
            }
        }
    }

    /// Refuses what is left over, with the nearest known name, and reports every fault at once.
    pub fn finish(mut self, specs: &[ArgSpec]) -> Result<(), ToolError> {
        for name in self.values.keys() {
            self.problems.push(self.synonyms.advice(name, self.tool, specs));
        }
        if self.problems.is_empty() {
            return Ok(());
        }
        let known: Vec<&str> =
            specs.iter().chain(self.of_every_tool).map(|spec| spec.name).collect();
        Err(ToolError::invalid_argument(self.problems.join("; "))
            .hint(format!("Accepted arguments: {}.", known.join(", "))))
    }
}
