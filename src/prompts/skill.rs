//! The same jobs as Agent Skills: files that an agent takes up by itself, where a prompt is picked
//! by a person.
//!
//! A skill's text is its prompt's text with the names of the arguments in place of their values, so
//! the two cannot drift apart. Source: Agent Skills specification, agentskills.io.

use std::sync::LazyLock;

use super::{
    jobs,
    prompt::{Prompt, PromptArguments},
};

/// A folder with one file, `SKILL.md`.
#[derive(Debug)]
pub struct Skill {
    /// The address of the file.
    pub uri: String,
    /// Small letters, digits and hyphens; the folder's name.
    pub name: String,
    /// What it does and when to take it up.
    pub description: String,
    /// The whole file, front matter included.
    pub text: String,
    /// The tools without which it makes no sense.
    pub needs: &'static [&'static str],
}

static ALL: LazyLock<Vec<Skill>> = LazyLock::new(|| jobs::ALL.iter().map(Skill::of).collect());

/// Every skill, in the order of the prompts.
pub fn skills() -> impl Iterator<Item = &'static Skill> {
    ALL.iter()
}

/// The skill whose file has that address.
pub fn skill_at(uri: &str) -> Option<&'static Skill> {
    skills().find(|skill| skill.uri == uri)
}

impl Skill {
    fn of(prompt: &Prompt) -> Self {
        // Other servers have a stand-up as well, and hosts show names without their server.
        let name = format!("jira-{}", prompt.name.replace('_', "-"));
        let description = format!(
            "{} in Jira: {}. Use it when the user asks for this, also in other words.",
            prompt.title, prompt.about
        );
        let text = format!(
            "---\nname: {name}\ndescription: {}\n---\n\n# {}\n\n{}\n{}\n",
            // JSON's way to quote a text is one of YAML's.
            serde_json::Value::from(description.as_str()),
            prompt.title,
            values(prompt),
            (prompt.text)(&PromptArguments::placeholders(prompt.args)),
        );
        let uri = format!("skill://{name}/SKILL.md");
        Self { uri, name, description, text, needs: prompt.needs }
    }
}

/// What stands for what in the text.
fn values(prompt: &Prompt) -> String {
    let mut text =
        String::from("Put into the text below, in place of the names in angle brackets:\n\n");
    for arg in prompt.args {
        let kind = if arg.required { "required" } else { "optional" };
        text.extend(["- `<", arg.name, ">` (", kind, "): ", arg.about, "\n"]);
    }
    text.push_str("\nAsk the user for what is required and not known.");
    if prompt.args.iter().any(|arg| !arg.required) {
        text.push_str(
            " Without a value for what is optional, leave out the sentence or the clause of the JQL that holds it, \
             or put in what the list says.",
        );
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The limits of the Agent Skills specification.
    #[test]
    fn every_prompt_is_a_skill_in_good_form() {
        assert_eq!(skills().count(), jobs::ALL.len());
        for (skill, prompt) in skills().zip(jobs::ALL) {
            let Skill { uri, name, description, text, .. } = skill;
            assert!(name.len() <= 64 && description.len() <= 1024, "{name}");
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{name}");
            assert!(!name.contains("--") && !name.ends_with('-'), "{name}");
            assert_eq!(*uri, format!("skill://{name}/SKILL.md"));
            let front = text.strip_prefix("---\n").unwrap().split_once("\n---\n").unwrap();
            assert_eq!(
                front.0,
                format!("name: {name}\ndescription: {}", serde_json::json!(description))
            );
            for tool in prompt.needs {
                assert!(front.1.contains(tool), "{name} does not name {tool}");
            }
            for arg in prompt.args {
                let placeholder = format!("<{}>", arg.name);
                assert!(front.1.matches(&placeholder).count() >= 2, "{name} drops {placeholder}");
            }
            assert!(text.len() < 4_096, "{name}: {} bytes", text.len());
        }
        assert!(skill_at("skill://jira-my-day/SKILL.md").is_some());
        assert!(skill_at("skill://jira-my-day/other").is_none());
    }
}
