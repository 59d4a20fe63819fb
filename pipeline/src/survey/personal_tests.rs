//! The numbers are the usual examples of those who define them, or invented.

use super::*;
use proptest::prelude::*;

fn numbers(text: &str) -> Vec<(&'static str, String)> {
    Personal::of(text)
        .numbers
        .into_iter()
        .map(|found| (found.name, text[found.span].to_owned()))
        .collect()
}

#[track_caller]
fn finds(name: &str, text: &str, value: &str) {
    assert_eq!(numbers(text), [(name, value.to_owned())], "{text}");
}

#[test]
fn cards() {
    for number in
        ["4111 1111 1111 1111", "5500-0000-0000-0004", "378282246310005", "6011000990139424"]
    {
        finds("payment card", &format!("paid with {number}."), number);
        finds("payment card", &format!("{number} 12/31"), number);
    }
    for text in [
        // The last digit is wrong.
        "4111 1111 1111 1112",
        // No issuer begins so.
        "9999 9999 9999 9995",
        "order 4111-1111-1111-1111-22",
        "0.4111111111111111",
        "4444 4444 4444 4444",
        "41111111111111111111111",
    ] {
        assert!(numbers(text).is_empty(), "{text}");
    }
}

#[test]
fn accounts() {
    for number in [
        "DE89 3704 0044 0532 0130 00",
        "GB29NWBK60161331926819",
        "NO93 8601 1117 947",
        "BE68 5390 0754 7034",
    ] {
        finds("bank account (IBAN)", &format!("to {number} soon"), number);
        finds("bank account (IBAN)", &format!("{number} BIC"), number);
    }
    for text in [
        "DE89 3704 0044 0532 0130 01",
        "ZZ89 3704 0044 0532 0130 00",
        "DE89 3704 0044 0532 0130 0",
        "DE89 3704 0044 0532 0130 000",
        "DE12 is a code",
    ] {
        assert!(numbers(text).is_empty(), "{text}");
    }
}

#[test]
fn social_security_numbers() {
    finds("US social security number", "SSN: 219-09-9999,", "219-09-9999");
    for text in [
        "000-12-3456",
        "666-12-3456",
        "912-12-3456",
        "219-00-9999",
        "219-09-0000",
        "1-219-09-9999",
        "219-09-9999-1",
    ] {
        assert!(numbers(text).is_empty(), "{text}");
    }
}

#[test]
fn addresses_are_counted() {
    let count = |text: &str| Personal::of(text).emails.count;
    assert_eq!(count("ada@example.com, <b.c+d@mail.example.co.uk>. ada@example.com"), 3);
    assert_eq!(count("@ada, ada@, ada@host, a@b.c, user@@example.com"), 0);
}

#[test]
fn telephone_numbers_are_counted() {
    for text in [
        "+49 (711) 123-4567",
        "+1-202-555-0143",
        "0711 1234567",
        "(0711) 123 4567",
        "202-555-0143",
        "(202) 555-0143",
    ] {
        assert_eq!(Personal::of(&format!("call {text}.")).phones.count, 1, "{text}");
    }
    for text in [
        "2024-03-01",
        "01-02-2024",
        "3.14159265358",
        "1,234,567",
        "10.0.0.255",
        "A-0711-1234567",
        "+5 %",
        "ISBN 978-3-16-148410-0",
    ] {
        assert_eq!(Personal::of(text).phones.count, 0, "{text}");
    }
}

proptest! {
    #[test]
    fn each_card_with_a_right_last_digit_is_found(middle in "[0-9]{14}") {
        let known = format!("4{middle}");
        prop_assume!(known.bytes().any(|digit| digit != b'4'));
        let found = (b'0'..=b'9')
            .filter(|last| numbers(&format!("{known}{}", char::from(*last))).len() == 1)
            .count();
        prop_assert_eq!(found, 1);
    }

    #[test]
    fn spans_are_text_in_order(text in "([0-9A-Z é@.+()/-]|DE89|4111){0,60}") {
        let mut end = 0;
        for found in Personal::of(&text).numbers {
            prop_assert!(found.span.start >= end && !text[found.span.clone()].is_empty());
            end = found.span.end;
        }
    }
}
