//! Where things end in a JSON text. Every function gets a position and gives one; none allocates or
//! recurses.

use memchr::memchr2;

use super::{
    Error,
    block::{BLOCK_BYTES, Before, Brackets, first_quote_or_escape},
};

/// The first byte from `at` that is no white space.
pub(super) fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\t' | b'\r') = bytes.get(at) {
        at += 1;
    }
    at
}

/// A text between its quotes.
#[derive(Clone, Copy)]
pub(super) struct Quoted {
    /// Where its closing quote is.
    pub(super) end: usize,
    /// Whether it holds escapes.
    pub(super) is_escaped: bool,
}

/// The end of the text that begins at `at`, behind its opening quote.
#[inline]
pub(super) fn quoted(bytes: &[u8], at: usize) -> Result<Quoted, Error> {
    let mut from = at;
    loop {
        let Some(end) = quote_or_escape(bytes, from) else {
            return Err(Error::new("a text without end", at));
        };
        if bytes.get(end) == Some(&b'"') {
            return Ok(Quoted { end, is_escaped: from != at });
        }
        // Whatever is escaped, it ends nothing.
        from = end + 2;
    }
}

/// Most names and many texts end within two parts, sooner than a search for long texts has begun.
const PARTS: usize = 2;

#[inline]
fn quote_or_escape(bytes: &[u8], mut at: usize) -> Option<usize> {
    for _ in 0..PARTS {
        let Some(part) = bytes.get(at..).and_then(<[u8]>::first_chunk) else { break };
        if let Some(place) = first_quote_or_escape(*part) {
            return Some(at + place);
        }
        at += part.len();
    }
    memchr2(b'"', b'\\', bytes.get(at..)?).map(|distance| at + distance)
}

/// The position behind the value that begins at `at`. Of its inside only brackets and quotes are
/// looked at.
pub(super) fn value_end(bytes: &[u8], at: usize) -> Result<usize, Error> {
    match bytes.get(at) {
        Some(b'"') => Ok(quoted(bytes, at + 1)?.end + 1),
        Some(b'{') => closed(bytes, at, b'}'),
        Some(b'[') => closed(bytes, at, b']'),
        Some(_) => scalar_end(bytes, at),
        None => Err(Error::new("an end where a value belongs", at)),
    }
}

/// The position behind a number, a flag or null.
pub(super) fn scalar_end(bytes: &[u8], at: usize) -> Result<usize, Error> {
    let rest = bytes.get(at..).unwrap_or_default();
    let is_part =
        |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'+' | b'.');
    match rest.iter().take_while(|byte| is_part(byte)).count() {
        0 => Err(Error::new("no value", at)),
        length => Ok(at + length),
    }
}

fn closed(bytes: &[u8], opening: usize, closing: u8) -> Result<usize, Error> {
    let (mut at, mut open) = (opening + 1, 1_u32);
    let mut before = Before::default();
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let brackets = match rest.first_chunk() {
            Some(block) => Brackets::of(block, &mut before),
            None if rest.is_empty() => return Err(Error::new("a value without end", opening)),
            None => Brackets::of(&filled_up(rest), &mut before),
        };
        at += BLOCK_BYTES;
        if brackets.opening | brackets.closing == 0 {
            continue;
        }
        let closed = brackets.closing.count_ones();
        if closed >= open
            && let Some(place) = last_closed(brackets, open)
        {
            let end = at - BLOCK_BYTES + place;
            return if bytes.get(end) == Some(&closing) {
                Ok(end + 1)
            } else {
                Err(Error::new("another bracket", end + 1))
            };
        }
        open = open + brackets.opening.count_ones() - closed;
    }
}

/// A block that ends with what says nothing.
fn filled_up(rest: &[u8]) -> [u8; BLOCK_BYTES] {
    let mut block = [b' '; BLOCK_BYTES];
    for (byte, given) in block.iter_mut().zip(rest) {
        *byte = *given;
    }
    block
}

/// Where the last of so many that are open is closed, if it is within this block.
fn last_closed(Brackets { opening, closing }: Brackets, mut open: u32) -> Option<usize> {
    let mut left = opening | closing;
    while left != 0 {
        let next = left & left.wrapping_neg();
        if next & opening != 0 {
            open += 1;
        } else {
            open -= 1;
            if open == 0 {
                return Some(next.trailing_zeros() as usize);
            }
        }
        left ^= next;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same, byte by byte.
    fn plainly(text: &str) -> Option<usize> {
        let (mut open, mut in_text, mut is_escaped) = (Vec::new(), false, false);
        for (at, byte) in text.bytes().enumerate() {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' if in_text => is_escaped = true,
                b'"' => in_text = !in_text,
                _ if in_text => {}
                b'{' | b'[' => open.push(byte),
                b'}' | b']' => {
                    let first = open.first().copied();
                    open.pop();
                    if open.is_empty() {
                        let is_right = first == Some(byte - 2);
                        return is_right.then_some(at + 1);
                    }
                }
                _ => {}
            }
        }
        None
    }

    proptest! {
        #[test]
        fn a_value_ends_where_it_does_byte_by_byte(inside in r#"[{}\[\]a:,é ]{0,9}("([a-z{}\[\]é ]|\\["\\n]){0,40}"[{}\[\]:, ]{0,3}){0,6}[{}\[\]" ]{0,40}"#) {
            for text in [format!("[{inside}"), format!("{{{inside}")] {
                prop_assert_eq!(value_end(text.as_bytes(), 0).ok(), plainly(&text), "{}", text);
            }
        }
    }
}
