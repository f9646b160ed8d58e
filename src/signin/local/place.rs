//! The folder of this machine's sign-in, opened with its key, and who is named in it.

use std::{path::Path, sync::Arc};

use keyring::KeyRing;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use session_store::{Expected, Files, KeyCheckError, RecordKey, Store};
use url::Url;
use zeroize::Zeroizing;

use super::{
    super::{
        clock::Clock, person::Person, provider::AtlassianApp, secret::Secret, session::SessionId,
    },
    error::LocalError,
    key::{KeyPlace, existing, existing_or_new},
    settings::LocalSettings,
};

/// The sessions of one user; one is in use, and those before it have ended.
const FILES_MAX: usize = 1_000;

/// Longer than any session lives: a session that has ended is told from nobody's ever.
const ACCOUNT_MS: u64 = 10 * 365 * 24 * 60 * 60 * 1000;

/// Two processes that write at once are two sign-ins, and more than a few never meet.
const TRIES: usize = 8;

/// The opened folder. A clone shares it.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) store: Store,
    pub(super) keys: KeyRing,
    pub(super) key: KeyPlace,
    pub(super) clock: Clock,
}

/// Who is signed in, and by which app: what the one record with a known name holds, sealed.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Account {
    pub(super) session: SessionId,
    pub(super) person: Person,
    app: App,
    pub(super) since_ms: u64,
}

/// The app that the grant belongs to. `stdio` renews with it, so that a client's settings need no
/// secret.
#[derive(Clone, Serialize, Deserialize)]
struct App {
    auth_base: String,
    api_base: String,
    client_id: String,
    client_secret: Secret,
}

impl Account {
    pub(super) fn new(
        session: SessionId,
        person: Person,
        app: &AtlassianApp,
        since_ms: u64,
    ) -> Self {
        let client_secret = app.client_secret.expose_secret().to_owned().into();
        let app = App {
            auth_base: app.auth_base.to_string(),
            api_base: app.api_base.to_string(),
            client_id: app.client_id.clone(),
            client_secret,
        };
        Self { session, person, app, since_ms }
    }

    /// The app of the grant; with the secret of the settings, if they name the same app: it may
    /// have been changed since.
    pub(super) fn app(&self, settings: &LocalSettings) -> Result<AtlassianApp, LocalError> {
        let App { auth_base, api_base, client_id, client_secret } = self.app.clone();
        let newer = settings.app.as_ref().filter(|app| app.client_id == client_id);
        let client_secret = match newer {
            Some(app) => app.client_secret.clone(),
            None => SecretString::from(client_secret.expose()),
        };
        let url = |text: String| text.parse::<Url>().map_err(|_| LocalError::Unreadable);
        let (auth_base, api_base) = (url(auth_base)?, url(api_base)?);
        Ok(AtlassianApp { auth_base, api_base, client_id, client_secret })
    }
}

impl Place {
    /// What a sign-in left; none where there never was one.
    pub(super) async fn existing(
        settings: &LocalSettings,
        clock: Clock,
    ) -> Result<Option<Self>, LocalError> {
        if !is_there(&settings.folder)? {
            return Ok(None);
        }
        let (keys, key) = existing(settings).await?;
        Self::open(&settings.folder, keys, key, clock).await.map(Some)
    }

    /// The same for a sign-in that begins, which makes what is missing.
    pub(super) async fn existing_or_new(
        settings: &LocalSettings,
        clock: Clock,
    ) -> Result<Self, LocalError> {
        let (keys, key) = existing_or_new(settings).await?;
        Self::open(&settings.folder, keys, key, clock).await
    }

    async fn open(
        folder: &Path,
        keys: KeyRing,
        key: KeyPlace,
        clock: Clock,
    ) -> Result<Self, LocalError> {
        let files = Files::open(folder, FILES_MAX).map_err(LocalError::Folder)?;
        let store = Store::new(Arc::new(files), keys.clone());
        store.check_keys(clock.now_ms()).await.map_err(|error| match error {
            KeyCheckError::WrongKeys => LocalError::Unreadable,
            KeyCheckError::Unavailable => LocalError::Unavailable,
        })?;
        Ok(Self { store, keys, key, clock })
    }

    /// Who is signed in.
    pub(super) async fn account(&self) -> Result<Option<Account>, LocalError> {
        let Some(record) = self.store.get(&account_key(), self.clock.now_ms()).await? else {
            return Ok(None);
        };
        serde_json::from_slice(&record.plain).map(Some).map_err(|_| LocalError::Unreadable)
    }

    /// Puts somebody in the place of whoever was signed in, who is returned.
    pub(super) async fn replace(&self, account: &Account) -> Result<Option<Account>, LocalError> {
        let plain =
            Zeroizing::new(serde_json::to_vec(account).map_err(|_| LocalError::Unavailable)?);
        for _ in 0..TRIES {
            let now_ms = self.clock.now_ms();
            let found = self.store.get(&account_key(), now_ms).await?;
            let (expected, before) = match found {
                Some(record) => (
                    Expected::Version(record.version),
                    serde_json::from_slice(&record.plain).map_err(|_| LocalError::Unreadable)?,
                ),
                None => (Expected::Absent, None),
            };
            let ends_at_ms = now_ms.saturating_add(ACCOUNT_MS);
            let written =
                self.store.put(&account_key(), expected, &plain, ends_at_ms, now_ms).await?;
            if written.is_some() {
                return Ok(before);
            }
        }
        Err(LocalError::Unavailable)
    }

    /// Forgets who is signed in.
    pub(super) async fn forget(&self) -> Result<(), LocalError> {
        self.store.remove(&account_key(), None, self.clock.now_ms()).await?;
        Ok(())
    }
}

fn account_key() -> RecordKey {
    RecordKey::new("account", b"")
}

/// Whether there is a folder. One that cannot be looked at is not taken for absent.
fn is_there(folder: &Path) -> Result<bool, LocalError> {
    folder.try_exists().map_err(|_| LocalError::Unavailable)
}
