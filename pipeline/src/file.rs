//! Reading and writing files, with the path in every error.
//!
//! Enters: paths. Leaves: text, bytes, JSON lines, files that are whole or absent.
//! Does not: know what any file means.

use serde::{Serialize, de::DeserializeOwned};
use std::fs;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A file that could not be read, parsed or written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The operating system said no.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried: `read`, `write`, `create`, ...
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The operating system's answer.
        #[source]
        source: io::Error,
    },
    /// The bytes are not UTF-8.
    #[error("{}:{line}: byte {byte} is not UTF-8", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// Line of the first wrong byte, from 1.
        line: usize,
        /// Offset of the first wrong byte, from 0.
        byte: usize,
    },
    /// A line is not the JSON that was expected.
    #[error("{}:{line}: not a valid record", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What the parser said.
        #[source]
        source: serde_json::Error,
    },
}

impl FileError {
    /// Wraps an I/O error; for `map_err`.
    pub fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }

    /// What the reader can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Io { source, path, .. } => match source.kind() {
                io::ErrorKind::NotFound => {
                    Some(format!("check the spelling of `{}`", path.display()))
                }
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    Some(format!("make `{}` readable and writable for this user", path.display()))
                }
                io::ErrorKind::StorageFull => Some(
                    "free some disk space and run the same command again: finished trials are kept"
                        .into(),
                ),
                _ => None,
            },
            Self::NotUtf8 { path, .. } => Some(format!(
                "save `{}` as UTF-8, for example with `iconv -f WINDOWS-1252 -t UTF-8`",
                path.display()
            )),
            Self::Json { .. } => None,
        }
    }
}

/// The bytes of a file.
pub fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    fs::read(path).map_err(FileError::io("read", path))
}

/// The text of a file, which must be UTF-8.
pub fn read_text(path: &Path) -> Result<String, FileError> {
    text_of(read(path)?, path)
}

/// `bytes` as text; the error names the first wrong byte's place in `path`.
pub fn text_of(bytes: Vec<u8>, path: &Path) -> Result<String, FileError> {
    String::from_utf8(bytes).map_err(|error| {
        let byte = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes()[..byte].iter().filter(|b| **b == b'\n').count();
        FileError::NotUtf8 { path: path.to_owned(), line, byte }
    })
}

/// Every record of a JSON-lines file with its line number (from 1); empty lines are passed over.
pub fn read_json_lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<(usize, T)>, FileError> {
    let file = fs::File::open(path).map_err(FileError::io("read", path))?;
    let mut records = Vec::new();
    for (index, line) in BufReader::new(file).split(b'\n').enumerate() {
        let line = line.map_err(FileError::io("read", path))?;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let record = serde_json::from_slice(&line).map_err(|source| FileError::Json {
            path: path.to_owned(),
            line: index + 1,
            source,
        })?;
        records.push((index + 1, record));
    }
    Ok(records)
}

/// As [`read_json_lines`], but passes over what is no record, and says how many lines that is: for
/// files whose records can be made again.
pub fn read_sound_json_lines<T: DeserializeOwned>(
    path: &Path,
) -> Result<(Vec<T>, usize), FileError> {
    let file = fs::File::open(path).map_err(FileError::io("read", path))?;
    let (mut records, mut damaged) = (Vec::new(), 0);
    for line in BufReader::new(file).split(b'\n') {
        let line = line.map_err(FileError::io("read", path))?;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match serde_json::from_slice(&line) {
            Ok(record) => records.push(record),
            Err(_) => damaged += 1,
        }
    }
    Ok((records, damaged))
}

/// Creates a folder and those above it.
pub fn create_folder(path: &Path) -> Result<(), FileError> {
    let new: Vec<&Path> = path.ancestors().take_while(|folder| !is_there(folder)).collect();
    fs::create_dir_all(path).map_err(FileError::io("create", path))?;
    new.into_iter().filter_map(Path::parent).try_for_each(sync_folder)
}

/// Puts on the disk which files a folder holds: a file that is synced and whose name is not is lost with
/// the power all the same.
///
/// # Errors
/// When the folder is not there or cannot be synced.
pub fn sync_folder(path: &Path) -> Result<(), FileError> {
    // Elsewhere a folder cannot be opened as a file.
    #[cfg(unix)]
    {
        // The folder of a bare file name.
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        match fs::File::open(path).and_then(|folder| folder.sync_all()) {
            // Some network file systems cannot, and some folders may be written and not read.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::InvalidInput
                        | io::ErrorKind::Unsupported
                        | io::ErrorKind::PermissionDenied
                ) => {}
            synced => synced.map_err(FileError::io("sync", path))?,
        }
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Also of the empty path, which stands above a relative one.
fn is_there(path: &Path) -> bool {
    path.as_os_str().is_empty() || path.exists()
}

/// Writes a file whole: to a temporary name in the same folder, synced, then renamed, and the name
/// synced. A reader sees the old content or the new, never a part.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    write_whole_by(path, |file| file.write_all(bytes).map_err(FileError::io("write", path)))
}

/// [`write_whole`] of what `write` writes.
fn write_whole_by(
    path: &Path,
    write: impl FnOnce(&mut fs::File) -> Result<(), FileError>,
) -> Result<(), FileError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    create_folder(folder)?;
    let mut temporary =
        tempfile::NamedTempFile::new_in(folder).map_err(FileError::io("write", path))?;
    write(temporary.as_file_mut())?;
    temporary.as_file().sync_all().map_err(FileError::io("write", path))?;
    share(temporary.as_file()).map_err(FileError::io("write", path))?;
    temporary.persist(path).map_err(|error| FileError::io("write", path)(error.error))?;
    sync_folder(folder)
}

/// Makes a file readable for all. Temporary files are private to their owner; what is written for people
/// is not.
///
/// # Errors
/// When the operating system says no.
pub fn share(file: &fs::File) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        file.set_permissions(fs::Permissions::from_mode(0o644))?;
    }
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}

/// Writes records as JSON lines, whole, unless the file holds just these already. At no time is more
/// than one line in memory.
pub fn write_json_lines<T: Serialize>(path: &Path, records: &[T]) -> Result<(), FileError> {
    if holds_json_lines(path, records)? {
        return Ok(());
    }
    write_whole_by(path, |file| {
        let mut file = BufWriter::new(file);
        for (index, record) in records.iter().enumerate() {
            let line = json_line(path, index, record)?;
            file.write_all(&line).map_err(FileError::io("write", path))?;
        }
        file.flush().map_err(FileError::io("write", path))
    })
}

/// Puts a record behind the last line of a JSON-lines file, which is made when absent; whole or not at
/// all. A last line without its break gets one.
pub fn add_json_line(path: &Path, record: &impl Serialize) -> Result<(), FileError> {
    let mut bytes = if path.exists() { read(path)? } else { Vec::new() };
    if bytes.last().is_some_and(|byte| *byte != b'\n') {
        bytes.push(b'\n');
    }
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
    bytes.extend(json_line(path, lines, record)?);
    write_whole(path, &bytes)
}

/// Whether the file holds the records as JSON lines, byte for byte, and nothing else.
fn holds_json_lines<T: Serialize>(path: &Path, records: &[T]) -> Result<bool, FileError> {
    let Ok(file) = fs::File::open(path) else { return Ok(false) };
    let mut file = BufReader::new(file);
    let mut held = Vec::new();
    for (index, record) in records.iter().enumerate() {
        held.clear();
        if file.read_until(b'\n', &mut held).is_err() || held != json_line(path, index, record)? {
            return Ok(false);
        }
    }
    Ok(file.fill_buf().is_ok_and(<[u8]>::is_empty))
}

fn json_line(path: &Path, index: usize, record: &impl Serialize) -> Result<Vec<u8>, FileError> {
    let mut line = serde_json::to_vec(record).map_err(|source| FileError::Json {
        path: path.to_owned(),
        line: index + 1,
        source,
    })?;
    line.push(b'\n');
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_byte_is_named_by_line_and_offset() {
        let error = text_of(b"ab\ncd\xff".to_vec(), Path::new("x.md")).unwrap_err();
        assert_eq!(error.to_string(), "x.md:2: byte 5 is not UTF-8");
    }

    #[test]
    fn a_bad_line_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.jsonl");
        fs::write(&path, "1\n\nx\n").unwrap();
        let error = read_json_lines::<u8>(&path).unwrap_err();
        assert!(matches!(error, FileError::Json { line: 3, .. }));
        fs::write(&path, b"1\n\nx\n\xff\n300\n2").unwrap();
        assert_eq!(read_sound_json_lines::<u8>(&path).unwrap(), (vec![1, 2], 3));
    }

    #[test]
    fn lines_are_written_when_they_differ() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.jsonl");
        let inode = || {
            #[cfg(unix)]
            return std::os::unix::fs::MetadataExt::ino(&fs::metadata(&path).unwrap());
            #[cfg(not(unix))]
            0
        };
        write_json_lines(&path, &["a", "b"]).unwrap();
        assert_eq!(read_text(&path).unwrap(), "\"a\"\n\"b\"\n");
        let first = inode();
        write_json_lines(&path, &["a", "b"]).unwrap();
        assert_eq!(inode(), first);
        // One line more in the file, one less, another one, a line that is cut.
        for held in ["\"a\"\n\"b\"\n\"c\"\n", "\"a\"\n", "\"a\"\n\"c\"\n", "\"a\"\n\"b\""] {
            fs::write(&path, held).unwrap();
            write_json_lines(&path, &["a", "b"]).unwrap();
            assert_eq!(read_text(&path).unwrap(), "\"a\"\n\"b\"\n");
        }
        write_json_lines::<u8>(&path, &[]).unwrap();
        assert_eq!(read_text(&path).unwrap(), "");
    }

    #[test]
    fn a_line_is_added_behind_the_last() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.jsonl");
        add_json_line(&path, &"a").unwrap();
        fs::write(&path, "\"a\"\r\n\"b\"").unwrap();
        add_json_line(&path, &"c").unwrap();
        assert_eq!(read_text(&path).unwrap(), "\"a\"\r\n\"b\"\n\"c\"\n");
    }

    #[test]
    fn names_of_files_are_synced_where_there_is_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        sync_folder(folder.path()).unwrap();
        sync_folder(Path::new("")).unwrap();
        let absent = folder.path().join("a/b");
        #[cfg(unix)]
        assert!(matches!(sync_folder(&absent), Err(FileError::Io { action: "sync", .. })));
        create_folder(&absent).unwrap();
        sync_folder(&absent).unwrap();
        // A second time there is nothing to make.
        create_folder(&absent).unwrap();
    }

    #[test]
    fn a_file_is_replaced_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/x.txt");
        write_whole(&path, b"one").unwrap();
        write_whole(&path, b"two").unwrap();
        assert_eq!(read_text(&path).unwrap(), "two");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }
}
