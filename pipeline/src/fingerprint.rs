//! Content hashes that decide what can be reused.
//!
//! Enters: named parts (settings, texts, hashes of files). Leaves: a SHA-256 over all of them.
//! Does not: read a clock or the environment, or guess at a file's content from its name.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// SHA-256 in lower-case hexadecimal. Equal fingerprints mean equal inputs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The hash of one byte string.
    pub fn of(bytes: &[u8]) -> Self {
        Self(hex(&Sha256::digest(bytes)))
    }

    /// All 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first 12 digits, for folder names and tables.
    pub fn short(&self) -> &str {
        &self.0[..12.min(self.0.len())]
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for Fingerprint {
    fn from(hex: String) -> Self {
        Self(hex)
    }
}

/// Collects named parts. Names and lengths enter the hash, so that `("ab", "c")` and `("a", "bc")`
/// differ.
#[derive(Default, Clone)]
pub struct FingerprintBuilder(Sha256);

impl FingerprintBuilder {
    /// An empty builder.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one part.
    #[must_use]
    pub fn part(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        for piece in [name.as_bytes(), value.as_ref()] {
            self.0.update((piece.len() as u64).to_le_bytes());
            self.0.update(piece);
        }
        self
    }

    /// Adds a value by its JSON form. Maps must be ordered (`BTreeMap`) for the hash to repeat.
    ///
    /// A value that has no JSON form (a map with keys that are not strings) enters as the error's
    /// text: such a type is a defect that the unit tests of its module would show.
    #[must_use]
    pub fn json(self, name: &str, value: &impl Serialize) -> Self {
        let text = serde_json::to_string(value).unwrap_or_else(|error| error.to_string());
        self.part(name, text)
    }

    /// The fingerprint of everything added.
    pub fn finish(self) -> Fingerprint {
        Fingerprint(hex(&self.0.finalize()))
    }
}

/// Lower-case hexadecimal of `bytes`.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_of_the_empty_string_is_the_published_one() {
        assert_eq!(
            Fingerprint::of(b"").as_str(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }

    #[test]
    fn parts_do_not_run_into_one_another() {
        let one = FingerprintBuilder::new().part("x", "ab").part("y", "c");
        let two = FingerprintBuilder::new().part("x", "a").part("y", "bc");
        assert_ne!(one.finish(), two.finish());
    }
}
