//! The keys that sign tokens in the form of JWTs, and JWTs.

use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey,
    },
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value as Json, json};

/// An RSA key of 2048 bits, for RS256.
pub(super) struct SigningKey {
    pair: RsaKeyPair,
    /// `kid`: the start of a hash of the public key.
    pub(super) id: String,
}

impl SigningKey {
    /// A key that nobody has seen; `None` when the system cannot make one.
    pub(super) fn fresh() -> Option<Self> {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).ok()?;
        let hash = blake3::hash(pair.public_key().as_ref());
        let id = URL_SAFE_NO_PAD.encode(hash.as_bytes().first_chunk::<20>()?);
        Some(Self { pair, id })
    }

    /// The public half as a JSON Web Key (RFC 7517). Like Entra's it has no `alg`.
    pub(super) fn jwk(&self, issuer: &str) -> Json {
        let public = self.pair.public_key();
        let encoded = |number: &[u8]| URL_SAFE_NO_PAD.encode(number);
        json!({
            "kty": "RSA", "use": "sig", "kid": self.id, "x5t": self.id,
            "n": encoded(public.modulus().big_endian_without_leading_zero()),
            "e": encoded(public.exponent().big_endian_without_leading_zero()),
            "cloud_instance_name": "microsoftonline.com", "issuer": issuer,
        })
    }

    /// A JWT of these claims with this `kid` in its header (RFC 7519, RS256).
    pub(super) fn sign(&self, claims: &Json, kid: &str) -> Option<String> {
        let header = json!({ "typ": "JWT", "alg": "RS256", "kid": kid });
        let text = unsigned(&header, claims);
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let random = SystemRandom::new();
        self.pair.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature).ok()?;
        Some(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// A JWT that nobody vouches for: `alg` is `none`, the signature empty (RFC 7519 section 6).
pub(super) fn unsecured(claims: &Json) -> String {
    format!("{}.", unsigned(&json!({ "typ": "JWT", "alg": "none" }), claims))
}

/// Header and claims, the part that is signed.
fn unsigned(header: &Json, claims: &Json) -> String {
    let encoded = |part: &Json| URL_SAFE_NO_PAD.encode(part.to_string());
    format!("{}.{}", encoded(header), encoded(claims))
}

/// Made when the first token or the first reader of the key set needs one, for it takes a moment.
/// The newest key signs, all are published.
#[derive(Default)]
pub(super) struct Keys(RwLock<Vec<Arc<SigningKey>>>);

impl Keys {
    pub(super) fn newest(&self) -> Option<Arc<SigningKey>> {
        self.all().pop()
    }

    pub(super) fn all(&self) -> Vec<Arc<SigningKey>> {
        let mut keys = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if keys.is_empty() {
            keys.extend(SigningKey::fresh().map(Arc::new));
        }
        keys.clone()
    }

    /// The claims of a JWT that one of the published keys signed; they may be out of date.
    pub(super) fn verified(&self, jwt: &str) -> Option<Json> {
        let (text, signature) = jwt.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let is_of = |key: &Arc<SigningKey>| {
            let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.pair.public_key());
            public.verify(text.as_bytes(), &signature).is_ok()
        };
        self.all().iter().find(|key| is_of(key))?;
        let (_, claims) = text.split_once('.')?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
    }

    /// From now on a new key signs; with `retire` the old ones are published no more.
    pub(super) fn rotate(&self, retire: bool) {
        let mut keys = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if retire {
            keys.clear();
        }
        keys.extend(SigningKey::fresh().map(Arc::new));
    }
}
