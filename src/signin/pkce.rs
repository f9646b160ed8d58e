//! Proof Key for Code Exchange, on both sides of us. Source: RFC 7636.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::secret::Secret;

/// The verifier that we keep for the provider's token endpoint.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Verifier(Secret);

impl Verifier {
    pub(super) fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes).into()))
    }

    pub(super) fn expose(&self) -> &str {
        self.0.expose()
    }

    pub(super) fn challenge(&self) -> String {
        challenge_of(self.expose())
    }
}

fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

/// Whether a text can be an S256 challenge: base64url of 32 bytes.
pub(super) fn is_challenge(text: &str) -> bool {
    URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == 32)
}

/// Whether a client's verifier fits its challenge.
pub(super) fn fits(verifier: &str, challenge: &str) -> bool {
    let unreserved = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    let is_verifier = (43..=128).contains(&verifier.len()) && verifier.bytes().all(unreserved);
    is_verifier && bool::from(challenge_of(verifier).as_bytes().ct_eq(challenge.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verifier_fits_its_own_challenge_only() {
        // Source: RFC 7636 appendix B.
        let verifier = ["dBjftJeZ4CVP", "mB92K27uhbUJU1p1r_wW1gFWFOEjXk"].join("-");
        let challenge = ["E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw", "cM"].join("-");
        assert!(is_challenge(&challenge) && fits(&verifier, &challenge));
        let [verifier, challenge] = [verifier.as_str(), challenge.as_str()];
        assert!(!fits("", challenge) && !fits(challenge, challenge) && !fits(verifier, verifier));
        assert!(!is_challenge("") && !is_challenge("short") && !is_challenge(&"a".repeat(44)));
        let own = Verifier::random().unwrap();
        assert!(fits(own.expose(), &own.challenge()));
    }
}
