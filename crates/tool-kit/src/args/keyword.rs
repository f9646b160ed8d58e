//! Arguments with a short list of allowed words: schemas cannot say `enum`, so the reader does.

/// Declares an enum whose values are read from a keyword in any letter case, alone or in a list.
#[macro_export]
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
                    "must be one of {}, not '{}'", Self::WORDS.join(", "), $crate::args::shown(text)
                ))
            }
        }

        impl $crate::args::ListItem for $name {
            fn read_item(text: &str) -> Result<Self, String> {
                Self::parse(text)
            }
        }
    };
}
