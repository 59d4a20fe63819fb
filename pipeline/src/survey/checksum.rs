//! Numbers that check themselves.
//!
//! Enters: digits and letters. Leaves: whether the check holds. Does not: know whether somebody was ever
//! given the number.

/// Luhn's check (ISO/IEC 7812-1, annex B): from the right every second digit is doubled, and the sum of all
/// digits ends in 0.
pub(super) fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit.saturating_sub(b'0'));
            match place % 2 {
                0 => digit,
                _ if digit > 4 => 2 * digit - 9,
                _ => 2 * digit,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Letters and digits of an IBAN by country (SWIFT's IBAN Registry).
const IBAN_LENGTHS: &[(&str, usize)] = &[
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("LY", 25),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NL", 18),
    ("NO", 15),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("SA", 24),
    ("SC", 31),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
    ("VG", 24),
    ("XK", 20),
];

/// How many letters and digits the IBAN of a country has; none of a country without them.
pub(super) fn iban_length(country: &str) -> Option<usize> {
    IBAN_LENGTHS.iter().find(|(code, _)| *code == country).map(|(_, length)| *length)
}

/// An IBAN's check (ISO 13616): its first four letters put last, and each letter written as a number from 10
/// on, it is 1 more than a multiple of 97. `iban` has no spaces.
pub(super) fn iban(iban: &[u8]) -> bool {
    let (head, tail) = iban.split_at(iban.len().min(4));
    let mut rest = 0_u32;
    for letter in tail.iter().chain(head) {
        rest = match letter {
            b'0'..=b'9' => rest * 10 + u32::from(letter - b'0'),
            b'A'..=b'Z' => rest * 100 + u32::from(letter - b'A') + 10,
            _ => return false,
        } % 97;
    }
    rest == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 79927398713 is the usual example: 7+9+9+4+7+6+9+7+7+2+3 = 70.
    #[test]
    fn luhn_holds_for_one_last_digit() {
        for last in b'0'..=b'9' {
            let number = [b"7992739871".as_slice(), &[last]].concat();
            assert_eq!(luhn(&number), last == b'3');
        }
    }

    /// The examples of the registry for Germany, the United Kingdom and Norway.
    #[test]
    fn ibans_of_the_registry_hold_and_others_do_not() {
        for good in ["DE89370400440532013000", "GB29NWBK60161331926819", "NO9386011117947"] {
            assert!(iban(good.as_bytes()), "{good}");
            assert_eq!(iban_length(&good[..2]), Some(good.len()));
            let swapped = good.replacen("60", "06", 1);
            assert!(swapped == good || !iban(swapped.as_bytes()), "{swapped}");
        }
        assert!(!iban(b"DE89370400440532013001"));
        assert!(!iban(b"DE8937040044053201300x"));
        assert!(!iban(b""));
        assert_eq!(iban_length("ZZ"), None);
    }

    #[test]
    fn countries_are_in_order_and_once() {
        assert!(IBAN_LENGTHS.is_sorted_by(|one, two| one.0 < two.0));
    }
}
