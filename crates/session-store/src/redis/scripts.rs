//! What Redis runs as one step. A script and the form of a value belong together.

use crate::{error::StoreError, held::Held};

/// A value ends with these: when its time is over (20 decimal digits, so that texts compare as
/// numbers do) and its kind (`r` or `c`). The server's own end of a key works by its own clock; the
/// digits work by the caller's, as in every backend.
const END_DIGITS: usize = 20;
const TAIL: usize = END_DIGITS + 1;

/// `live(key, now)` gives a kind and what is held; no kind when there is nothing, and `x` when what
/// is there is no value of ours. Compared are digits only, so no locale matters.
macro_rules! script {
    ($body:literal) => {
        concat!(
            "
local function live(key, now)
  local found = redis.call('GET', key)
  if not found then return nil end
  local ends, kind = string.match(string.sub(found, -21), '^(%d+)([rc])$')
  if not ends or #ends ~= 20 then return 'x' end
  if ends <= now then return nil end
  return kind, string.sub(found, 1, -22)
end
local key, now = KEYS[1], ARGV[1]
local kind, held = live(key, now)
",
            $body
        )
    };
}

/// Answers of a script that are no count and no success.
pub(super) const UNREADABLE: i64 = -1;

/// ARGV: now, expected version or empty, value, milliseconds to live.
pub(super) const PUT: &str = script!(
    "
local expected, value, life = ARGV[2], ARGV[3], tonumber(ARGV[4])
if kind == 'x' then return -1 end
if expected == '' then
  if kind then return 0 end
elseif kind ~= 'r' or string.sub(held, 1, 12) ~= expected then
  return 0
end
if life > 0 then redis.call('SET', key, value, 'PX', ARGV[4]) else redis.call('DEL', key) end
return 1
"
);

/// ARGV: now, version or empty.
pub(super) const REMOVE: &str = script!(
    "
local version = ARGV[2]
if version == '' then
  if kind then return redis.call('DEL', key) end
  return 0
end
if kind == 'x' then return -1 end
if kind == 'r' and string.sub(held, 1, 12) == version then return redis.call('DEL', key) end
return 0
"
);

/// ARGV: now, end and kind of a new count, its milliseconds to live.
pub(super) const INCREMENT: &str = script!(
    "
if kind == 'c' then
  local count = tonumber(held) + 1
  local tail = string.sub(redis.call('GET', key), -21)
  redis.call('SET', key, string.format('%.0f', count) .. tail, 'KEEPTTL')
  return count
end
if kind then return -1 end
local life = tonumber(ARGV[3])
if life > 0 then redis.call('SET', key, '1' .. ARGV[2], 'PX', ARGV[3])
else redis.call('DEL', key) end
return 1
"
);

/// A time as the scripts compare it.
pub(super) fn digits(time_ms: u64) -> String {
    format!("{time_ms:0END_DIGITS$}")
}

/// What a value of a record is.
pub(super) fn record(sealed: &[u8], expires_at_ms: u64) -> Vec<u8> {
    let mut value = Vec::with_capacity(sealed.len() + TAIL);
    value.extend_from_slice(sealed);
    value.extend_from_slice(digits(expires_at_ms).as_bytes());
    value.push(b'r');
    value
}

/// The end of a count's value.
pub(super) fn count_tail(expires_at_ms: u64) -> String {
    format!("{}c", digits(expires_at_ms))
}

/// What a value holds, and when its time is over.
pub(super) fn decode(value: &[u8]) -> Result<(Held, u64), StoreError> {
    read(value).ok_or(StoreError::Unreadable)
}

fn read(value: &[u8]) -> Option<(Held, u64)> {
    let (held, tail) = value.split_at_checked(value.len().checked_sub(TAIL)?)?;
    let (kind, ends) = tail.split_last()?;
    let ends = number(ends)?;
    let held = match *kind {
        b'r' => Held::Record(held.to_vec()),
        b'c' => Held::Count(number(held)?),
        _ => return None,
    };
    Some((held, ends))
}

fn number(digits: &[u8]) -> Option<u64> {
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    str::from_utf8(digits).ok()?.parse().ok()
}
