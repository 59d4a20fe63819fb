//! Numbers and addresses of persons.
//!
//! Enters: text. Leaves: the places of cards, bank accounts and social security numbers, and how many
//! addresses and telephone numbers there are, with the first place of each. Does not: find names, or know whose a number is.

use super::checksum::{iban, iban_length, luhn};
use super::pattern::{Match, Pattern, Scanner, all};
use std::ops::Range;
use std::sync::LazyLock;

const EMAIL: &str = "e-mail address";
const PHONE: &str = "telephone number";

/// Digits of a telephone number with its country (E.164 allows 15), and of the shortest that is dialled
/// with its area.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// Digits of a card, the longest first.
const CARD_DIGITS: [usize; 5] = [19, 16, 15, 14, 13];

/// The account comes before the card: its digits can pass for one.
const PATTERNS: &[Pattern] = &[
    Pattern {
        name: "bank account (IBAN)",
        regex: "(?-u:\\b)[A-Z]{2}[0-9]{2}(?:[ \u{a0}]?[A-Z0-9]{1,4}){3,8}(?-u:\\b)",
        judge: account,
    },
    Pattern {
        name: "payment card",
        regex: "(?-u:\\b)[3-6](?:[ -]?[0-9]){12,18}(?-u:\\b)",
        judge: card,
    },
    Pattern {
        name: "US social security number",
        regex: "(?-u:\\b)[0-8][0-9]{2}-[0-9]{2}-[0-9]{4}(?-u:\\b)",
        judge: social_security,
    },
    Pattern {
        name: EMAIL,
        regex: r"(?-u:\b)[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}(?-u:\b)",
        judge: all,
    },
    Pattern {
        name: PHONE,
        regex: r"\+[1-9][0-9 ()/.-]{6,20}[0-9]|\(?(?-u:\b)0[1-9][0-9]{1,4}\)?[ /-] ?[1-9][0-9 -]{4,12}[0-9]|\(?(?-u:\b)[2-9][0-9]{2}\)?[ .-][2-9][0-9]{2}[.-][0-9]{4}(?-u:\b)",
        judge: phone,
    },
];

static SCANNER: LazyLock<Scanner> = LazyLock::new(|| {
    Scanner::new(PATTERNS).unwrap_or_else(|error| unreachable!("a pattern of this file: {error}"))
});

/// What a text holds on persons.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Personal {
    /// Cards, accounts and social security numbers, in the order of the text.
    pub numbers: Vec<Match>,
    /// E-mail addresses, each as often as it stands there.
    pub emails: Contacts,
    /// Telephone numbers, as above.
    pub phones: Contacts,
}

/// Ways to reach persons, of one kind: a list of members may hold thousands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Contacts {
    pub count: usize,
    /// The first byte of the first.
    pub first: Option<usize>,
}

impl Contacts {
    fn add(&mut self, start: usize) {
        self.count += 1;
        self.first.get_or_insert(start);
    }
}

impl Personal {
    /// What `text` holds.
    pub fn of(text: &str) -> Self {
        let mut personal = Self::default();
        for found in SCANNER.matches(text) {
            match found.name {
                EMAIL => personal.emails.add(found.span.start),
                PHONE => personal.phones.add(found.span.start),
                _ => personal.numbers.push(found),
            }
        }
        personal
    }
}

/// Digits and letters of a number that may be written in groups, with their places.
fn digit_places(text: &str) -> impl Iterator<Item = (usize, u8)> {
    text.bytes().enumerate().filter(|(_, letter)| letter.is_ascii_alphanumeric())
}

fn compact(text: &str) -> Vec<u8> {
    digit_places(text).map(|(_, letter)| letter).collect()
}

/// An account ends where its country says; the next word in capitals may follow it.
fn account(text: &str, span: Range<usize>) -> Option<Range<usize>> {
    let written = text.get(span.clone())?;
    let length = iban_length(written.get(..2)?)?;
    let (last, _) = digit_places(written).nth(length - 1)?;
    let is_whole = !written[last + 1..].starts_with(|letter: char| letter.is_ascii_alphanumeric());
    let found = span.start..span.start + last + 1;
    (is_whole && iban(&compact(text.get(found.clone())?))).then_some(found)
}

/// A card has the first digits and the length of a large issuer (ISO/IEC 7812) and Luhn's check; any other
/// long number has one tenth of a chance to pass the check.
fn card(text: &str, span: Range<usize>) -> Option<Range<usize>> {
    // What follows it, such as the date when it ends, may look like another group of it.
    CARD_DIGITS.into_iter().find_map(|digits| {
        let (last, _) = digit_places(text.get(span.clone())?).nth(digits - 1)?;
        let found = span.start..span.start + last + 1;
        (is_issued(&compact(text.get(found.clone())?)) && stands_alone(text, &found))
            .then_some(found)
    })
}

fn is_issued(digits: &[u8]) -> bool {
    let starts = |from: &[u8]| digits.starts_with(from);
    let first_four =
        digits.iter().take(4).fold(0_u32, |all, digit| all * 10 + u32::from(digit - b'0'));
    let is_issuers = match digits.len() {
        13 | 19 => starts(b"4") || starts(b"6"),
        14 => (3000..=3059).contains(&first_four) || (3600..=3999).contains(&first_four),
        15 => starts(b"34") || starts(b"37"),
        16 => {
            starts(b"4")
                || (5100..=5599).contains(&first_four)
                || starts(b"6")
                || (3528..=3589).contains(&first_four)
        }
        _ => false,
    };
    let is_same = digits.windows(2).all(|two| two[0] == two[1]);
    is_issuers && !is_same && luhn(digits)
}

/// Numbers that were never given out: area 000, 666 or from 900 on, group 00, serial 0000.
fn social_security(text: &str, span: Range<usize>) -> Option<Range<usize>> {
    let written = text.get(span.clone())?;
    let was_given = !written.starts_with("000")
        && !written.starts_with("666")
        && written.get(4..6) != Some("00")
        && written.get(7..) != Some("0000");
    (was_given && stands_alone(text, &span)).then_some(span)
}

fn phone(text: &str, span: Range<usize>) -> Option<Range<usize>> {
    let digits = text.get(span.clone())?.bytes().filter(u8::is_ascii_digit).count();
    (PHONE_DIGITS.contains(&digits) && stands_alone(text, &span)).then_some(span)
}

/// Whether no digit, letter or joint of a longer number touches the span.
fn stands_alone(text: &str, span: &Range<usize>) -> bool {
    let before = text.get(..span.start).and_then(|text| text.chars().next_back());
    let mut after = text.get(span.end..).unwrap_or_default().chars();
    let is_joint = |letter: char| matches!(letter, '-' | '/' | '.' | '_' | '+' | '#');
    let (next, second) = (after.next(), after.next());
    let goes_on = match next {
        Some(letter) if is_joint(letter) => second.is_some_and(char::is_alphanumeric),
        Some(letter) => letter.is_alphanumeric(),
        None => false,
    };
    !goes_on && !before.is_some_and(|letter| letter.is_alphanumeric() || is_joint(letter))
}

#[cfg(test)]
#[path = "personal_tests.rs"]
mod tests;
