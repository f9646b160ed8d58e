//! The accepted secrets, from settings and from a watched file, and the check of a request against
//! them.

use std::{fmt, path::PathBuf, sync::Arc, time::Duration};

use http::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use single_header::single_header;

use crate::http::{header_names::GATEWAY_TOKEN, reject::Reject};

use super::{
    derived_keys::{DerivedKeys, Key},
    secret::{GatewayError, SecretDigest, accept, any_equal, digest},
    secret_file::SecretFile,
    secret_strength,
};

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

/// The accepted secrets, as digests. Clones share what the watched file held last.
#[derive(Clone)]
pub struct Gateway {
    fixed: Arc<[SecretDigest]>,
    file: Option<Arc<SecretFile>>,
    keys: Arc<DerivedKeys>,
    /// Whether one of the fixed secrets reads like words.
    is_guessable: bool,
}

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
        Ok(Self { fixed, file, keys: Arc::default(), is_guessable })
    }

    /// How many secrets are accepted now.
    pub fn accepted(&self) -> usize {
        self.fixed.len() + self.secrets_of_file().len()
    }

    /// Whether one of the accepted secrets looks as if somebody had thought of it.
    pub fn is_guessable(&self) -> bool {
        self.is_guessable || self.file.as_ref().is_some_and(|file| file.is_guessable())
    }

    /// A key for each secret accepted now, the current one first: the same on every replica with
    /// the same secrets, and no way back from it to them but trying one after the other, each at
    /// the price of an Argon2id hash. `context` names the one use of these keys. Made at the first
    /// call after a change of the secrets.
    pub async fn derived_keys(&self, context: &'static str) -> Vec<Key> {
        let secrets = self.fixed.iter().chain(self.secrets_of_file().iter()).copied().collect();
        self.keys.of(secrets, context).await
    }

    /// Lets pass exactly one header that equals an accepted secret; every secret is compared, none
    /// ends the search.
    pub(crate) async fn check(&self, headers: &HeaderMap) -> Result<(), Reject> {
        let Ok(Some(sent)) = single_header(headers, GATEWAY_TOKEN) else {
            return Err(Reject::GatewayForbidden);
        };
        let sent = digest(sent);
        let from_file = match &self.file {
            Some(file) => file.current().await,
            None => Arc::default(),
        };
        if any_equal(self.fixed.iter().chain(from_file.iter()), &sent) {
            return Ok(());
        }
        // Another request may be reading a file that has just changed: what it finds counts for
        // this one, too.
        let settled = match &self.file {
            Some(file) => file.settled().await,
            None => return Err(Reject::GatewayForbidden),
        };
        if any_equal(settled.iter(), &sent) { Ok(()) } else { Err(Reject::GatewayForbidden) }
    }

    fn secrets_of_file(&self) -> Arc<[SecretDigest]> {
        self.file.as_ref().map(|file| file.accepted()).unwrap_or_default()
    }
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gateway(***)")
    }
}
