//! The byte budget of one reply, counted as it will stand on the wire.
//!
//! A result is JSON text inside a JSON-RPC reply, so each of its quotes and backslashes costs two
//! bytes.

use std::io::{self, Write};

use serde::Serialize;

use super::row::Row;

/// What a JSON-RPC reply needs around the text block: version, id, content wrapper, result
/// metadata.
const ENVELOPE_BYTES: usize = 640;

/// Room for a usual row.
const ROW_BYTES: usize = 512;

/// Text lengths that an oversize item is clipped to, one after the other, before it is cut down to
/// its key.
const CLIPS_CHARS: [usize; 16] = [
    24_000, 16_000, 11_000, 7_500, 5_000, 3_000, 1_600, 1_300, 1_000, 700, 450, 300, 160, 100, 60,
    20,
];

/// How many bytes a tool's result may still take.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    bytes: usize,
    /// The result is sent a second time as structured content.
    is_sent_twice: bool,
}

/// What fitted into a budget.
#[derive(Debug)]
pub struct Fitted<T> {
    /// The first items, as many as fit.
    pub kept: Vec<T>,
    /// How many behind them did not.
    pub dropped: usize,
}

impl Budget {
    /// A budget for a reply of at most `reply_bytes_max` bytes, of which the JSON-RPC id takes
    /// `id_bytes`.
    pub fn new(reply_bytes_max: usize, id_bytes: usize, is_sent_twice: bool) -> Self {
        Self { bytes: reply_bytes_max.saturating_sub(ENVELOPE_BYTES + id_bytes), is_sent_twice }
    }

    /// The same budget, but at most `reply_bytes_max` bytes for the whole reply.
    #[must_use]
    pub fn at_most(self, reply_bytes_max: usize) -> Self {
        Self { bytes: self.bytes.min(reply_bytes_max.saturating_sub(ENVELOPE_BYTES)), ..self }
    }

    /// What a value costs on the wire, in bytes.
    pub fn encoded_len(self, value: &impl Serialize) -> usize {
        let mut counter = Counter::default();
        // Counting cannot fail; a value that cannot be serialised costs what was written of it.
        let _ = serde_json::to_writer(&mut counter, value);
        if self.is_sent_twice { counter.escaped + counter.plain } else { counter.escaped }
    }

    /// Whether a value fits.
    pub fn holds(self, value: &impl Serialize) -> bool {
        self.encoded_len(value) <= self.bytes
    }

    /// Whether a result that is JSON text already fits.
    pub fn holds_text(self, text: &str) -> bool {
        self.encoded_json_len(text.as_bytes()) <= self.bytes
    }

    fn encoded_json_len(self, json: &[u8]) -> usize {
        let escaped = json.len() + escapes(json);
        if self.is_sent_twice { escaped + json.len() } else { escaped }
    }

    /// The comma or bracket beside an item, each time it is sent.
    fn beside(self) -> usize {
        if self.is_sent_twice { 2 } else { 1 }
    }

    /// What is left when `value` has been paid for.
    #[must_use]
    pub fn reserve(self, value: &impl Serialize) -> Self {
        Self { bytes: self.bytes.saturating_sub(self.encoded_len(value)), ..self }
    }

    /// One of `parts` equal parts.
    #[must_use]
    pub fn split(self, parts: usize) -> Self {
        Self { bytes: self.bytes / parts.max(1), ..self }
    }

    /// The bytes that are left.
    pub fn bytes(self) -> usize {
        self.bytes
    }

    /// Keeps as many of the first items as fit beside `frame`, the reply without them.
    pub fn fit<T: Serialize>(self, frame: &impl Serialize, mut items: Vec<T>) -> Fitted<T> {
        let mut left = self.reserve(frame).bytes;
        let mut count = 0;
        for item in &items {
            let cost = self.encoded_len(item) + self.beside();
            if cost > left {
                break;
            }
            left -= cost;
            count += 1;
        }
        let dropped = items.len() - count;
        items.truncate(count);
        Fitted { kept: items, dropped }
    }

    /// Like [`Budget::fit`], but never drops all: the first row is made to fit when it is too large
    /// by itself, so that paging always moves on.
    pub fn fit_rows(self, frame: &impl Serialize, mut rows: Vec<Row>) -> Fitted<Row> {
        let room = self.reserve(frame);
        if let Some(first) = rows.first_mut() {
            room.shrink_to_fit(first);
        }
        self.fit(frame, rows)
    }

    /// Like [`Budget::fit_rows`], and answers the rows that fit as the JSON they were weighed as, a
    /// list, so that nobody writes them a second time.
    pub fn write_rows(self, frame: &impl Serialize, mut rows: Vec<Row>) -> (Fitted<Row>, Vec<u8>) {
        let room = self.reserve(frame);
        if let Some(first) = rows.first_mut() {
            room.shrink_to_fit(first);
        }
        let mut left = room.bytes;
        let mut written = Vec::with_capacity(rows.len() * ROW_BYTES);
        written.push(b'[');
        let mut count = 0;
        for row in &rows {
            let end = written.len();
            if count > 0 {
                written.push(b',');
            }
            let start = written.len();
            row.write_json(&mut written);
            let json = written.get(start..).unwrap_or_default();
            let cost = self.encoded_json_len(json) + self.beside();
            if cost > left {
                written.truncate(end);
                break;
            }
            left -= cost;
            count += 1;
        }
        written.push(b']');
        let dropped = rows.len() - count;
        rows.truncate(count);
        (Fitted { kept: rows, dropped }, written)
    }

    /// Like [`Budget::fit_rows`] for items with one long text each, which `clip` shortens.
    pub fn fit_clipped<T: Serialize>(
        self,
        frame: &impl Serialize,
        mut items: Vec<T>,
        clip: impl Fn(&mut T, usize),
    ) -> Fitted<T> {
        let room = self.reserve(frame);
        if let Some(first) = items.first_mut() {
            for chars in CLIPS_CHARS {
                if self.encoded_len(first) + self.beside() <= room.bytes {
                    break;
                }
                clip(first, chars);
            }
        }
        self.fit(frame, items)
    }

    /// Clips the texts of a row until it fits; at last only what names it remains.
    pub fn shrink_to_fit(self, row: &mut Row) {
        let fits = |row: &Row| self.encoded_len(row) + self.beside() <= self.bytes;
        for chars in CLIPS_CHARS {
            if fits(row) {
                return;
            }
            row.clip_texts(chars);
        }
        if !fits(row) {
            row.retain(&["key", "id", "name"]);
            row.put_non_empty("clipped", true);
        }
    }
}

/// How many backslashes JSON text takes inside a JSON string.
fn escapes(json: &[u8]) -> usize {
    // Counted in single bytes, many at a time, which is why a chunk must not hold more than such a
    // count can say.
    let in_chunk = |chunk: &[u8]| {
        let counted = chunk.iter().map(|byte| u8::from(matches!(byte, b'"' | b'\\')));
        usize::from(counted.fold(0_u8, u8::wrapping_add))
    };
    json.chunks(usize::from(u8::MAX)).map(in_chunk).sum()
}

/// Counts bytes as they are and as they are inside a JSON string.
#[derive(Default)]
struct Counter {
    plain: usize,
    escaped: usize,
}

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.plain += bytes.len();
        // Minified JSON holds no raw control characters, so quotes and backslashes are all that
        // grows.
        self.escaped += bytes.len() + escapes(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn wire_bytes(value: &impl Serialize) -> usize {
        serde_json::to_string(&serde_json::to_string(value).unwrap()).unwrap().len() - 2
    }

    #[test]
    fn the_first_items_that_fit_are_kept() {
        let budget = Budget { bytes: 40, is_sent_twice: false };
        let fitted = budget.fit(&"", vec!["0123456789"; 9]);
        assert_eq!((fitted.kept.len(), fitted.dropped), (2, 7));
    }

    #[test]
    fn one_huge_row_is_squeezed_rather_than_dropped() {
        let mut row = Row::new();
        row.put_non_empty("key", "P-1");
        row.put_non_empty("summary", "x".repeat(5_000));
        let fitted = Budget { bytes: 300, is_sent_twice: false }
            .fit_rows(&json!({}), vec![row.clone(), row.clone()]);
        assert_eq!(fitted.kept.len(), 1);
        assert!(fitted.kept[0].get("summary").and_then(Value::as_str).unwrap().contains("[+"));
        let fitted = Budget { bytes: 60, is_sent_twice: false }.fit_rows(&json!({}), vec![row]);
        assert_eq!(
            serde_json::to_string(&fitted.kept).unwrap(),
            r#"[{"key":"P-1","clipped":true}]"#
        );
    }

    proptest::proptest! {
        #[test]
        fn rows_are_written_as_they_were_weighed(lengths in proptest::collection::vec(0_usize..300, 0..20), bytes in 0_usize..2_000) {
            let row = |length: &usize| {
                let mut row = Row::new();
                row.put_non_empty("key", "P-1");
                row.put_non_empty("summary", "\"".repeat(*length));
                row
            };
            let rows: Vec<Row> = lengths.iter().map(row).collect();
            for (is_sent_twice, bytes) in [(false, bytes), (true, bytes), (false, bytes / 16), (true, bytes / 16)] {
                let budget = Budget { bytes, is_sent_twice };
                let fitted = budget.fit_rows(&json!({}), rows.clone());
                let (kept, written) = budget.write_rows(&json!({}), rows.clone());
                proptest::prop_assert_eq!((&kept.kept, kept.dropped), (&fitted.kept, fitted.dropped));
                let written: Value = serde_json::from_slice(&written).unwrap();
                proptest::prop_assert_eq!(written, json!(kept.kept));
                // The first is never dropped where there is room for what names it.
                let least = json!({"key": "P-1", "clipped": true});
                let has_room = budget.reserve(&json!({})).bytes() >= budget.encoded_len(&least) + budget.beside();
                proptest::prop_assert!(!kept.kept.is_empty() || rows.is_empty() || !has_room);
            }
        }

        #[test]
        fn the_cost_is_what_stands_on_the_wire(text in ".{0,60}", number in proptest::prelude::any::<i64>()) {
            let value = json!({"a": text, "b": [number, true, null]});
            let once = Budget { bytes: 0, is_sent_twice: false };
            proptest::prop_assert_eq!(once.encoded_len(&value), wire_bytes(&value));
        }

        #[test]
        fn what_is_kept_never_exceeds_the_budget(lengths in proptest::collection::vec(0_usize..200, 0..40), bytes in 0_usize..3_000) {
            let items: Vec<String> = lengths.iter().map(|length| "\"".repeat(*length)).collect();
            let total = items.len();
            let budget = Budget { bytes, is_sent_twice: true };
            let fitted = budget.fit(&json!([]), items);
            proptest::prop_assert_eq!(fitted.kept.len() + fitted.dropped, total);
            proptest::prop_assert!(fitted.kept.is_empty() || budget.encoded_len(&fitted.kept) <= bytes);
        }
    }
}
