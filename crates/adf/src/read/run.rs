//! Inline content as a flat list of runs: what is written, under which marks, inside which link.

use std::borrow::Cow;

/// A set of the marks below.
pub(super) type Marks = u8;
/// `**…**`
pub(super) const STRONG: Marks = 1;
/// `_…_`
pub(super) const EM: Marks = 2;
/// `~~…~~`
pub(super) const STRIKE: Marks = 4;
/// All of them.
pub(super) const ALL: Marks = STRONG | EM | STRIKE;

/// What a run writes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Fragment<'a> {
    /// Text still to be escaped; holds no line end.
    Text(Cow<'a, str>),
    /// The content of a code span.
    Code(Cow<'a, str>),
    /// Finished Markdown.
    Raw(String),
    /// A hard line break.
    Break,
}

/// A fragment with its marks and the address of the link it is in.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Run<'a> {
    pub(super) fragment: Fragment<'a>,
    pub(super) marks: Marks,
    pub(super) href: Option<&'a str>,
}

impl<'a> Run<'a> {
    /// A run without marks.
    pub(super) fn plain(fragment: Fragment<'a>) -> Self {
        Self { fragment, marks: 0, href: None }
    }

    /// The same run, owning its text; the address of its link stands behind it.
    pub(super) fn detached<'o>(self) -> [Run<'o>; 2] {
        let fragment = match self.fragment {
            Fragment::Text(text) => Fragment::Text(Cow::Owned(text.into_owned())),
            Fragment::Code(code) => Fragment::Code(Cow::Owned(code.into_owned())),
            Fragment::Raw(markdown) => Fragment::Raw(markdown),
            Fragment::Break => Fragment::Break,
        };
        let address = self.href.map_or_else(String::new, |href| format!(" ({href})"));
        [
            Run { fragment, marks: self.marks, href: None },
            Run::plain(Fragment::Text(address.into())),
        ]
    }

    /// Text under the marks and the link of another run.
    pub(super) fn text_like(&self, text: &str) -> Self {
        Self {
            fragment: Fragment::Text(Cow::Owned(text.to_owned())),
            marks: self.marks,
            href: self.href,
        }
    }

    /// A line break, or text that is nothing but white space.
    pub(super) fn is_space(&self) -> bool {
        match &self.fragment {
            Fragment::Text(text) => text.chars().all(char::is_whitespace),
            Fragment::Break => true,
            Fragment::Code(_) | Fragment::Raw(_) => false,
        }
    }

    /// The first character of its Markdown, as far as delimiters beside it care.
    pub(super) fn first(&self) -> char {
        match &self.fragment {
            Fragment::Text(text) => text.chars().next().unwrap_or(' '),
            Fragment::Code(_) => '`',
            Fragment::Raw(markdown) => markdown.chars().next().unwrap_or(' '),
            Fragment::Break => ' ',
        }
    }

    /// The last character of its Markdown, as far as delimiters beside it care.
    pub(super) fn last(&self) -> char {
        match &self.fragment {
            Fragment::Text(text) => text.chars().next_back().unwrap_or(' '),
            Fragment::Code(_) => '`',
            Fragment::Raw(markdown) => markdown.chars().next_back().unwrap_or(' '),
            Fragment::Break => ' ',
        }
    }
}

/// Whether a delimiter beside this character has to look at what is on its own other side: a
/// letter, a digit, or a symbol whose class parsers disagree about.
pub(super) fn is_wordish(c: char) -> bool {
    !c.is_whitespace() && !c.is_ascii_punctuation()
}
