//! What the program says of itself to shells, readers and packagers.

use std::process::{Command, Output, Stdio};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jira-mcp-bridge"))
        .args(arguments)
        .env_clear()
        .output()
        .unwrap()
}

fn printed(arguments: &[&str]) -> String {
    let done = run(arguments);
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

#[test]
fn the_version_names_commit_and_day() {
    let text = printed(&["--version"]);
    let rest =
        text.strip_prefix(concat!("jira-mcp-bridge ", env!("CARGO_PKG_VERSION"), " (commit "));
    let (commit, day) = rest.and_then(|rest| rest.split_once(", ")).unwrap();
    let day = day.trim_end().strip_suffix(')').unwrap();
    assert!(commit == "unknown" || commit.bytes().all(|b| b.is_ascii_hexdigit()), "{text}");
    let is_day = day.len() == 10 && day.split('-').all(|part| part.parse::<u16>().is_ok());
    assert!(day == "unknown" || is_day, "{text}");
    assert_eq!(printed(&["-V"]), text);
}

#[test]
fn every_shell_gets_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = printed(&["completions", shell]);
        for word in ["serve", "connector", "base-path", "completions"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    assert_eq!(run(&["completions", "tcsh"]).status.code(), Some(64));
}

/// What completes a command must bear the name by which it is looked for.
#[test]
fn bash_looks_for_what_its_script_holds() {
    let script = printed(&["completions", "bash"]);
    let set =
        script.lines().filter_map(|line| line.trim().strip_prefix("cmd=\"")?.strip_suffix('"'));
    let set: Vec<&str> = set.filter(|label| !label.is_empty()).collect();
    assert!(set.len() > 10, "{set:?}");
    for label in set {
        let branch = format!("{label})");
        assert!(script.lines().any(|line| line.trim() == branch), "no branch {branch}");
    }
    let asked = format!(
        "{script}\nCOMP_WORDS=(jira-mcp-bridge call jira_sea)\nCOMP_CWORD=2\n\
         _jira__mcp__bridge jira-mcp-bridge jira_sea call\necho \"${{COMPREPLY[*]}}\"\n"
    );
    let Ok(bash) = Command::new("bash").args(["-c", &asked]).output() else { return };
    assert_eq!(String::from_utf8_lossy(&bash.stdout).trim(), "jira_search", "{bash:?}");
}

#[test]
fn whoever_stops_reading_is_no_failure() {
    for arguments in [&["tools"][..], &["errors"][..], &["tools", "--json"][..], &["settings"][..]]
    {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jira-mcp-bridge"));
        command.args(arguments).env_clear().stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        let done = child.wait_with_output().unwrap();
        assert_eq!(done.status.code(), Some(0), "{arguments:?}: {done:?}");
        assert!(done.stderr.is_empty(), "{arguments:?}: {done:?}");
    }
}

#[test]
fn an_empty_variable_opens_nothing_that_the_file_closed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.toml");
    std::fs::write(&file, "READ_ONLY = true\nTOOLSETS = \"core\"\ntools_deny = \"jira_search\"\n")
        .unwrap();
    let tools = |settings: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jira-mcp-bridge"));
        command.args(["tools", "--config", file.to_str().unwrap()]).current_dir(folder.path());
        let done = command.env_clear().envs(settings.iter().copied()).output().unwrap();
        assert!(done.status.success(), "{done:?}");
        String::from_utf8(done.stdout).unwrap()
    };
    let closed = tools(&[]);
    assert!(!closed.contains("jira_add_comment") && !closed.contains("jira_search "), "{closed}");
    assert_eq!(tools(&[("READ_ONLY", ""), ("TOOLS_DENY", " "), ("TOOLSETS", "")]), closed);
    std::fs::write(folder.path().join(".env"), "READ_ONLY=\nTOOLS_DENY=\n").unwrap();
    assert_eq!(tools(&[]), closed);
    assert!(tools(&[("READ_ONLY", "false")]).contains("jira_add_comment"));
}

#[test]
fn the_manual_has_a_page_for_the_program_and_one_for_each_command() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("man1");
    printed(&["man", "--out", out.to_str().unwrap()]);
    let read = |name: &str| std::fs::read_to_string(out.join(name)).unwrap();
    assert_eq!(read("jira-mcp-bridge.1"), printed(&["man"]));
    assert!(read("jira-mcp-bridge.1").contains("EXIT STATUS"));
    assert!(read("jira-mcp-bridge-connector.1").contains("gateway"));
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let refused = run(&["man", "--out", file.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("file"), "{refused:?}");
}
