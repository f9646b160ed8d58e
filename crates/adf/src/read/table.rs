//! Tables as GFM pipe tables: one line a row, merged cells shown once with empty cells in the place
//! they cover. A row is as long as its cells reach, for filling short ones up would cost the
//! product of rows and columns.

use super::emit::Mode;
use super::shape::{cells, inside};
use super::writer::Writer;
use crate::node::Node;

/// Cells are merged up to this column, whatever their spans claim.
const COLUMNS_MAX: usize = 200;

impl Writer {
    pub(super) fn write_table(&mut self, table: &Node) {
        let columns = lines(table).map(|line| line.len()).max().unwrap_or(0);
        let mut rows = lines(table).peekable();
        let Some(first) = rows.peek().filter(|_| columns > 0) else { return };
        // A pipe table must have a header; an empty one says that the document has none.
        let has_header = first.iter().flatten().all(|cell| cell.kind == "tableHeader");
        let header = if has_header { rows.next().unwrap_or_default() } else { Vec::new() };
        self.row(&header, columns);
        self.line();
        self.out.push('|');
        for _ in 0..columns {
            self.out.push_str("---|");
        }
        for row in rows {
            self.line();
            // A line of nothing would end the table.
            self.row(&row, row.len().max(1));
        }
    }

    fn row(&mut self, cells: &[Option<&Node>], columns: usize) {
        self.out.push('|');
        for column in 0..columns {
            self.out.push(' ');
            let start = self.out.len();
            if let Some(cell) = cells.get(column).copied().flatten() {
                self.inline(inside(cell), Mode::Cell);
            }
            self.out.push_str(if self.out.len() == start { "|" } else { " |" });
        }
    }
}

/// The cells row by row; `None` where a merged cell reaches.
fn lines(table: &Node) -> impl Iterator<Item = Vec<Option<&Node>>> {
    let mut covered: Vec<u64> = Vec::new();
    table.content.iter().map(move |row| {
        let mut line: Vec<Option<&Node>> = Vec::new();
        for cell in cells(row) {
            while covered.get(line.len()).is_some_and(|&rows| rows > 0) {
                line.push(None);
            }
            let span = |name| cell.number(name).unwrap_or(1).max(1);
            let width = usize::try_from(span("colspan"))
                .unwrap_or(1)
                .min(COLUMNS_MAX.saturating_sub(line.len()).max(1));
            for column in 0..width {
                let at = line.len();
                line.push((column == 0).then_some(cell));
                if covered.len() <= at && at < COLUMNS_MAX {
                    covered.resize(at + 1, 0);
                }
                // Counts this row too; the decrement below takes it off again.
                if let Some(rows) = covered.get_mut(at) {
                    *rows = span("rowspan");
                }
            }
        }
        for rows in &mut covered {
            *rows = rows.saturating_sub(1);
        }
        line
    })
}
