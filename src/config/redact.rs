//! Values as they may be shown: without the credentials that people put into addresses.

/// A value as it may be shown: short, and without what stands before the `@` or behind the `?` of
/// an address.
pub(super) fn redact(value: &str) -> String {
    let shown = value.split_inclusive([',', ' ']).map(|part| {
        let Some((scheme, rest)) = part.split_once("://") else {
            // A user and a password may stand before a bare host, too.
            return part
                .rsplit_once('@')
                .map_or_else(|| part.to_owned(), |(_, host)| format!("***@{host}"));
        };
        let rest = rest
            .rsplit_once('@')
            .map_or_else(|| rest.to_owned(), |(_, host)| format!("***@{host}"));
        let rest =
            rest.split_once('?').map_or_else(|| rest.clone(), |(path, _)| format!("{path}?***"));
        format!("{scheme}://{rest}")
    });
    shown.collect::<String>().chars().take(100).collect()
}

/// A sentence that may quote a value, without the credentials in it.
pub(super) fn redact_in(sentence: String, value: &str) -> String {
    let parts = value.split([',', ' ']).filter(|part| part.contains('@'));
    parts.fold(sentence, |sentence, part| sentence.replace(part, &redact(part)))
}
