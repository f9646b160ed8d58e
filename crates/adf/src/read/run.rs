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
pub(super) enum Piece<'a> {
    /// Text still to be escaped; holds no line end.
    Text(Cow<'a, str>),
    /// The content of a code span.
    Code(Cow<'a, str>),
    /// Finished Markdown.
    Raw(String),
    /// A hard line break.
    Break,
}

/// A piece with its marks and the address of the link it is in.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Run<'a> {
    pub(super) piece: Piece<'a>,
    pub(super) marks: Marks,
    pub(super) href: Option<&'a str>,
}

impl<'a> Run<'a> {
    /// A run without marks.
    pub(super) fn plain(piece: Piece<'a>) -> Self {
        Self { piece, marks: 0, href: None }
    }

    /// The same run, owning its text; the address of its link stands behind it.
    pub(super) fn detached<'o>(self) -> [Run<'o>; 2] {
        let piece = match self.piece {
            Piece::Text(text) => Piece::Text(Cow::Owned(text.into_owned())),
            Piece::Code(code) => Piece::Code(Cow::Owned(code.into_owned())),
            Piece::Raw(markdown) => Piece::Raw(markdown),
            Piece::Break => Piece::Break,
        };
        let address = self.href.map_or_else(String::new, |href| format!(" ({href})"));
        [Run { piece, marks: self.marks, href: None }, Run::plain(Piece::Text(address.into()))]
    }

    /// Text under the marks and the link of another run.
    pub(super) fn text_like(&self, text: &str) -> Self {
        Self { piece: Piece::Text(Cow::Owned(text.to_owned())), marks: self.marks, href: self.href }
    }

    /// A line break, or text that is nothing but white space.
    pub(super) fn is_space(&self) -> bool {
        match &self.piece {
            Piece::Text(text) => text.chars().all(char::is_whitespace),
            Piece::Break => true,
            Piece::Code(_) | Piece::Raw(_) => false,
        }
    }

    /// The first character of its Markdown, as far as delimiters beside it care.
    pub(super) fn first(&self) -> char {
        match &self.piece {
            Piece::Text(text) => text.chars().next().unwrap_or(' '),
            Piece::Code(_) => '`',
            Piece::Raw(markdown) => markdown.chars().next().unwrap_or(' '),
            Piece::Break => ' ',
        }
    }

    /// The last character of its Markdown, as far as delimiters beside it care.
    pub(super) fn last(&self) -> char {
        match &self.piece {
            Piece::Text(text) => text.chars().next_back().unwrap_or(' '),
            Piece::Code(_) => '`',
            Piece::Raw(markdown) => markdown.chars().next_back().unwrap_or(' '),
            Piece::Break => ' ',
        }
    }
}

/// Whether a delimiter beside this character has to look at what is on its own other side: a
/// letter, a digit, or a symbol whose class parsers disagree about.
pub(super) fn is_wordish(c: char) -> bool {
    !c.is_whitespace() && !c.is_ascii_punctuation()
}
