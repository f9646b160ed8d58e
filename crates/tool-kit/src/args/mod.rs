//! What a tool may be told: arguments declared once, read generously, refused with advice.
//!
//! [`arguments!`](crate::arguments) turns one struct into its JSON schema rows and its
//! reader, so the two cannot drift apart. Models do not write what a schema says, so `"5"` is read
//! for 5, `"true"` for true, a comma list for an array, `{"$kind":…,"value":…}` for its value, an
//! object of Jira's for its key or name, null or an empty string for absent.

mod keyword;
mod numeric_id;
mod scalar;
mod synonyms;

use serde_json::{Map, Value};

pub use numeric_id::NumericId;
pub use scalar::json_type;
pub use synonyms::Synonyms;

use super::{error::ToolError, tool::Tool};

/// The JSON Schema type of an argument. Agents' platforms accept these four and nothing richer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `string`
    Text,
    /// `integer`
    Integer,
    /// `boolean`
    Flag,
    /// `array` of `string`
    List,
}

/// One row of a tool's input schema.
#[derive(Debug, Clone, Copy)]
pub struct ArgSpec {
    /// The property's name.
    pub name: &'static str,
    /// What an agent reads about it.
    pub about: &'static str,
    /// Its JSON Schema type.
    pub shape: Shape,
    /// Whether the tool refuses to run without it.
    pub required: bool,
}

/// A value that can be read from what an agent sends.
pub trait Argument: Sized {
    /// How the schema shows it.
    const SHAPE: Shape;
    /// Whether it must be given.
    const REQUIRED: bool = true;

    /// Reads a value that is neither null nor an empty string. The error completes "`name` …".
    fn read(value: Value) -> Result<Self, String>;

    /// The value to use when none was given, if there is one.
    fn absent() -> Option<Self> {
        None
    }
}

impl<T: Argument> Argument for Option<T> {
    const SHAPE: Shape = T::SHAPE;
    const REQUIRED: bool = false;

    fn read(value: Value) -> Result<Self, String> {
        T::read(value).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

/// What stands in a list of arguments and is read from its text.
pub trait ListItem: Sized {
    /// Reads one item. The error completes "`name` …".
    fn read_item(text: &str) -> Result<Self, String>;
}

impl<T: ListItem> Argument for Vec<T> {
    const SHAPE: Shape = Shape::List;

    fn read(value: Value) -> Result<Self, String> {
        Vec::<String>::read(value)?.iter().map(|text| T::read_item(text)).collect()
    }
}

/// A struct of arguments that knows its schema; implemented by `arguments!`.
pub trait Arguments: Sized {
    /// The rows of the schema, in the order of the struct.
    const SPECS: &'static [ArgSpec];

    /// Reads all arguments, or says everything that is wrong with them at once.
    fn read(given: Given) -> Result<Self, ToolError>;
}

/// The arguments of one call while they are being read.
#[derive(Debug, Clone)]
pub struct Given {
    values: Map<String, Value>,
    problems: Vec<String>,
    tool: &'static str,
    synonyms: &'static Synonyms,
    /// Arguments that every tool of the product takes.
    of_every_tool: &'static [&'static str],
}

impl Given {
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
    pub fn of_tool(self, tool: &Tool, of_every_tool: &'static [&'static str]) -> Self {
        Self { tool: tool.name, synonyms: tool.synonyms, of_every_tool, ..self }
    }

    /// Takes a value by name before the tool's own arguments are read, for those every tool
    /// accepts. One that cannot be read is a fault like that of any other argument.
    pub fn take_text(&mut self, name: &str) -> Option<String> {
        self.take::<Option<String>>(name).flatten().map(|text| text.trim().to_owned())
    }

    /// Reads one argument; a fault is noted and answered by [`Given::finish`].
    pub fn take<T: Argument>(&mut self, name: &str) -> Option<T> {
        let value = self.values.remove(name).map(unwrap_kind).filter(|value| !is_absent(value));
        let Some(value) = value else {
            if T::REQUIRED {
                self.problems.push(format!("`{name}` is required"));
            }
            return T::absent();
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
        let of_every_tool = self.of_every_tool.iter().copied();
        let known: Vec<&str> = specs.iter().map(|spec| spec.name).chain(of_every_tool).collect();
        Err(ToolError::invalid_argument(self.problems.join("; "))
            .hint(format!("Accepted arguments: {}.", known.join(", "))))
    }
}

/// The closest of `known` to `wanted`, if any is close enough to be meant.
pub fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Comparing costs the product of both lengths; no name of ours is longer.
    if wanted.len() > 100 {
        return None;
    }
    let wanted = wanted.to_lowercase();
    known
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&wanted, &name.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness >= 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// A piece of the caller's own input, short and printable enough to be quoted back.
pub fn shown(text: &str) -> String {
    let clean: String = text.chars().filter(|c| !c.is_control()).take(60).collect();
    if clean.len() < text.len() { format!("{clean}…") } else { clean }
}

/// Power Platform wraps some values as `{"$kind":…,"value":…}`; the value is what was meant.
fn unwrap_kind(value: Value) -> Value {
    match value {
        Value::Object(mut object)
            if object.contains_key("$kind") && object.contains_key("value") =>
        {
            object.remove("value").unwrap_or(Value::Null)
        }
        other => other,
    }
}

fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

/// Declares a tool's arguments: the doc comment of each field is what an agent reads about it. A
/// field whose name says it all has none, for each one costs bytes in every tool list.
#[macro_export]
macro_rules! arguments {
    ($(#[$meta:meta])* $vis:vis $name:ident {
        $( $(#[doc = $doc:literal])* $field:ident: $type:ty ),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Debug)]
        $vis struct $name { $( $(#[doc = $doc])* $vis $field: $type, )* }

        impl $crate::args::Arguments for $name {
            const SPECS: &'static [$crate::args::ArgSpec] = &[$(
                $crate::args::ArgSpec {
                    name: stringify!($field),
                    about: concat!($($doc),*),
                    shape: <$type as $crate::args::Argument>::SHAPE,
                    required: <$type as $crate::args::Argument>::REQUIRED,
                },
            )*];

            fn read(mut given: $crate::args::Given) -> Result<Self, $crate::ToolError> {
                $( let $field = given.take::<$type>(stringify!($field)); )*
                given.finish(Self::SPECS)?;
                if let ($(Some($field),)*) = ($($field,)*) {
                    return Ok(Self { $($field,)* });
                }
                Err($crate::ToolError::internal("an argument was read but not kept"))
            }
        }
    };
}
