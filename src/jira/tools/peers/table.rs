//! What a row of the tables says.

/// A tool of another server.
#[derive(Debug)]
pub(super) struct Alias {
    /// Its name there.
    pub(super) name: &'static str,
    /// Our tool that does the same.
    pub(super) tool: &'static str,
    /// Arguments of ours that make it the same.
    pub(super) fixed: &'static [(&'static str, &'static str)],
    /// Its arguments that are not called as ours are, or say the same in another way.
    pub(super) takes: &'static [(&'static str, Take)],
}

/// What becomes of an argument.
#[derive(Debug, Clone, Copy)]
pub(super) enum Take {
    /// The same value under our name.
    As(&'static str),
    /// A name, id or key, also as an object that holds one.
    Name(&'static str),
    /// The same, where the name says more than the id.
    Kind(&'static str),
    /// A text in Markdown, or a document of Jira's as an object or JSON text.
    Text(&'static str),
    /// A value that an explicit null or empty text clears there.
    Clears(&'static str),
    /// One issue, given where several may be.
    Single(&'static str),
    /// Fields by name or id, as an object or JSON text.
    Fields,
    /// Sections of an issue, by its words for them.
    Sections,
    /// How many comments are wanted.
    CommentCount,
    /// Who may see a comment, as an object or JSON text.
    Visibility,
    /// Whether customers see a comment.
    Public,
    /// A project that all issues are of.
    ProjectQuery,
    /// It changes how their reply looks, which ours is not like.
    Moot,
    /// One of these values, which ask for what is done here anyway, or nothing; else what to do.
    Only(&'static [&'static str], &'static str),
    /// `auto`, or one of these values, with which another argument says what is done.
    Announces { accepted: &'static [&'static str], ours: &'static str, way_out: &'static str },
    /// What to do in its place.
    No(&'static str),
}

/// A row.
pub(super) const fn alias(
    name: &'static str,
    tool: &'static str,
    fixed: &'static [(&'static str, &'static str)],
    takes: &'static [(&'static str, Take)],
) -> Alias {
    Alias { name, tool, fixed, takes }
}
