//! How much one text may be, judged before it is parsed: a page of Markdown can ask for a book of
//! nodes.

use crate::node::Node;

/// Characters of Markdown that are read: what Jira takes for one text, of which the Markdown is the
/// longer form. Source:
/// <https://support.atlassian.com/jira-cloud-administration/docs/configure-advanced-application-settings/>,
/// the text field character limit, which is 32,767 on every site.
const MARKDOWN_CHARS_MAX: usize = 32_767;

/// Cells that the parser may add to the short rows of tables before it hands them over.
const FILLED_CELLS_MAX: usize = 20_000;

/// Nodes of one document.
const PARTS_MAX: usize = 20_000;

/// What a text has too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Excess {
    /// Characters.
    #[error("The text has {0} characters, and Jira takes 32,767 for one text.")]
    Characters(usize),
    /// Cells that short rows lack.
    #[error("The text has tables whose rows lack too many cells of their heads' columns.")]
    MissingCells,
    /// Paragraphs, cells, words in bold and the like.
    #[error(
        "The text has {0} parts (words with marks, cells, items, paragraphs), and at most 20,000 are written."
    )]
    Parts(usize),
}

impl Excess {
    /// What makes it fit.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Characters(_) => {
                "Split the text, or attach it as a file with jira_add_attachment."
            }
            Self::MissingCells => {
                "Give the rows their cells, make smaller tables, or attach a file with jira_add_attachment."
            }
            Self::Parts(_) => {
                "Split the text, use less markup, or attach it as a file with jira_add_attachment."
            }
        }
    }
}

/// Whether Markdown may be parsed. It costs one look at each character.
pub fn check_markdown(markdown: &str) -> Result<(), Excess> {
    // No text has more characters than bytes, which spares the count for most.
    if markdown.len() > MARKDOWN_CHARS_MAX {
        // Blanks at its ends are no text.
        let chars = markdown.trim().chars().count();
        if chars > MARKDOWN_CHARS_MAX {
            return Err(Excess::Characters(chars));
        }
    }
    if missing_cells(markdown) > FILLED_CELLS_MAX { Err(Excess::MissingCells) } else { Ok(()) }
}

/// Whether a document may be written.
pub fn check_parts(document: &Node) -> Result<(), Excess> {
    let (mut parts, mut pending) = (0, vec![document]);
    while let Some(node) = pending.pop() {
        parts += 1 + node.marks.len();
        pending.extend(&node.content);
    }
    if parts > PARTS_MAX { Err(Excess::Parts(parts)) } else { Ok(()) }
}

/// No fewer than the cells that the rows below all lines of dashes and bars lack.
fn missing_cells(markdown: &str) -> usize {
    let (mut missing, mut columns) = (0_usize, 0_usize);
    for line in markdown.lines() {
        let bars = line.bytes().filter(|byte| *byte == b'|').count();
        if bars > 0 && is_delimiter(line) {
            columns = columns.max(bars + 1);
        } else if line.trim_start_matches(['>', ' ', '\t']).is_empty() {
            columns = 0;
        }
        missing = missing.saturating_add(columns.saturating_sub(bars + 1));
    }
    missing
}

/// Whether a line may part the head of a table from its rows.
fn is_delimiter(line: &str) -> bool {
    line.contains('-')
        && line.bytes().all(|byte| matches!(byte, b'|' | b'-' | b':' | b' ' | b'\t' | b'\r' | b'>'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_short_rows_are_counted_before_they_are_filled_up() {
        let table = |columns: usize, rows: usize| {
            format!(
                "{}|\n{}|\n{}",
                "|a".repeat(columns),
                "|-".repeat(columns),
                "|b|\n".repeat(rows)
            )
        };
        assert_eq!(check_markdown(&table(40, 400)), Ok(()));
        assert_eq!(check_markdown(&table(512, 512)), Err(Excess::MissingCells));
        assert_eq!(
            check_markdown(&format!("> {}", table(300, 300).replace('\n', "\n> "))),
            Err(Excess::MissingCells)
        );
        let many = format!("{}\n", table(30, 30)).repeat(20);
        assert_eq!(check_markdown(&many), Ok(()), "each table has its own columns");
        assert_eq!(check_markdown(&"ä".repeat(MARKDOWN_CHARS_MAX)), Ok(()));
        assert_eq!(
            check_markdown(&"ä".repeat(MARKDOWN_CHARS_MAX + 1)),
            Err(Excess::Characters(MARKDOWN_CHARS_MAX + 1))
        );
    }
}
