//! Did the request come through our gateway? `X-Gateway-Token` must equal one of the accepted
//! secrets.

mod check;
mod derived_keys;
mod secret;
mod secret_file;
mod secret_strength;

pub use check::{Gateway, GatewaySource};
pub use derived_keys::KEY_BYTES;
pub use secret::{GatewayError, is_vault_reference};
pub use secret_strength::ADVICE as SECRET_ADVICE;
