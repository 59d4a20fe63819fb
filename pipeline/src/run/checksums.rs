//! Hashes that stand beside weights, held against the files.
//!
//! Enters: a model's folder that holds `SHA256SUMS`, as the program `sha256sum` writes it. Leaves:
//! everything that is not as recorded. Does not: say who wrote the list, or look at files that it does
//! not name.

use super::hashes::FileHashes;
use crate::file::{self, FileError};
use crate::fingerprint::Fingerprint;
use std::path::{Component, Path, PathBuf};

/// The list's name.
pub const LIST: &str = "SHA256SUMS";

/// Something that is not as recorded.
#[derive(Debug, thiserror::Error)]
pub enum ChecksumError {
    /// The list or a file on it cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// A line is not `HASH  NAME`.
    #[error("{}:{line}: not a SHA-256 and a file's name", list.display())]
    Line {
        /// The list.
        list: PathBuf,
        /// From 1.
        line: usize,
    },
    /// A name that leads out of the folder.
    #[error("{}:{line}: {name:?} is not a file of this folder", list.display())]
    Outside {
        /// The list.
        list: PathBuf,
        /// From 1.
        line: usize,
        /// As written.
        name: String,
    },
    /// A list that promises nothing.
    #[error("{} names no file", list.display())]
    Empty {
        /// The list.
        list: PathBuf,
    },
    /// A file that is not there.
    #[error("{}:{line}: {} is missing; recorded is the SHA-256 {}", list.display(), file.display(), recorded.short())]
    Missing {
        /// The list.
        list: PathBuf,
        /// From 1.
        line: usize,
        /// The file.
        file: PathBuf,
        /// What it should be.
        recorded: Fingerprint,
    },
    /// A file with another content.
    #[error(
        "{}:{line}: {} has the SHA-256 {}, recorded is {}",
        list.display(), file.display(), found.short(), recorded.short()
    )]
    Other {
        /// The list.
        list: PathBuf,
        /// From 1.
        line: usize,
        /// The file.
        file: PathBuf,
        /// What it is.
        found: Fingerprint,
        /// What it should be.
        recorded: Fingerprint,
    },
}

impl ChecksumError {
    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::File(error) => return error.hint(),
            Self::Line { .. } | Self::Outside { .. } | Self::Empty { .. } => format!(
                "write the list again in the model's folder: `sha256sum *.safetensors *.json > {LIST}`"
            ),
            Self::Missing { .. } | Self::Other { .. } => format!(
                "copy the file again from where the model came from (`git lfs pull` where it is a pointer); if it was changed on purpose, write `{LIST}` again with `sha256sum`"
            ),
        })
    }
}

/// Holds the files of a folder against its list, in the list's order; nothing where it has none.
/// Files that are remembered are not read again.
pub fn check(folder: &Path, hashes: &FileHashes) -> Vec<ChecksumError> {
    let list = folder.join(LIST);
    if !list.is_file() {
        return Vec::new();
    }
    let text = match file::read_text(&list) {
        Ok(text) => text,
        Err(error) => return vec![error.into()],
    };
    let mut lines = text
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .filter(|(_, line)| !line.trim().is_empty())
        .peekable();
    if lines.peek().is_none() {
        return vec![ChecksumError::Empty { list }];
    }
    lines.filter_map(|(number, line)| one(folder, &list, number, line, hashes).err()).collect()
}

fn one(
    folder: &Path,
    list: &Path,
    line: usize,
    text: &str,
    hashes: &FileHashes,
) -> Result<(), ChecksumError> {
    let list = || list.to_owned();
    let (recorded, name) =
        parsed(text).ok_or_else(|| ChecksumError::Line { list: list(), line })?;
    let inside = Path::new(&name)
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !inside {
        return Err(ChecksumError::Outside { list: list(), line, name });
    }
    let file = folder.join(&name);
    if !file.is_file() {
        return Err(ChecksumError::Missing { list: list(), line, file, recorded });
    }
    let found = hashes.of(&file)?;
    if found == recorded {
        return Ok(());
    }
    Err(ChecksumError::Other { list: list(), line, file, found, recorded })
}

/// The hash and the name of a line: 64 hexadecimal digits, a space, a space or `*`, the name. A line
/// that begins with a backslash spells line breaks and backslashes of its name with one.
fn parsed(line: &str) -> Option<(Fingerprint, String)> {
    const DIGITS: usize = 64;
    let (line, escaped) = match line.strip_prefix('\\') {
        Some(rest) => (rest, true),
        None => (line, false),
    };
    let (hash, rest) = line.split_at_checked(DIGITS)?;
    let name = rest.strip_prefix("  ").or_else(|| rest.strip_prefix(" *"))?;
    if name.is_empty() || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let name = if escaped { unescaped(name)? } else { name.to_owned() };
    Some((Fingerprint::from(hash.to_ascii_lowercase()), name))
}

fn unescaped(name: &str) -> Option<String> {
    let mut plain = String::with_capacity(name.len());
    let mut letters = name.chars();
    while let Some(letter) = letters.next() {
        plain.push(match letter {
            '\\' => match letters.next()? {
                'n' => '\n',
                'r' => '\r',
                '\\' => '\\',
                _ => return None,
            },
            letter => letter,
        });
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn folder(files: &[(&str, &str)], list: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            file::write_whole(&folder.path().join(name), text.as_bytes()).unwrap();
        }
        fs::write(folder.path().join(LIST), list).unwrap();
        folder
    }

    fn errors(folder: &tempfile::TempDir) -> Vec<String> {
        let cache = tempfile::tempdir().unwrap();
        check(folder.path(), &FileHashes::open(cache.path()))
            .iter()
            .map(|error| {
                assert!(error.hint().is_some());
                error.to_string().replace(&folder.path().display().to_string(), ".")
            })
            .collect()
    }

    #[test]
    fn what_is_as_recorded_passes() {
        let (one, two) = (Fingerprint::of(b"one"), Fingerprint::of(b"two"));
        let list =
            format!("{one}  model.safetensors\n\n{} *sub/x.json\r\n", two.as_str().to_uppercase());
        let folder = folder(&[("model.safetensors", "one"), ("sub/x.json", "two")], &list);
        assert_eq!(errors(&folder), [""; 0]);
        let none = tempfile::tempdir().unwrap();
        assert!(check(none.path(), &FileHashes::open(none.path())).is_empty());
    }

    #[test]
    fn everything_else_is_named_with_both_hashes() {
        // sha256sum of "one", "two" and "three".
        let list = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed  a\n\
                    3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3  b\n\
                    8b5b9db0c13db24256c829aa364aa90c6d2eba318b9232a4ab9313b954d3555f  c\n";
        let folder = folder(&[("a", "one"), ("b", "too")], list);
        let found = Fingerprint::of(b"too");
        assert_eq!(
            errors(&folder),
            [
                format!(
                    "./SHA256SUMS:2: ./b has the SHA-256 {}, recorded is 3fc4ccfe7458",
                    found.short()
                ),
                "./SHA256SUMS:3: ./c is missing; recorded is the SHA-256 8b5b9db0c13d".to_owned(),
            ]
        );
    }

    #[test]
    fn a_list_that_cannot_be_used_is_named_by_line() {
        let hash = Fingerprint::of(b"x");
        let list =
            format!("SHA256 (a) = {hash}\n{hash} a\n{hash}  ../a\n{hash}  /etc/passwd\nabc  a\n");
        assert_eq!(
            errors(&folder(&[], &list)),
            [
                "./SHA256SUMS:1: not a SHA-256 and a file's name",
                "./SHA256SUMS:2: not a SHA-256 and a file's name",
                "./SHA256SUMS:3: \"../a\" is not a file of this folder",
                "./SHA256SUMS:4: \"/etc/passwd\" is not a file of this folder",
                "./SHA256SUMS:5: not a SHA-256 and a file's name",
            ]
        );
        assert_eq!(errors(&folder(&[], "\n")), ["./SHA256SUMS names no file"]);
    }

    #[test]
    fn a_remembered_file_is_not_read_again() {
        let list = format!("{}  a\n", Fingerprint::of(b"one"));
        let folder = folder(&[("a", "one")], &list);
        let path = folder.path().join("a");
        let time = fs::metadata(&path).unwrap().modified().unwrap();
        let cache = tempfile::tempdir().unwrap();
        assert!(check(folder.path(), &FileHashes::open(cache.path())).is_empty());
        // Same size, same time, other content: only a memory can find it unchanged.
        fs::write(&path, "two").unwrap();
        fs::File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
        assert!(check(folder.path(), &FileHashes::open(cache.path())).is_empty());
    }

    #[test]
    fn names_with_line_breaks_are_spelled_out() {
        let hash = Fingerprint::of(b"x");
        let (_, name) = parsed(&format!("\\{hash}  a\\nb\\\\n")).unwrap();
        assert_eq!(name, "a\nb\\n");
        assert_eq!(parsed(&format!("\\{hash}  a\\x")), None);
        assert_eq!(parsed(&format!("{hash}  a\\nb")).unwrap().1, "a\\nb");
    }
}
