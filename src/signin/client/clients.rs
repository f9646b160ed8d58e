//! Finds the client that an id stands for, of either kind.

use std::sync::Arc;

use jiff::Timestamp;
use keyring::KeyRing;
use secrecy::SecretString;
use tokio::time::Instant;
use url::Url;

use super::{
    document::DocumentUrl,
    documents::Documents,
    fetch::{BuildError, Fetcher},
    metadata::{Client, ClientFault, MetadataFault},
    public_address::DocumentHosts,
    registration::{Registered, Registrations},
};

/// What clients are known by.
pub(crate) struct ClientSettings {
    /// Seals client ids.
    pub(crate) ring: KeyRing,
    /// The issuer as it is published, without a slash at the end.
    pub(crate) issuer: String,
    /// The same, read.
    pub(crate) own: Url,
    /// Where documents may be.
    pub(crate) document_hosts: DocumentHosts,
    /// How this server calls itself when it fetches one.
    pub(crate) user_agent: String,
}

/// All clients: those that registered, and those that publish a document.
pub(crate) struct Clients {
    registrations: Registrations,
    documents: Documents,
}

impl Clients {
    /// Opens no connection.
    pub(crate) fn new(settings: ClientSettings) -> Result<Self, BuildError> {
        let ClientSettings { ring, issuer, own, document_hosts: hosts, user_agent } = settings;
        let fetcher = Fetcher::new(hosts, &user_agent, http_client::system_lookup())?;
        Ok(Self {
            registrations: Registrations::new(ring, issuer, own.clone()),
            documents: Documents::new(fetcher, hosts, own),
        })
    }

    /// Registers the client that a JSON body describes (RFC 7591).
    pub(crate) fn register(
        &self,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Registered, MetadataFault> {
        self.registrations.register(body, now)
    }

    /// The client of an id that was given here, without asking anybody.
    pub(crate) fn open(&self, id: &str) -> Option<Client> {
        self.registrations.open(id)
    }

    /// Whether the id is the address of a document, which a public client has.
    pub(crate) fn is_document(id: &str) -> bool {
        DocumentUrl::is_meant(id)
    }

    /// The client of any id. May fetch its document.
    pub(crate) async fn client(&self, id: &str) -> Result<Arc<Client>, ClientFault> {
        if DocumentUrl::is_meant(id) {
            return self.documents.client(id, Instant::now()).await;
        }
        self.open(id).map(Arc::new).ok_or(ClientFault::Unknown)
    }

    /// Whether `secret` was given with this registered id, under any key of the ring.
    pub(crate) fn is_secret(&self, id: &str, secret: &SecretString) -> bool {
        self.registrations.is_secret(id, secret)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn an_id_is_a_registration_or_the_address_of_a_document() {
        let own = Url::parse("https://bridge.example").unwrap();
        let clients = Clients::new(ClientSettings {
            ring: KeyRing::random().unwrap(),
            issuer: "https://bridge.example".to_owned(),
            own: own.clone(),
            document_hosts: DocumentHosts::Public,
            user_agent: "bridge/1".to_owned(),
        })
        .unwrap();
        let body = json!({ "redirect_uris": ["http://localhost/cb"] }).to_string();
        let registered = clients.register(body.as_bytes(), Timestamp::UNIX_EPOCH).unwrap();
        let client = clients.client(&registered.id).await.unwrap();
        assert_eq!(*client, registered.client);
        assert!(client.redirect_uri("http://localhost:5/cb", &own).is_some());
        assert!(client.redirect_uri("http://localhost:5/", &own).is_none());
        assert!(clients.is_secret(&registered.id, &registered.secret.unwrap()));
        assert!(!Clients::is_document(&registered.id));
        assert_eq!(clients.client("nobody").await, Err(ClientFault::Unknown));
        let id = "https://127.0.0.1/client.json";
        assert!(Clients::is_document(id) && clients.open(id).is_none());
        assert!(matches!(clients.client(id).await, Err(ClientFault::Refused { .. })));
    }
}
