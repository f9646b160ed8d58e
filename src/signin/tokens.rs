//! Our own tokens: what they are made of, and how they are told from all others.
//!
//! Each is `jmb_`, a letter for its kind, and a sealed text in base64url. It says which session to
//! look for and nothing else, is bound to our issuer, and cannot be made without our keys.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use keyring::{KeyRing, Purpose, SealError};

use super::session::SessionId;

/// What all our tokens begin with.
pub const PREFIX: &str = "jmb_";

const ACCESS: Kind = Kind { letter: "a", purpose: Purpose::new("access token") };
const REFRESH: Kind = Kind { letter: "r", purpose: Purpose::new("refresh token") };
const CODE: Kind = Kind { letter: "c", purpose: Purpose::new("authorization code") };

struct Kind {
    letter: &'static str,
    purpose: Purpose,
}

/// Makes and reads our tokens.
#[derive(Clone, Debug)]
pub(super) struct Tokens {
    keys: KeyRing,
    issuer: String,
}

/// What a token of ours is, once it was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// Good until then, if its session is.
    Access { session: SessionId, expires_at_ms: u64 },
    /// The session's refresh token of this generation.
    Refresh { session: SessionId, generation: u64 },
    /// The session's authorization code.
    Code { session: SessionId },
}

impl Tokens {
    pub(super) fn new(keys: KeyRing, issuer: &str) -> Self {
        Self { keys, issuer: issuer.to_owned() }
    }

    pub(super) fn make(&self, token: Token) -> Result<String, SealError> {
        let (kind, session, number) = match token {
            Token::Access { session, expires_at_ms } => (ACCESS, session, expires_at_ms),
            Token::Refresh { session, generation } => (REFRESH, session, generation),
            Token::Code { session } => (CODE, session, 0),
        };
        let plain = [session.0.as_slice(), &number.to_be_bytes()].concat();
        let sealed = self.keys.seal(kind.purpose, self.issuer.as_bytes(), &plain)?;
        Ok(format!("{PREFIX}{}{}", kind.letter, URL_SAFE_NO_PAD.encode(sealed)))
    }

    /// What a text is; none if it is no token of ours.
    pub(super) fn read(&self, text: &str) -> Option<Token> {
        let rest = text.strip_prefix(PREFIX)?;
        let (kind, sealed) = [ACCESS, REFRESH, CODE].into_iter().find_map(|kind| {
            let sealed = rest.strip_prefix(kind.letter)?;
            Some((kind, sealed))
        })?;
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let opened = self.keys.open(kind.purpose, self.issuer.as_bytes(), &sealed)?;
        let (session, number) = opened.plain.split_first_chunk::<16>()?;
        let session = SessionId(*session);
        let number = u64::from_be_bytes(number.try_into().ok()?);
        Some(match kind.letter {
            "a" => Token::Access { session, expires_at_ms: number },
            "r" => Token::Refresh { session, generation: number },
            _ => Token::Code { session },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_what_it_was_made_as_and_nothing_else() {
        let keys = KeyRing::random().unwrap();
        let tokens = Tokens::new(keys.clone(), "https://bridge.example");
        let session = SessionId::random().unwrap();
        let kinds = [
            Token::Access { session, expires_at_ms: 77 },
            Token::Refresh { session, generation: 3 },
            Token::Code { session },
        ];
        for token in kinds {
            let text = tokens.make(token).unwrap();
            assert!(text.starts_with(PREFIX) && text.len() < 80, "{}", text.len());
            assert_eq!(tokens.read(&text), Some(token));
            // No kind can stand in for another one.
            for letter in ["a", "r", "c"] {
                let forged = format!("{PREFIX}{letter}{}", &text[PREFIX.len() + 1..]);
                assert!(tokens.read(&forged).is_none_or(|read| read == token), "{letter}");
            }
            assert_eq!(Tokens::new(keys.clone(), "https://other.example").read(&text), None);
            let others = Tokens::new(KeyRing::random().unwrap(), "https://bridge.example");
            assert_eq!(others.read(&text), None);
            assert_eq!(tokens.read(&text[..text.len() - 1]), None);
        }
        for text in ["", "jmb_", "jmb_a", "jmb_x", "jmb_a!", "eyJh.e30."] {
            assert_eq!(tokens.read(text), None, "{text}");
        }
    }
}
