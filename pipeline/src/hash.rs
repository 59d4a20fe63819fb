//! Numbers that stand for words, lines and names.
//!
//! Enters: bytes. Leaves: 64 bits, the same on every machine and with every compiler, which those of the
//! standard library do not promise. Does not: resist somebody who makes two texts collide: what is
//! decided by them is compared again, or a count.

/// Offset basis and prime of FNV-1a with 64 bits, as Fowler, Noll and Vo publish them.
const START: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0100_0000_01b3;

/// FNV-1a of `bytes`, mixed.
pub(crate) fn of(bytes: &[u8]) -> u64 {
    mixed(folded(bytes.iter().copied()))
}

/// [`of`] a word in lower case.
pub(crate) fn of_word(word: &str) -> u64 {
    if word.is_ascii() {
        // Most words are, and their case needs no tables.
        mixed(folded(word.bytes().map(|byte| byte.to_ascii_lowercase())))
    } else {
        of(word.to_lowercase().as_bytes())
    }
}

/// The hash of several hashes in their order.
pub(crate) fn of_all(hashes: &[u64]) -> u64 {
    let joined =
        hashes.iter().fold(START, |all, hash| all.rotate_left(25).wrapping_mul(PRIME) ^ hash);
    mixed(joined)
}

/// The last step of SplitMix64 (Steele et al. 2014): each bit depends on all.
pub(crate) const fn mixed(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

fn folded(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(START, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the test vectors of the hash's authors.
    #[test]
    fn fnv_is_as_published() {
        assert_eq!(folded(std::iter::empty()), 0xcbf2_9ce4_8422_2325);
        assert_eq!(folded(b"a".iter().copied()), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(folded(b"foobar".iter().copied()), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn case_does_not_count_and_order_does() {
        assert_eq!(of_word("Pump"), of_word("pUMP"));
        assert_eq!(of_word("Öl"), of_word("öL"));
        assert_ne!(of_word("Öl"), of_word("Ol"));
        assert_ne!(of_all(&[1, 2]), of_all(&[2, 1]));
        assert_ne!(of_all(&[1]), of_all(&[1, 1]));
    }
}
