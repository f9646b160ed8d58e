//! Tables as GFM pipe tables: one line a row, merged cells shown once with empty cells in the place they cover.

use super::block::Writer;
use super::emit::Mode;
use super::shape::{cells, inside};
use crate::adf::node::Node;

/// No table is written wider than this, whatever its spans claim.
const COLUMNS_MAX: usize = 200;

impl Writer {
    pub(super) fn write_table(&mut self, table: &Node) {
        let rows = grid(table);
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let Some(first) = rows.first().filter(|_| columns > 0) else { return };
        // A pipe table must have a header; an empty one says that the document has none.
        let has_header = first.iter().flatten().all(|cell| cell.kind == "tableHeader");
        self.row(if has_header { first } else { &[] }, columns);
        self.line();
        self.out.push('|');
        for _ in 0..columns {
            self.out.push_str("---|");
        }
        for row in rows.iter().skip(usize::from(has_header)) {
            self.line();
            self.row(row, columns);
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

/// The cells by row and column; `None` where a merged cell reaches.
fn grid(table: &Node) -> Vec<Vec<Option<&Node>>> {
    let mut covered: Vec<u64> = Vec::new();
    let mut rows = Vec::with_capacity(table.content.len());
    for row in &table.content {
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
                if covered.len() <= at {
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
        rows.push(line);
    }
    rows
}
