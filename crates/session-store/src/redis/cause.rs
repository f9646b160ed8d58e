//! What an operator is told of a failed command: words of ours, for a server's may hold anything.

use ::redis::{ErrorKind, RedisError};

/// What went wrong.
pub(super) fn cause(error: &RedisError) -> &'static str {
    match error.code() {
        Some("OOM") => return "Redis has no memory left; see maxmemory",
        Some("READONLY") => return "this Redis is a replica, and takes no writes",
        Some("LOADING") => return "Redis is loading its data",
        Some("MASTERDOWN") => return "this Redis is a replica without its master",
        Some("MISCONF") => return "Redis cannot save its data, and takes no writes",
        Some("NOAUTH" | "WRONGPASS") => return REFUSED,
        Some("NOPERM") => return "the user may not run a command or use a key; see the README",
        Some("MOVED" | "ASK" | "CROSSSLOT" | "CLUSTERDOWN") => {
            return "this Redis is a cluster, which is not supported";
        }
        Some("BUSY") => return "Redis is busy with a script",
        Some("NOREPLICAS") => return "Redis has too few replicas, and takes no writes",
        Some("WRONGTYPE") => return "a key of ours holds something else",
        _ => {}
    }
    match error.kind() {
        ErrorKind::AuthenticationFailed => REFUSED,
        ErrorKind::Io if error.is_timeout() => "Redis does not answer in time",
        ErrorKind::Io if error.is_connection_refusal() => "nothing listens at the address",
        ErrorKind::Io => "the connection or its TLS failed",
        _ => "Redis refused a command",
    }
}

const REFUSED: &str = "Redis refuses the user or the password";

/// Whether the connection is of no use any more. After a failover the address leads to another
/// server, but an old connection stays with the one that has become a replica.
pub(super) fn ends_connection(error: &RedisError) -> bool {
    error.is_io_error()
        || error.is_unrecoverable_error()
        || matches!(error.code(), Some("READONLY" | "MASTERDOWN" | "NOAUTH" | "WRONGPASS"))
}
