//! Who asks to be let in: clients that registered, and clients that publish a document.

mod clients;
mod document;
mod documents;
mod fetch;
mod metadata;
mod public_address;
mod registration;

pub(super) use clients::{ClientSettings, Clients};
pub(super) use metadata::{AuthMethod, Client, ClientFault};
pub(super) use public_address::DocumentHosts;

/// What all documents together take, those being fetched included.
pub(super) const DOCUMENTS_BYTES_MAX: usize =
    documents::BYTES_MAX + fetch::FETCHES_MAX * fetch::BODY_BYTES_MAX;
