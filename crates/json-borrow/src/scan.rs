//! Where things end in a JSON text. Every function gets a position and gives one; none allocates or
//! recurses.

use memchr::memchr2;

use super::Error;

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

/// Most names and many texts end within two words, sooner than a search for long texts has begun.
const WORDS: usize = 2;
const WORD_BYTES: usize = size_of::<u64>();

#[inline]
fn quote_or_escape(bytes: &[u8], mut at: usize) -> Option<usize> {
    for _ in 0..WORDS {
        let Some(word) = bytes.get(at..).and_then(<[u8]>::first_chunk::<WORD_BYTES>) else { break };
        let word = u64::from_le_bytes(*word);
        let found = holds(word, b'"') | holds(word, b'\\');
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += WORD_BYTES;
    }
    memchr2(b'"', b'\\', bytes.get(at..)?).map(|distance| at + distance)
}

/// A word whose lowest bit set is in the first byte that is `byte`; 0 if none is. Higher bits may
/// be set beside it.
const fn holds(word: u64, byte: u8) -> u64 {
    const LOW: u64 = u64::MAX / 0xFF;
    let differing = word ^ (LOW * byte as u64);
    differing.wrapping_sub(LOW) & !differing & (LOW << 7)
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
    let (mut at, mut open) = (opening + 1, 1_usize);
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'"' => at = quoted(bytes, at)?.end + 1,
            b'{' | b'[' => open += 1,
            b'}' | b']' => {
                open -= 1;
                if open == 0 {
                    return if *byte == closing {
                        Ok(at)
                    } else {
                        Err(Error::new("another bracket", at))
                    };
                }
            }
            _ => {}
        }
    }
    Err(Error::new("a value without end", opening))
}
