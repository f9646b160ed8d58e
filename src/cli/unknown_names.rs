//! Names among the settings that are none, a sentence each: what one of them was to forbid is
//! allowed.

use crate::config::{Source, UnknownSetting};

pub(super) fn sentences(source: &Source) -> impl Iterator<Item = String> {
    let sentence = |setting: &UnknownSetting| {
        let near = setting.near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        format!("{} in {} is not a setting{near}", setting.name, setting.place)
    };
    source.unknown_settings().iter().map(sentence)
}
