//! Jira's durations, `1w 2d 3h 30m`: a week has five days, a day eight hours.

const UNITS: [(char, u64); 4] = [('w', 144_000), ('d', 28_800), ('h', 3_600), ('m', 60)];

/// Seconds of `2d 4h`; a bare number counts minutes. `None` when it is not a duration.
pub(crate) fn parse_duration(text: &str) -> Option<u64> {
    if let Ok(minutes) = text.trim().parse::<u64>() {
        return minutes.checked_mul(60);
    }
    let mut total = 0_u64;
    let mut parts = text.split_whitespace().peekable();
    parts.peek()?;
    for part in parts {
        let unit = part.chars().last()?;
        let (_, seconds) = UNITS.iter().find(|(name, _)| *name == unit)?;
        let number: u64 = part.strip_suffix(unit)?.parse().ok()?;
        total = total.checked_add(number.checked_mul(*seconds)?)?;
    }
    Some(total)
}

/// The largest units first, `1d 4h`; `0m` for nothing.
pub(crate) fn pretty_duration(seconds: u64) -> String {
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (name, size) in UNITS {
        if let (Some(count @ 1..), Some(left)) = (rest.checked_div(size), rest.checked_rem(size)) {
            parts.push(format!("{count}{name}"));
            rest = left;
        }
    }
    if parts.is_empty() { "0m".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_durations() {
        assert_eq!(parse_duration("2d 4h"), Some(72_000));
        assert_eq!(parse_duration("90"), Some(5_400));
        assert_eq!(parse_duration("soon"), None);
        assert_eq!(parse_duration(""), None);
        assert_eq!(pretty_duration(72_000), "2d 4h");
        assert_eq!(pretty_duration(0), "0m");
    }
}
