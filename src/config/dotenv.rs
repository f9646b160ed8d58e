//! Reads `.env`. A line that is none is named by its number only: what stands in it may be half a
//! secret.

use std::{fs, io, path::Path};

use super::problem::Problem;

const NAME: &str = ".env";
const ACCEPTED: &str = "expected NAME=value, with quotes around a value that holds blanks, quotes or #, and both of them on one line";

/// The names and values of the file in this folder; nothing when there is none. Folders above it
/// may be anybody's.
pub(super) fn read(folder: &Path) -> Result<Vec<(String, String)>, Problem> {
    let path = folder.join(NAME);
    match fs::read(&path) {
        Ok(bytes) => parse(&bytes).map_err(|fault| named(&path, &fault)),
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        // A folder of that name is none of ours.
        Err(_) if path.is_dir() => Ok(Vec::new()),
        Err(fault) => Err(named(&path, &fault.to_string())),
    }
}

fn named(path: &Path, accepted: &str) -> Problem {
    Problem {
        name: NAME,
        found: String::new(),
        accepted: format!("{}: {accepted}", path.display()),
    }
}

fn parse(bytes: &[u8]) -> Result<Vec<(String, String)>, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "the file is not UTF-8".to_owned())?;
    // Windows programs begin a text with a byte order mark.
    let text = text.trim_start_matches('\u{feff}');
    pairs(text).ok_or_else(|| format!("line {}: {ACCEPTED}", first_wrong(text)))
}

/// The parser's own error quotes what it could not read, so nobody gets to see it.
fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    dotenvy::from_read_iter(text.as_bytes()).collect::<Result<_, _>>().ok()
}

/// The line after the longest beginning that can be read; a value may go over several lines.
fn first_wrong(text: &str) -> usize {
    let ends = text.match_indices('\n').map(|(at, _)| at + 1);
    let readable = ends.zip(1..).filter(|(end, _)| text.get(..*end).and_then(pairs).is_some());
    readable.last().map_or(0, |(_, lines)| lines) + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, number: usize) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(NAME), text).unwrap();
        let fault = read(folder.path()).unwrap_err().to_string();
        assert!(fault.contains(&format!("line {number}: expected NAME=value")), "{text}: {fault}");
        for part in ["abcsecret", "value", "two words", "more"] {
            let said = fault.replace("NAME=value", "").replace("a value", "");
            assert!(!said.contains(part), "{fault}");
        }
    }

    #[test]
    fn a_line_that_is_none_is_named_and_never_shown() {
        check("JIRA_API_TOKEN=\"abcsecret\n", 1);
        check("# x\nPORT=1\nJIRA_API_TOKEN=\"abcsecret\nLOG_LEVEL=info\n", 3);
        check("PORT=1\n\nGATEWAY_SHARED_SECRET=value two words\n", 3);
        check("PORT=1\r\nGATEWAY_SHARED_SECRET=value two words\r\n", 2);
        check("JIRA_API_TOKEN='abcsecret", 1);
        check("abcsecret more\n", 1);
        check("JIRA_API_TOKEN: abcsecret\n", 1);
        check("A=\"1\n2\n3\"\n# value two words\nB=value two words\nC=1\n", 5);
    }

    #[test]
    fn only_the_folders_own_file_counts() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("a/b");
        fs::create_dir_all(&below).unwrap();
        fs::write(folder.path().join(NAME), "\u{feff}export SERVER_NAME=\"a b\"\r\n# PORT=1\r\n")
            .unwrap();
        assert_eq!(read(folder.path()).unwrap(), [("SERVER_NAME".to_owned(), "a b".to_owned())]);
        assert_eq!(read(&below).unwrap(), []);
        fs::create_dir(folder.path().join("a").join(NAME)).unwrap();
        assert_eq!(read(&folder.path().join("a")).unwrap(), []);
        fs::write(below.join(NAME), b"A=\xff\n").unwrap();
        assert!(read(&below).unwrap_err().to_string().contains("UTF-8"));
    }
}
