//! What a tool may be told: arguments declared once, read generously, refused with advice.
//!
//! [`arguments!`](crate::arguments) turns one struct into its JSON schema rows and its
//! reader, so the two cannot drift apart. Models do not write what a schema says, so `"5"` is read
//! for 5, `"true"` for true, a comma list for an array, `{"$kind":…,"value":…}` for its value, an
//! object of Jira's for its key or name, null or an empty string for absent.

mod argument;
mod keyword;
mod numeric_id;
mod raw_arguments;
mod scalar;
mod synonyms;
mod words;

pub use argument::{ArgSpec, Argument, ListItem, Said, Shape};
pub use numeric_id::NumericId;
pub use raw_arguments::{Arguments, RawArguments};
pub use scalar::json_type;
pub use synonyms::Synonyms;
pub use words::{nearest, shown};

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

            fn read(mut given: $crate::args::RawArguments) -> Result<Self, $crate::ToolError> {
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
