//! Gathers an answer's body, inflated and within its bytes.

use std::io::{self, Write as _};

use bytes::{Buf as _, Bytes, BytesMut};
use flate2::write::MultiGzDecoder;
use http::{
    HeaderMap,
    header::{CONTENT_ENCODING, CONTENT_LENGTH},
};

/// What a `Content-Length` may make us reserve before a byte has come.
const RESERVE_BYTES_MAX: usize = 256 * 1024;

/// By so much, and a thousandth, what cannot be compressed may be longer than what it stands for.
const FRAMING_BYTES_MAX: usize = 64 * 1024;

/// What has come so far.
pub(super) enum AnswerBody {
    /// Most are one chunk, which is passed on without a copy.
    Plain {
        announced: usize,
        only: Bytes,
        body: BytesMut,
    },
    Gzip(Box<Gzip>),
}

pub(super) struct Gzip {
    decoder: MultiGzDecoder<Bounded>,
    taken: usize,
}

/// Why it cannot be gathered.
pub(super) enum Unread {
    TooLarge,
    Encoding(io::Error),
}

impl AnswerBody {
    /// For the answer with this head. What is inflated here is no longer said to be compressed.
    pub(super) fn new(
        headers: &mut HeaderMap,
        announced: Option<usize>,
        inflates: bool,
        bytes_max: usize,
    ) -> Self {
        if !inflates || !is_gzip(headers) {
            return Self::plain(announced.unwrap_or_default());
        }
        headers.remove(CONTENT_ENCODING);
        headers.remove(CONTENT_LENGTH);
        let sink = Bounded { bytes: Vec::new(), bytes_max, is_exceeded: false };
        Self::Gzip(Box::new(Gzip { decoder: MultiGzDecoder::new(sink), taken: 0 }))
    }

    fn plain(announced: usize) -> Self {
        Self::Plain { announced, only: Bytes::new(), body: BytesMut::new() }
    }

    /// Whether it stays as it comes.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self, Self::Plain { .. })
    }

    /// How many bytes have been gathered.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Plain { only, body, .. } => only.len() + body.len(),
            Self::Gzip(gzip) => gzip.decoder.get_ref().bytes.len(),
        }
    }

    /// Takes in the next bytes, at least one of them: a few bytes can stand for very many, so those
    /// that are compressed are taken in until there is something to look at.
    pub(super) fn feed(&mut self, chunk: &mut Bytes) -> Result<(), Unread> {
        match self {
            Self::Plain { announced, only, body } => {
                let chunk = std::mem::take(chunk);
                if only.is_empty() && body.is_empty() {
                    *only = chunk;
                    return Ok(());
                }
                if body.is_empty() {
                    let reserved = (*announced).min(RESERVE_BYTES_MAX);
                    body.reserve(reserved.max(only.len() + chunk.len()));
                    body.extend_from_slice(&std::mem::take(only));
                }
                body.extend_from_slice(&chunk);
                Ok(())
            }
            Self::Gzip(gzip) => gzip.feed(chunk),
        }
    }

    /// The whole body.
    pub(super) fn finish(self) -> Result<Bytes, Unread> {
        match self {
            Self::Plain { only, body, .. } => {
                Ok(if body.is_empty() { only } else { body.freeze() })
            }
            Self::Gzip(gzip) => gzip.finish(),
        }
    }
}

impl Gzip {
    fn feed(&mut self, chunk: &mut Bytes) -> Result<(), Unread> {
        // Members without content would cost time without end, and never a byte.
        let bytes_max = self.decoder.get_ref().bytes_max;
        if self.taken > bytes_max + bytes_max / 1000 + FRAMING_BYTES_MAX {
            return Err(Unread::TooLarge);
        }
        match self.decoder.write(chunk) {
            Ok(0) => Err(self.fault(io::ErrorKind::WriteZero.into())),
            Ok(taken) => {
                chunk.advance(taken);
                self.taken += taken;
                Ok(())
            }
            Err(error) => Err(self.fault(error)),
        }
    }

    /// An answer without content has no stream either: 204, or one to HEAD.
    fn finish(mut self) -> Result<Bytes, Unread> {
        if self.taken > 0 {
            self.decoder.try_finish().map_err(|error| self.fault(error))?;
        }
        Ok(std::mem::take(&mut self.decoder.get_mut().bytes).into())
    }

    fn fault(&self, error: io::Error) -> Unread {
        if self.decoder.get_ref().is_exceeded { Unread::TooLarge } else { Unread::Encoding(error) }
    }
}

/// Source: RFC 9110 section 8.4.1.3, which makes `x-gzip` the same.
fn is_gzip(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(CONTENT_ENCODING).iter();
    let coding = codings.next().map(http::HeaderValue::as_bytes).unwrap_or_default();
    let is_gzip = coding.eq_ignore_ascii_case(b"gzip") || coding.eq_ignore_ascii_case(b"x-gzip");
    is_gzip && codings.next().is_none()
}

/// Where inflated bytes go, up to the limit.
struct Bounded {
    bytes: Vec<u8>,
    bytes_max: usize,
    is_exceeded: bool,
}

impl io::Write for Bounded {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        self.is_exceeded = self.bytes.len() + more.len() > self.bytes_max;
        if self.is_exceeded {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use flate2::{Compression, write::GzEncoder};
    use http::HeaderValue;
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn gathered(
        encodings: &[&'static str],
        chunks: impl IntoIterator<Item = Bytes>,
        bytes_max: usize,
    ) -> Result<Bytes, &'static str> {
        let name = |unread| match unread {
            Unread::TooLarge => "too large",
            Unread::Encoding(_) => "encoding",
        };
        let mut headers = HeaderMap::new();
        for encoding in encodings {
            headers.append(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        let mut body = AnswerBody::new(&mut headers, None, true, bytes_max);
        assert_eq!(body.is_plain(), headers.contains_key(CONTENT_ENCODING) || encodings.is_empty());
        for mut chunk in chunks {
            while !chunk.is_empty() {
                let (before, left) = (body.len(), chunk.len());
                body.feed(&mut chunk).map_err(name)?;
                assert!(chunk.len() < left);
                assert!(body.is_plain() || body.len() - before <= 64 * 1024, "in small steps");
            }
        }
        body.finish().map_err(name)
    }

    fn gzip(bytes: &[u8], level: u32) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::new(level));
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn split(bytes: &[u8], sizes: &[usize]) -> Vec<Bytes> {
        let mut rest = Bytes::copy_from_slice(bytes);
        let mut chunks = Vec::new();
        for size in sizes {
            chunks.push(rest.split_to((*size).min(rest.len())));
        }
        chunks.push(rest);
        chunks
    }

    proptest! {
        #[test]
        fn a_body_is_the_same_however_it_comes(
            members in vec((vec(0_u8..4, 0..300), 1_usize..800, 0_u32..10), 1..4),
            sizes in vec(0_usize..2000, 0..8),
        ) {
            let mut plain = Vec::new();
            let mut packed = Vec::new();
            for (bytes, times, level) in members {
                let bytes = bytes.repeat(times);
                packed.extend(gzip(&bytes, level));
                plain.extend(bytes);
            }
            let whole = |encodings: &[&'static str], bytes: &[u8], max| {
                gathered(encodings, split(bytes, &sizes), max)
            };
            let length = plain.len();
            prop_assert_eq!(whole(&["gzip"], &packed, length).unwrap(), plain.clone());
            prop_assert_eq!(whole(&[], &plain, length).unwrap(), plain.clone());
            if length > 0 {
                prop_assert_eq!(whole(&["gzip"], &packed, length - 1), Err("too large"));
            }
            let cut = &packed[..packed.len() - 1];
            prop_assert_eq!(whole(&["gzip"], cut, length), Err("encoding"));
        }
    }

    #[test]
    fn only_gzip_alone_is_inflated() {
        let packed = gzip(b"words", 6);
        for (encodings, is_inflated) in [
            (&["gzip"][..], true),
            (&["GZip"], true),
            (&["x-gzip"], true),
            (&["br"], false),
            (&["gzip, gzip"], false),
            (&["gzip", "br"], false),
            (&["identity"], false),
        ] {
            let whole = gathered(encodings, [Bytes::from(packed.clone())], 1000).unwrap();
            assert_eq!(whole == "words", is_inflated, "{encodings:?}");
            assert_eq!(whole == packed, !is_inflated, "{encodings:?}");
        }
        assert_eq!(gathered(&["gzip"], [], 1000).unwrap(), "", "a 204 has no stream");
        let empty = Bytes::from(gzip(b"", 6));
        assert_eq!(gathered(&["gzip"], vec![empty.clone(); 100], 1000).unwrap(), "");
        assert_eq!(gathered(&["gzip"], vec![empty; 10_000], 1000), Err("too large"));
    }
}
