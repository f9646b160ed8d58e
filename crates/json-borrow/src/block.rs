//! Bytes of a JSON text that are looked at together, without a branch for each: where a text ends
//! or a bracket comes next cannot be foretold, and a wrong guess costs many steps.
//!
//! The way is that of simdjson (Langdale and Lemire, "Parsing Gigabytes of JSON per Second", 2019,
//! section 3.1).

use wide::u8x16;

const PART_BYTES: usize = 16;
pub(super) const BLOCK_BYTES: usize = 64;

/// Where the first quote or backslash of a part is.
#[inline]
pub(super) fn first_quote_or_escape(part: [u8; PART_BYTES]) -> Option<usize> {
    let bytes = u8x16::from(part);
    let found = bytes.simd_eq(u8x16::splat(b'"')) | bytes.simd_eq(u8x16::splat(b'\\'));
    let found = found.to_bitmask();
    (found != 0).then(|| found.trailing_zeros() as usize)
}

/// Places in a block: bit `n` stands for its byte `n`.
type Places = u64;

/// What a block knows of the one before it.
#[derive(Clone, Copy, Default)]
pub(super) struct Before {
    /// All bits when it ended within a text, else none.
    in_text: Places,
    /// The lowest bit when it ended with a backslash that escapes.
    is_escaped: Places,
}

/// The brackets of a block that do not stand in a text.
#[derive(Clone, Copy)]
pub(super) struct Brackets {
    pub(super) opening: Places,
    pub(super) closing: Places,
}

impl Brackets {
    /// Looks at the block behind `before`, and makes it the one before the next.
    #[inline]
    pub(super) fn of(block: &[u8; BLOCK_BYTES], before: &mut Before) -> Self {
        let (mut quotes, mut escapes, mut opening, mut closing) = (0, 0, 0, 0);
        for (part, bytes) in block.as_chunks::<PART_BYTES>().0.iter().enumerate() {
            let bytes = u8x16::from(*bytes);
            // `{` and `[` differ in the one bit that is set here, as do `}` and `]`.
            let bracket = bytes | u8x16::splat(b'{' ^ b'[');
            let are = |bytes: u8x16, byte: u8| {
                Places::from(bytes.simd_eq(u8x16::splat(byte)).to_bitmask()) << (part * PART_BYTES)
            };
            quotes |= are(bytes, b'"');
            escapes |= are(bytes, b'\\');
            opening |= are(bracket, b'{');
            closing |= are(bracket, b'}');
        }
        let in_text = within_texts(quotes & !before.escaped(escapes)) ^ before.in_text;
        before.in_text = 0_u64.wrapping_sub(in_text >> (Places::BITS - 1));
        Self { opening: opening & !in_text, closing: closing & !in_text }
    }
}

impl Before {
    /// The bytes that are escaped, among others that are none of a text: every second backslash of
    /// a row, and what follows a row of an odd number of them.
    #[inline]
    fn escaped(&mut self, escapes: Places) -> Places {
        const ODD: Places = 0xAAAA_AAAA_AAAA_AAAA;
        if escapes == 0 {
            return std::mem::take(&mut self.is_escaped);
        }
        let begins = escapes & !self.is_escaped;
        // Taking away the first of a row carries through the row, and leaves the bits of every
        // second place of it, in the order that the place of its first sets.
        let rows = ((begins << 1) | ODD).wrapping_sub(begins) ^ ODD;
        let found = rows ^ (escapes | self.is_escaped);
        self.is_escaped = (rows & escapes) >> (Places::BITS - 1);
        found
    }
}

/// From each opening quote up to its closing one, without that.
#[inline]
fn within_texts(quotes: Places) -> Places {
    (0..6).fold(quotes, |places, step| places ^ (places << (1 << step)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_byte_is_found_at_its_place_and_no_other_is_taken_for_it() {
        for byte in 0..=u8::MAX {
            for place in 0..BLOCK_BYTES {
                let mut bytes = [b' '; BLOCK_BYTES];
                *bytes.get_mut(place).unwrap() = byte;
                let found = Brackets::of(&bytes, &mut Before::default());
                let at = |is: bool| if is { 1 << place } else { 0 };
                assert_eq!(found.opening, at(matches!(byte, b'{' | b'[')), "{byte}");
                assert_eq!(found.closing, at(matches!(byte, b'}' | b']')), "{byte}");
                if let Some(part) = bytes.first_chunk() {
                    let is_end = place < PART_BYTES && matches!(byte, b'"' | b'\\');
                    assert_eq!(first_quote_or_escape(*part), is_end.then_some(place));
                }
            }
        }
    }

    /// The same, byte by byte.
    fn plainly(text: &[u8]) -> (Vec<usize>, Vec<usize>) {
        let (mut in_text, mut is_escaped) = (false, false);
        let (mut opening, mut closing) = (Vec::new(), Vec::new());
        for (at, byte) in text.iter().enumerate() {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' if in_text => is_escaped = true,
                b'"' => in_text = !in_text,
                b'{' | b'[' if !in_text => opening.push(at),
                b'}' | b']' if !in_text => closing.push(at),
                _ => {}
            }
        }
        (opening, closing)
    }

    proptest! {
        #[test]
        fn brackets_count_where_they_do_byte_by_byte(text in r#"([{}\[\]a]{0,9}"([{}a]|\\\\|\\"|\\n){0,70}"){0,6}[{}\[\]]{0,9}"#) {
            let mut padded = text.into_bytes();
            padded.resize(padded.len().next_multiple_of(BLOCK_BYTES), b' ');
            let mut before = Before::default();
            let (mut opening, mut closing) = (Vec::new(), Vec::new());
            for (index, block) in padded.as_chunks::<BLOCK_BYTES>().0.iter().enumerate() {
                let found = Brackets::of(block, &mut before);
                let at = |places: Places| (0..BLOCK_BYTES).filter(move |at| places >> at & 1 == 1).map(move |at| index * BLOCK_BYTES + at);
                opening.extend(at(found.opening));
                closing.extend(at(found.closing));
            }
            prop_assert_eq!((opening, closing), plainly(&padded));
        }
    }
}
