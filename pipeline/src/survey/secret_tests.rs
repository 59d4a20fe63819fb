//! All values are invented; those of a known shape are put together here, so that no scanner of
//! repositories takes this file for a leak.

use super::*;
use proptest::prelude::*;

#[track_caller]
fn finds(name: &str, text: &str, value: &str) {
    let found = secrets(text);
    let shown: Vec<_> = found.iter().map(|one| (one.name, &text[one.span.clone()])).collect();
    assert_eq!(shown, [(name, value)], "{text}");
}

#[track_caller]
fn finds_nothing(text: &str) {
    assert_eq!(secrets(text), [], "{text}");
}

#[test]
fn private_keys() {
    for kind in ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "] {
        let line = [concat!("-----BEGIN", " "), kind, concat!("PRIVATE", " KEY-----")].concat();
        finds("private key", &format!("text\n{line}\nMIIE"), &line);
    }
    let pgp = concat!("-----BEGIN PGP", " PRIVATE", " KEY BLOCK-----");
    finds("private key", pgp, pgp);
    finds_nothing("-----BEGIN PUBLIC KEY-----");
    finds_nothing("-----BEGIN CERTIFICATE-----");
    finds_nothing("Keep the private key at home.");
}

#[test]
fn access_keys_of_aws() {
    let key = concat!("AKI", "AQ3EGRT7XKLMNOP2W");
    finds("AWS access key", &format!("id: {key}, see below"), key);
    finds_nothing(&key[..19]);
    finds_nothing(&format!("{key}A"));
    finds_nothing(&key.to_lowercase());
}

#[test]
fn tokens_of_hosts() {
    let github = concat!("gh", "p_", "16C7e42F292c6912E7710c838347Ae178B4a");
    finds("GitHub token", &format!("use {github}."), github);
    finds_nothing(&github[..30]);
    let fine = ["github", "_pat_", &"a1B2c3D4e5F".repeat(2), "_", &"x".repeat(59)].concat();
    finds("GitHub token", &fine, &fine);
    let gitlab = concat!("gl", "pat-", "x7Kq2mVb9LrT4wYz1NcA");
    finds("GitLab token", gitlab, gitlab);
    finds_nothing(concat!("gl", "pat-", "short"));
    let slack = concat!("xo", "xb-", "2048102410-abcDEFghiJKL");
    finds("Slack token", &format!("bot {slack} "), slack);
    finds_nothing("xoxo-hugs-and-kisses-");
    let hook = concat!("hooks.slack", ".com/services/T0AB1CD2E/B0FG3HI4J/kLmNoPqRsTuVwXyZ");
    finds("Slack token", &format!("https://{hook}"), hook);
}

#[test]
fn web_tokens() {
    let token =
        concat!("ey", "JhbGciOiJIUzI1NiJ9.", "ey", "JzdWIiOiIxMjM0NTYifQ.", "c2lnbmF0dXJlLWhlcmU");
    finds("JSON web token", &format!("Authorization: Bearer {token}"), token);
    // The name says key as well; the more exact pattern wins.
    finds("JSON web token", &format!("token = \"{token}\""), token);
    finds_nothing(&token[..40]);
}

#[test]
fn passwords() {
    for (text, value) in [
        ("password = hunter2", "hunter2"),
        ("DB_PASSWORD: \"s3cr3t-of-db\",", "s3cr3t-of-db"),
        ("Passwort: Tr0ub4dor&3", "Tr0ub4dor&3"),
        ("pwd='correcthorse'", "correcthorse"),
        ("{'passwd' => 'abc-def-1'}", "abc-def-1"),
        ("Kennwort:=Winter2024.", "Winter2024"),
    ] {
        finds("password", text, value);
    }
    for text in [
        "Password: required",
        "The password: Minimum 12 letters.",
        "password = short",
        "password = \"<your password>\"",
        "password = ${DB_PASSWORD}",
        "password: ********",
        "password = \"changeme\"",
        "Change the password every year, or the pump stops.",
        "password: string",
    ] {
        finds_nothing(text);
    }
}

#[test]
fn passwords_in_addresses() {
    finds("password in an address", "postgres://app:fuzzy-otter9@db.example/x", "fuzzy-otter9");
    finds_nothing("https://example.com:8080/a@b");
    finds_nothing("https://user@example.com/");
    finds_nothing("postgres://app:${PASSWORD}@db.example/x");
}

#[test]
fn values_of_high_entropy() {
    let random = concat!("Zx8Qw3Lk", "9Vb2Nm7Pt5Rd1Hs6");
    finds("key or token", &format!("api_key = \"{random}\""), random);
    finds("key or token", &format!("blob: {random}"), random);
    let digits = concat!("9f86d081884c7d65", "9a2feaa0c55ad015");
    finds("key or token", &format!("client-secret={digits}"), digits);
    // A checksum has no name of a key.
    finds_nothing(&format!("sha256: {digits}"));
    for text in [
        "token = aaaaaaaaaaaaaaaaaaaaaaaa1",
        "key: this_is_the_name_of_a_field",
        "url = https://example.com/a/long/path/to/Some/Page2",
        "path = documents/Travel/Expenses2024/Summary.md",
        "date: 2024-03-01T12:00:00.000+02:00",
        "secret = \"${VAULT_SECRET_FOR_SERVICE_2}\"",
    ] {
        finds_nothing(text);
    }
}

/// Of "aabb" each letter has a half: 1 bit. Of 16 digits that differ each has 4.
#[test]
fn entropy_is_shannons() {
    assert_eq!(entropy_bits("aabb"), 1.0);
    assert_eq!(entropy_bits("0123456789abcdef"), 4.0);
    assert_eq!(entropy_bits("aaaa"), 0.0);
    assert_eq!(entropy_bits(""), 0.0);
}

proptest! {
    #[test]
    fn spans_are_text_in_order(text in "([a-zA-Z0-9 é:=\"'./@-]|password|token|://|eyJ|\n){0,60}") {
        let mut end = 0;
        for found in secrets(&text) {
            prop_assert!(found.span.start >= end && !text[found.span.clone()].is_empty());
            end = found.span.end;
        }
    }
}
