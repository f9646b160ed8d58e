//! Did the request come through our gateway? `X-Gateway-Token` must equal one of the accepted
//! secrets.

use std::{collections::HashMap, fmt, path::PathBuf, sync::Arc, time::Duration};

use argon2::{Algorithm, Argon2, Params, Version};
use http::{HeaderMap, HeaderName};
use secrecy::{ExposeSecret, SecretString};
use single_header::single_header;
use subtle::{Choice, ConstantTimeEq};
use tokio::{sync::Mutex, task::spawn_blocking};
use tracing::warn;
use zeroize::Zeroizing;

use super::{reject::Reject, secret_file::SecretFile, secret_strength};

pub(super) const HEADER: HeaderName = HeaderName::from_static("x-gateway-token");
const SECRET_BYTES_MIN: usize = 32;

/// What one key costs to make, so that whoever holds something that was sealed with it cannot try
/// secrets by the million: memory in KiB and passes. Source: OWASP's password storage sheet, one of
/// its equivalent settings of Argon2id.
const STRETCH_KIB: u32 = 7 * 1024;
const STRETCH_PASSES: u32 = 5;

/// The memory that a key takes while it is made; one at a time is.
pub const KEY_BYTES: usize = 7 << 20;

/// Where the accepted secrets come from; all of them count at the same time, so that they can be
/// rotated.
#[derive(Debug)]
pub struct GatewaySource {
    /// The current secret and, during a rotation, the previous one.
    pub secrets: Vec<SecretString>,
    /// A file with one secret a line; followed through symbolic links, as mounted secret volumes
    /// swap them.
    pub file: Option<PathBuf>,
    /// How old the last look at the file may be before a request looks again; one second is plenty.
    pub recheck: Duration,
}

/// Why the secrets cannot be used. No variant holds one.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// Neither the settings nor the file name a secret.
    #[error("no gateway secret is given")]
    Empty,
    /// A secret is too easily guessed.
    #[error("a gateway secret is shorter than {SECRET_BYTES_MIN} bytes")]
    Short,
    /// A secret no HTTP client could send.
    #[error("a gateway secret holds characters other than visible ASCII")]
    Unsendable,
    /// The file cannot be read.
    #[error("the file of gateway secrets cannot be read: {}", .0.kind())]
    Unreadable(#[from] std::io::Error),
    /// What stands there is no file.
    #[error("what is named as the file of gateway secrets is no file")]
    NoSecretFile,
    /// A line of the file is no secret.
    #[error("line {line} of the file of gateway secrets: {fault}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        fault: Box<GatewayError>,
    },
}

/// The accepted secrets as digests: comparing digests of one length tells nothing of a secret's
/// length, and the secrets themselves need not stay in memory. Clones share what the watched file
/// held last.
#[derive(Clone)]
pub struct Gateway {
    fixed: Arc<[Digest]>,
    file: Option<Arc<SecretFile>>,
    stretched: Arc<Mutex<HashMap<(Digest, &'static str), Key>>>,
    /// Whether one of the fixed secrets reads like words.
    is_guessable: bool,
}

/// A key that follows from a secret; wiped when dropped.
type Key = Zeroizing<[u8; blake3::KEY_LEN]>;

pub(super) type Digest = [u8; blake3::OUT_LEN];

impl Gateway {
    /// Reads all secrets once, and judges them; blocking, for the start.
    pub fn load(source: &GatewaySource) -> Result<Self, GatewayError> {
        let fixed: Result<Arc<[_]>, _> =
            source.secrets.iter().map(|s| accept(s.expose_secret())).collect();
        let fixed = fixed?;
        let file = source.file.as_ref().map(|path| SecretFile::load(path.clone(), source.recheck));
        let file = file.transpose()?.map(Arc::new);
        if fixed.is_empty() && file.is_none() {
            return Err(GatewayError::Empty);
        }
        let is_guessable =
            source.secrets.iter().any(|s| secret_strength::is_guessable(s.expose_secret()));
        Ok(Self { fixed, file, stretched: Arc::default(), is_guessable })
    }

    /// How many secrets are accepted now.
    pub fn accepted(&self) -> usize {
        self.fixed.len() + self.of_file().len()
    }

    /// Whether one of the accepted secrets looks as if somebody had thought of it.
    pub fn is_guessable(&self) -> bool {
        self.is_guessable || self.file.as_ref().is_some_and(|file| file.is_guessable())
    }

    /// A key for each secret accepted now, the current one first: the same on every replica with
    /// the same secrets, and no way back from it to them but trying one after the other, each at
    /// the price of [`STRETCH_KIB`]. `context` names the one use of these keys. Made at the first
    /// call after a change of the secrets.
    pub async fn derived_keys(&self, context: &'static str) -> Vec<Key> {
        let from_file = self.of_file();
        let all: Vec<Digest> = self.fixed.iter().chain(from_file.iter()).copied().collect();
        let mut known = self.stretched.lock().await;
        known.retain(|(digest, _), _| all.contains(digest));
        let mut keys = Vec::with_capacity(all.len());
        for digest in all {
            if let Some(key) = known.get(&(digest, context)) {
                keys.push(key.clone());
                continue;
            }
            if let Ok(Some(key)) = spawn_blocking(move || stretch(&digest, context)).await {
                known.insert((digest, context), key.clone());
                keys.push(key);
            } else {
                warn!("gateway secrets: no key could be derived from one of them");
            }
        }
        keys
    }

    /// Lets pass exactly one header that equals an accepted secret; every secret is compared, none
    /// ends the search.
    pub(super) async fn check(&self, headers: &HeaderMap) -> Result<(), Reject> {
        let Ok(Some(sent)) = single_header(headers, HEADER) else {
            return Err(Reject::GatewayForbidden);
        };
        let sent = digest(sent.as_bytes());
        let from_file = match &self.file {
            Some(file) => file.current().await,
            None => Arc::default(),
        };
        if self.fixed.iter().chain(from_file.iter()).any_equal(&sent) {
            return Ok(());
        }
        // Another request may be reading a file that has just changed: what it finds counts for
        // this one, too.
        let settled = match &self.file {
            Some(file) => file.settled().await,
            None => return Err(Reject::GatewayForbidden),
        };
        if settled.iter().any_equal(&sent) { Ok(()) } else { Err(Reject::GatewayForbidden) }
    }

    fn of_file(&self) -> Arc<[Digest]> {
        self.file.as_ref().map(|file| file.accepted()).unwrap_or_default()
    }
}

/// None where Argon2 refuses its settings, which are constants.
fn stretch(digest: &Digest, context: &str) -> Option<Key> {
    let params = Params::new(STRETCH_KIB, STRETCH_PASSES, 1, Some(blake3::KEY_LEN)).ok()?;
    let mut key = Key::default();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    // The use is the salt, in a form of which Argon2 takes any length.
    argon2
        .hash_password_into(digest, blake3::hash(context.as_bytes()).as_bytes(), key.as_mut_slice())
        .ok()?;
    Some(key)
}

trait AnyEqual {
    /// Compares with every digest, in a time that does not tell which one fits.
    fn any_equal(self, sent: &Digest) -> bool;
}

impl<'a, T: Iterator<Item = &'a Digest>> AnyEqual for T {
    fn any_equal(self, sent: &Digest) -> bool {
        self.fold(Choice::from(0), |found, accepted| found | accepted.ct_eq(sent)).into()
    }
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gateway(***)")
    }
}

/// A secret's digest, if it may be one.
pub(super) fn accept(secret: &str) -> Result<Digest, GatewayError> {
    if secret.len() < SECRET_BYTES_MIN {
        return Err(GatewayError::Short);
    }
    if !secret.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(GatewayError::Unsendable);
    }
    Ok(digest(secret.as_bytes()))
}

fn digest(secret: &[u8]) -> Digest {
    *blake3::hash(secret).as_bytes()
}
