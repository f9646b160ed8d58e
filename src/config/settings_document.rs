//! The table of settings as files for operators show it.

use super::settings_table::{SETTINGS, Setting};

/// The table as `.env.example` shows it.
pub fn env_example() -> String {
    let mut text = String::from(
        "# Every setting with its default. Environment first, then .env, then the file given with --config, then this.\n",
    );
    let rows = SETTINGS
        .iter()
        .map(|Setting { name, default, about, .. }| format!("\n# {about}\n# {name}={default}\n"));
    text.extend(rows);
    text
}

/// The table as `docs/CONFIGURATION.md` shows it.
pub fn document() -> String {
    let mut text = String::from(
        "# Configuration\n\nEnvironment first, then `.env` in the working folder, then the TOML file given with `--config` (the same names in any\n\
         letter case, lists as arrays), then the default. An empty value leaves standing what a later place says. A wrong value\n\
         stops the start with one line for each problem. A `.env` does not say where a credential of the environment is sent:\n\
         that stops the start, too.\n\n\
         | Name | Default | Meaning |\n|---|---|---|\n",
    );
    let shown = |setting: &Setting| {
        if setting.default.is_empty() { String::new() } else { format!("`{}`", setting.default) }
    };
    text.extend(SETTINGS.iter().map(|setting| {
        format!("| `{}` | {} | {} |\n", setting.name, shown(setting), setting.about)
    }));
    text
}
