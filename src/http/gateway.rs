//! Did the request come through our gateway? `X-Gateway-Token` must equal one of the accepted secrets.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use http::{HeaderMap, HeaderName};
use secrecy::{ExposeSecret, SecretString};
use subtle::{Choice, ConstantTimeEq};
use tokio::{sync::Mutex, task::spawn_blocking, time::Instant};
use tracing::{info, warn};
use zeroize::Zeroizing;

use super::reject::Reject;

pub(super) const HEADER: HeaderName = HeaderName::from_static("x-gateway-token");
const SECRET_BYTES_MIN: usize = 32;
const FILE_BYTES_MAX: u64 = 64 * 1024;

/// Where the accepted secrets come from; all of them count at the same time, so that they can be rotated.
#[derive(Debug)]
pub struct GatewaySource {
    /// The current secret and, during a rotation, the previous one.
    pub secrets: Vec<SecretString>,
    /// A file with one secret a line; followed through symbolic links, as mounted secret volumes swap them.
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
    /// The file is larger than 64 KiB or no text.
    #[error("the file of gateway secrets is too large or no text")]
    NoSecretFile,
}

/// The accepted secrets as digests: comparing digests of one length tells nothing of a secret's length, and the
/// secrets themselves need not stay in memory. Clones share what the watched file held last.
#[derive(Clone)]
pub struct Gateway {
    fixed: Arc<[Digest]>,
    watched: Option<Arc<Watched>>,
}

type Digest = [u8; blake3::OUT_LEN];

struct Watched {
    path: PathBuf,
    recheck: Duration,
    accepted: RwLock<Arc<[Digest]>>,
    read_at: Mutex<Instant>,
}

impl Gateway {
    /// Reads all secrets once; blocking, for the start. Later trouble with the file keeps the last good set.
    pub fn load(source: &GatewaySource) -> Result<Self, GatewayError> {
        let fixed: Result<Arc<[_]>, _> = source.secrets.iter().map(|s| accept(s.expose_secret())).collect();
        let watched = source.file.as_ref().map(|path| {
            Ok::<_, GatewayError>(Arc::new(Watched {
                path: path.clone(),
                recheck: source.recheck,
                accepted: RwLock::new(read(path)?),
                read_at: Mutex::new(Instant::now()),
            }))
        });
        let gateway = Self { fixed: fixed?, watched: watched.transpose()? };
        if gateway.fixed.is_empty() && gateway.watched.is_none() {
            return Err(GatewayError::Empty);
        }
        Ok(gateway)
    }

    /// How many secrets are accepted now.
    pub fn accepted(&self) -> usize {
        let from_file = self.watched.as_ref().map(|watched| watched.accepted().len());
        self.fixed.len() + from_file.unwrap_or_default()
    }

    /// A key for each secret accepted now, the current one first: the same on every replica with the same secrets, and
    /// no way back from it to them. `context` names the one use of these keys (BLAKE3's `derive_key`).
    pub fn derived_keys(&self, context: &'static str) -> Vec<Zeroizing<[u8; blake3::KEY_LEN]>> {
        let from_file = self.watched.as_ref().map(|watched| watched.accepted()).unwrap_or_default();
        let all = self.fixed.iter().chain(from_file.iter());
        all.map(|digest| Zeroizing::new(blake3::derive_key(context, digest))).collect()
    }

    /// Lets pass exactly one header that equals an accepted secret; every secret is compared, none ends the search.
    pub(super) async fn check(&self, headers: &HeaderMap) -> Result<(), Reject> {
        let mut lines = headers.get_all(HEADER).iter();
        let (Some(sent), None) = (lines.next(), lines.next()) else { return Err(Reject::GatewayForbidden) };
        let sent = digest(sent.as_bytes());
        let from_file = match &self.watched {
            Some(watched) => watched.current().await,
            None => Arc::default(),
        };
        if self.fixed.iter().chain(from_file.iter()).any_equal(&sent) {
            return Ok(());
        }
        // Another request may be reading a file that has just changed: what it finds counts for this one, too.
        let settled = match &self.watched {
            Some(watched) => watched.settled().await,
            None => return Err(Reject::GatewayForbidden),
        };
        if settled.iter().any_equal(&sent) { Ok(()) } else { Err(Reject::GatewayForbidden) }
    }
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

impl Watched {
    /// Re-reads the file when the last look is too old. Content is compared, not the time stamp: the file is tiny, and
    /// a swap within one tick of the clock or with kept times would stay unseen.
    async fn current(&self) -> Arc<[Digest]> {
        // Whoever finds the lock taken goes on with the last good set instead of waiting for the disk.
        if let Ok(mut read_at) = self.read_at.try_lock()
            && read_at.elapsed() >= self.recheck
        {
            let path = self.path.clone();
            match spawn_blocking(move || read(&path)).await {
                Ok(Ok(fresh)) => self.replace(fresh),
                Ok(Err(error)) => warn!(%error, "gateway secrets: keeping the last good set"),
                Err(_) => warn!("gateway secrets: the read was cut short, keeping the last good set"),
            }
            *read_at = Instant::now();
        }
        self.accepted()
    }

    /// The set after the look that is being taken right now, if one is.
    async fn settled(&self) -> Arc<[Digest]> {
        drop(self.read_at.lock().await);
        self.accepted()
    }

    fn accepted(&self) -> Arc<[Digest]> {
        self.accepted.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn replace(&self, fresh: Arc<[Digest]>) {
        let mut accepted = self.accepted.write().unwrap_or_else(PoisonError::into_inner);
        if *accepted != fresh {
            info!(secrets = fresh.len(), "gateway secrets: the file has changed");
            *accepted = fresh;
        }
    }
}

fn read(path: &Path) -> Result<Arc<[Digest]>, GatewayError> {
    use std::io::Read as _;
    let file = std::fs::File::open(path)?;
    // Room for the largest file at once, so that growing leaves no unwiped copy behind.
    let room = usize::try_from(FILE_BYTES_MAX + 1).unwrap_or(usize::MAX);
    let mut text = Zeroizing::new(Vec::with_capacity(room));
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut text)?;
    let fits = text.len() < room;
    let text = std::str::from_utf8(&text).ok().filter(|_| fits).ok_or(GatewayError::NoSecretFile)?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let digests = lines.map(accept).collect::<Result<Arc<[_]>, _>>()?;
    if digests.is_empty() { Err(GatewayError::Empty) } else { Ok(digests) }
}

fn accept(secret: &str) -> Result<Digest, GatewayError> {
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
