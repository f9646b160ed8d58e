//! One accepted secret, as its digest: comparing digests of one length tells nothing of a secret's
//! length, and the secret itself need not stay in memory.

use subtle::{Choice, ConstantTimeEq};

const SECRET_BYTES_MIN: usize = 32;

/// How an app setting refers to a vault in App Service and Functions. Where the reference cannot be
/// resolved the program gets the reference itself, which everybody knows who knows the vault.
///
/// Source: learn.microsoft.com/azure/app-service/app-service-key-vault-references
const VAULT_REFERENCE: &str = "@microsoft.keyvault(";

/// A secret's BLAKE3 hash.
pub(super) type SecretDigest = [u8; blake3::OUT_LEN];

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
    /// A name of a secret in the place of the secret.
    #[error(
        "a gateway secret is a Key Vault reference that was not resolved; the app's identity needs the role Key Vault Secrets User, and the secret must exist"
    )]
    Unresolved,
    /// The file cannot be read.
    #[error("the file of gateway secrets cannot be read: {}", .0.kind())]
    Unreadable(#[from] std::io::Error),
    /// A folder, a pipe or a device.
    #[error("the path of the file of gateway secrets does not lead to a regular file")]
    NotAFile,
    /// A line of the file is no secret.
    #[error("line {line} of the file of gateway secrets: {fault}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        fault: Box<GatewayError>,
    },
}

/// A secret's digest, if the text may be a secret.
pub(super) fn accept(secret: &str) -> Result<SecretDigest, GatewayError> {
    if secret.len() < SECRET_BYTES_MIN {
        return Err(GatewayError::Short);
    }
    if !secret.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(GatewayError::Unsendable);
    }
    if is_vault_reference(secret) {
        return Err(GatewayError::Unresolved);
    }
    Ok(digest(secret))
}

/// Whether a text is a reference to a vault that the platform should have resolved.
pub fn is_vault_reference(text: &str) -> bool {
    text.to_ascii_lowercase().starts_with(VAULT_REFERENCE)
}

/// The digest of any text.
pub(super) fn digest(text: &str) -> SecretDigest {
    *blake3::hash(text.as_bytes()).as_bytes()
}

/// Compares with every accepted digest, in a time that does not tell which one fits.
pub(super) fn any_equal<'a>(
    accepted: impl Iterator<Item = &'a SecretDigest>,
    sent: &SecretDigest,
) -> bool {
    accepted.fold(Choice::from(0), |found, accepted| found | accepted.ct_eq(sent)).into()
}
