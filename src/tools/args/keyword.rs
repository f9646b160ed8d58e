//! Arguments with a short list of allowed words: schemas cannot say `enum`, so the reader does.

/// Declares an enum whose values are read from a keyword in any letter case, alone or in a list.
macro_rules! keywords {
    ($(#[$meta:meta])* $vis:vis $name:ident { $( $variant:ident = $word:literal ),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $vis enum $name { $( $variant, )+ }

        impl $name {
            const WORDS: &'static [&'static str] = &[$($word),+];

            fn parse(text: &str) -> Result<Self, String> {
                $( if text.trim().eq_ignore_ascii_case($word) { return Ok(Self::$variant); } )+
                Err(format!(
                    "must be one of {}, not '{}'", Self::WORDS.join(", "), $crate::tools::args::shown(text)
                ))
            }
        }

        impl $crate::tools::args::Argument for Vec<$name> {
            const SHAPE: $crate::tools::args::Shape = $crate::tools::args::Shape::List;

            fn read(value: serde_json::Value) -> Result<Self, String> {
                Vec::<String>::read(value)?.iter().map(|text| $name::parse(text)).collect()
            }
        }
    };
}
pub(in crate::tools) use keywords;
