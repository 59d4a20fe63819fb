//! Vectors in one append-only file.
//!
//! Enters: keys with their vectors, a batch at a time. Leaves: a vector for a key. Does not: know
//! which texts or models the keys stand for.
//!
//! Layout, little endian: `rsvec-01`, dimensions (u32), then frames. A frame is one batch: vectors
//! in it (u32), the first 8 bytes of its payload's SHA-256, and the payload: keys (32 bytes each),
//! one byte each (1: the text was cut), vectors (f32). A frame that is cut or damaged is dropped
//! with everything after it: the texts are embedded again, in the batches they would have been in.

use super::EmbedError;
use crate::file::{self, FileError};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::fs;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// SHA-256 of what a vector was made from.
pub type Key = [u8; 32];

const MAGIC: &[u8; 8] = b"rsvec-01";
const HEADER_BYTES: u64 = 12;
const FRAME_HEADER_BYTES: u64 = 12;
/// A key and the byte that says whether its text was cut.
const KEY_BYTES: u64 = 33;

/// A vector and whether its text was cut.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// What the vector was made from.
    pub key: Key,
    /// `[dimensions]`.
    pub vector: Vec<f32>,
    /// Whether the text's end did not enter the vector.
    pub cut: bool,
}

/// An open file of vectors. Keys and offsets are in memory, vectors on disk. Writers in several
/// processes take turns by a lock on the file.
#[derive(Debug)]
pub struct VectorFile {
    path: PathBuf,
    file: fs::File,
    dimensions: usize,
    places: HashMap<Key, Place>,
    end: u64,
    dropped_bytes: u64,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    offset: u64,
    cut: bool,
}

impl VectorFile {
    /// Opens the file, or makes it; repairs a damaged end.
    ///
    /// # Errors
    /// When the file is something else, holds vectors of other dimensions, or cannot be read and
    /// written.
    pub fn open(path: &Path, dimensions: usize) -> Result<Self, EmbedError> {
        if let Some(folder) = path.parent() {
            file::create_folder(folder)?;
        }
        let handle = fs::OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(FileError::io("open", path))?;
        let mut this = Self {
            path: path.to_owned(),
            file: handle,
            dimensions,
            places: HashMap::new(),
            end: HEADER_BYTES,
            dropped_bytes: 0,
        };
        this.locked(Self::read_header)?;
        this.locked(Self::catch_up)?;
        Ok(this)
    }

    /// The vector of `key` and whether its text was cut.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn get(&mut self, key: &Key) -> Result<Option<(Vec<f32>, bool)>, EmbedError> {
        let Some(place) = self.places.get(key).copied() else { return Ok(None) };
        let mut bytes = vec![0; 4 * self.dimensions];
        self.file
            .seek(SeekFrom::Start(place.offset))
            .and_then(|_| self.file.read_exact(&mut bytes))
            .map_err(FileError::io("read", &self.path))?;
        let (numbers, _) = bytes.as_chunks::<4>();
        Ok(Some((numbers.iter().map(|number| f32::from_le_bytes(*number)).collect(), place.cut)))
    }

    /// Whether the text of `key` was cut, without reading the vector.
    pub fn is_cut(&self, key: &Key) -> Option<bool> {
        self.places.get(key).map(|place| place.cut)
    }

    /// Adds one batch. What another process added meanwhile is read first, and not written twice.
    ///
    /// # Errors
    /// When the file cannot be written, or a vector has other dimensions.
    pub fn append(&mut self, records: &[Record]) -> Result<(), EmbedError> {
        if records.iter().any(|record| record.vector.len() != self.dimensions) {
            return Err(self.foreign());
        }
        self.locked(|this| {
            this.catch_up()?;
            let new: Vec<&Record> =
                records.iter().filter(|record| !this.places.contains_key(&record.key)).collect();
            if new.is_empty() {
                return Ok(());
            }
            let frame = frame(&new);
            this.file
                .seek(SeekFrom::Start(this.end))
                .and_then(|_| this.file.write_all(&frame))
                .map_err(FileError::io("write", &this.path))?;
            this.catch_up()
        })
    }

    /// Vectors in the file.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes of damaged frames that were dropped since the file was opened.
    pub fn dropped_bytes(&self) -> u64 {
        self.dropped_bytes
    }

    /// Runs `work` while no other process has the file.
    fn locked<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, EmbedError>,
    ) -> Result<T, EmbedError> {
        self.file.lock().map_err(FileError::io("lock", &self.path))?;
        let result = work(self);
        self.file.unlock().map_err(FileError::io("unlock", &self.path))?;
        result
    }

    fn read_header(&mut self) -> Result<(), EmbedError> {
        let dimensions = u32::try_from(self.dimensions).map_err(|_| self.foreign())?;
        let mut expected = MAGIC.to_vec();
        expected.extend(dimensions.to_le_bytes());
        let mut found = Vec::new();
        self.file
            .seek(SeekFrom::Start(0))
            .and_then(|_| (&self.file).take(HEADER_BYTES).read_to_end(&mut found))
            .map_err(FileError::io("read", &self.path))?;
        if found == expected {
            return Ok(());
        }
        // A process that was killed right after making the file left a part of the header.
        if !expected.starts_with(&found) {
            return Err(self.foreign());
        }
        self.file
            .set_len(0)
            .and_then(|()| self.file.seek(SeekFrom::Start(0)))
            .and_then(|_| self.file.write_all(&expected))
            .map_err(FileError::io("write", &self.path))?;
        Ok(())
    }

    /// Reads the frames after those already known; cuts the file where one is damaged.
    fn catch_up(&mut self) -> Result<(), EmbedError> {
        let length = self.file.metadata().map_err(FileError::io("read", &self.path))?.len();
        self.file.seek(SeekFrom::Start(self.end)).map_err(FileError::io("read", &self.path))?;
        while self.end < length {
            if !self.read_frame(length).map_err(FileError::io("read", &self.path))? {
                self.dropped_bytes += length - self.end;
                self.file.set_len(self.end).map_err(FileError::io("write", &self.path))?;
                break;
            }
        }
        Ok(())
    }

    /// Reads the frame at `self.end`; false when it is not whole.
    fn read_frame(&mut self, length: u64) -> io::Result<bool> {
        let room = length - self.end;
        if room < FRAME_HEADER_BYTES {
            return Ok(false);
        }
        let mut count = [0; 4];
        let mut checksum = [0; 8];
        self.file.read_exact(&mut count)?;
        self.file.read_exact(&mut checksum)?;
        let count = u64::from(u32::from_le_bytes(count));
        let vector_bytes = 4 * self.dimensions as u64;
        // u32 × (33 + 4 × u32) stays below 2^64.
        let payload_bytes = count * (KEY_BYTES + vector_bytes);
        if count == 0 || payload_bytes > room - FRAME_HEADER_BYTES {
            return Ok(false);
        }
        let mut payload = Vec::new();
        (&self.file).take(payload_bytes).read_to_end(&mut payload)?;
        if payload.len() as u64 != payload_bytes || Sha256::digest(&payload)[..8] != checksum {
            return Ok(false);
        }
        let (keys, rest) = payload.split_at(32 * count as usize);
        let first_vector = self.end + FRAME_HEADER_BYTES + KEY_BYTES * count;
        for (index, key) in keys.as_chunks::<32>().0.iter().enumerate() {
            let offset = first_vector + vector_bytes * index as u64;
            self.places.entry(*key).or_insert(Place { offset, cut: rest[index] == 1 });
        }
        self.end += FRAME_HEADER_BYTES + payload_bytes;
        Ok(true)
    }

    fn foreign(&self) -> EmbedError {
        EmbedError::Cache { path: self.path.clone(), dimensions: self.dimensions }
    }
}

/// One batch as it stands in the file.
fn frame(records: &[&Record]) -> Vec<u8> {
    let mut payload = Vec::new();
    for record in records {
        payload.extend(record.key);
    }
    payload.extend(records.iter().map(|record| u8::from(record.cut)));
    for number in records.iter().flat_map(|record| &record.vector) {
        payload.extend(number.to_le_bytes());
    }
    let mut frame = (records.len() as u32).to_le_bytes().to_vec();
    frame.extend(&Sha256::digest(&payload)[..8]);
    frame.extend(payload);
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(key: u8, vector: [f32; 2]) -> Record {
        Record { key: [key; 32], vector: vector.to_vec(), cut: key == 2 }
    }

    #[test]
    fn vectors_come_back_bit_for_bit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/x.vectors");
        let mut file = VectorFile::open(&path, 2).unwrap();
        file.append(&[record(1, [0.1, -0.0]), record(2, [f32::MIN_POSITIVE, 3.0])]).unwrap();
        file.append(&[record(3, [1.0, 2.0])]).unwrap();
        for file in [&mut file, &mut VectorFile::open(&path, 2).unwrap()] {
            assert_eq!(file.len(), 3);
            assert_eq!(file.get(&[1; 32]).unwrap(), Some((vec![0.1, -0.0], false)));
            assert_eq!(file.get(&[2; 32]).unwrap(), Some((vec![f32::MIN_POSITIVE, 3.0], true)));
            assert_eq!(file.get(&[3; 32]).unwrap(), Some((vec![1.0, 2.0], false)));
            assert_eq!(file.get(&[4; 32]).unwrap(), None);
        }
    }

    #[test]
    fn a_file_cut_at_any_byte_keeps_its_whole_batches() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.vectors");
        let mut file = VectorFile::open(&path, 2).unwrap();
        file.append(&[record(1, [1.0, 2.0])]).unwrap();
        let first = file.end as usize;
        file.append(&[record(2, [3.0, 4.0]), record(3, [5.0, 6.0])]).unwrap();
        let whole = file::read(&path).unwrap();
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            let mut file = VectorFile::open(&path, 2).unwrap();
            assert_eq!(file.len(), usize::from(length >= first), "cut at {length}");
            // What is written after the repair is found again.
            file.append(&[record(9, [7.0, 8.0])]).unwrap();
            let mut again = VectorFile::open(&path, 2).unwrap();
            assert_eq!(again.dropped_bytes(), 0);
            assert_eq!(again.get(&[9; 32]).unwrap(), Some((vec![7.0, 8.0], false)));
        }
    }

    #[test]
    fn a_damaged_batch_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.vectors");
        VectorFile::open(&path, 2).unwrap().append(&[record(1, [1.0, 2.0])]).unwrap();
        let mut bytes = file::read(&path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(&path, &bytes).unwrap();
        let file = VectorFile::open(&path, 2).unwrap();
        assert!(file.is_empty());
        assert_eq!(file.dropped_bytes(), bytes.len() as u64 - HEADER_BYTES);
    }

    #[test]
    fn two_writers_see_one_anothers_vectors() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.vectors");
        let mut one = VectorFile::open(&path, 2).unwrap();
        let mut other = VectorFile::open(&path, 2).unwrap();
        one.append(&[record(1, [1.0, 2.0])]).unwrap();
        other.append(&[record(1, [1.0, 2.0]), record(2, [3.0, 4.0])]).unwrap();
        one.append(&[record(3, [5.0, 6.0])]).unwrap();
        assert_eq!(one.len(), 3);
        assert_eq!(one.get(&[2; 32]).unwrap(), Some((vec![3.0, 4.0], true)));
        let threads: Vec<_> = (10..14u8)
            .map(|key| {
                let path = path.clone();
                std::thread::spawn(move || {
                    let mut file = VectorFile::open(&path, 2).unwrap();
                    for step in 0..20 {
                        let mut record = record(key, [f32::from(key), f32::from(step)]);
                        record.key[0] = step;
                        file.append(&[record]).unwrap();
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        let file = VectorFile::open(&path, 2).unwrap();
        assert_eq!((file.len(), file.dropped_bytes()), (3 + 4 * 20, 0));
    }

    #[test]
    fn foreign_files_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.vectors");
        fs::write(&path, "a letter to the editor").unwrap();
        let error = VectorFile::open(&path, 2).unwrap_err();
        assert!(matches!(error, EmbedError::Cache { dimensions: 2, .. }));
        assert_eq!(file::read_text(&path).unwrap(), "a letter to the editor");
        let other = folder.path().join("y.vectors");
        VectorFile::open(&other, 3).unwrap();
        assert!(matches!(VectorFile::open(&other, 2), Err(EmbedError::Cache { .. })));
        let mut file = VectorFile::open(&other, 3).unwrap();
        assert!(matches!(file.append(&[record(1, [1.0, 2.0])]), Err(EmbedError::Cache { .. })));
    }
}
