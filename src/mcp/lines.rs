//! Lines of bounded length, read so that a read that was given up loses nothing.

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

/// What came next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A whole line without its end, or what stood before the end of the input.
    Text(Vec<u8>),
    /// A line that was passed over.
    TooLong { bytes_max: usize },
    /// There will be no more.
    End,
}

pub(super) struct Lines<R> {
    reader: BufReader<R>,
    begun: Vec<u8>,
    is_too_long: bool,
    bytes_max: usize,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    pub(super) fn new(reader: R, bytes_max: usize) -> Self {
        Self { reader: BufReader::new(reader), begun: Vec::new(), is_too_long: false, bytes_max }
    }

    /// What was read of a line stays here when the future is dropped.
    pub(super) async fn next(&mut self) -> Line {
        loop {
            let Ok(chunk) = self.reader.fill_buf().await else { return Line::End };
            if chunk.is_empty() {
                return if self.begun.is_empty() && !self.is_too_long {
                    Line::End
                } else {
                    self.take()
                };
            }
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let (text, used) = match end {
                Some(at) => (chunk.get(..at).unwrap_or_default(), at + 1),
                None => (chunk, chunk.len()),
            };
            self.is_too_long |= self.begun.len() + text.len() > self.bytes_max;
            if self.is_too_long {
                self.begun = Vec::new();
            } else {
                self.begun.extend_from_slice(text);
            }
            self.reader.consume(used);
            if end.is_some() {
                return self.take();
            }
        }
    }

    fn take(&mut self) -> Line {
        let text = std::mem::take(&mut self.begun);
        if std::mem::take(&mut self.is_too_long) {
            Line::TooLong { bytes_max: self.bytes_max }
        } else {
            Line::Text(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn check(input: &str, expected: &[&str]) {
        // One byte at a time, so that lines are put together.
        for bytes in [1, 8_192] {
            let mut lines = Lines::new(input.as_bytes(), 4);
            lines.reader = BufReader::with_capacity(bytes, input.as_bytes());
            let mut found = Vec::new();
            loop {
                match lines.next().await {
                    Line::Text(text) => found.push(String::from_utf8(text).unwrap()),
                    Line::TooLong { bytes_max } => found.push(format!("> {bytes_max}")),
                    Line::End => break,
                }
            }
            assert_eq!(found, expected, "{input:?}");
        }
    }

    #[tokio::test]
    async fn every_line_counts_also_the_last_and_the_long_one() {
        check("", &[]).await;
        check("a\nbc\n", &["a", "bc"]).await;
        check("a\n\nb", &["a", "", "b"]).await;
        check("abcd\nabcde\nabc\n", &["abcd", "> 4", "abc"]).await;
        check("abcdefgh", &["> 4"]).await;
        check("abcdefghijk\nx", &["> 4", "x"]).await;
    }
}
