//! Addresses of servers.
//!
//! Enters: text. Leaves: nothing, or an objection with the remedy. Does not: connect.

use super::findings::Objection;

/// An `http` or `https` address without credentials, query or fragment. Messages do not repeat the
/// text: it may hold a password.
pub(super) fn check(address: &str) -> Result<(), Objection> {
    let example = "write it like `http://localhost:8000/v1`";
    let url = reqwest::Url::parse(address)
        .map_err(|error| Objection::new(format!("not an address: {error}"), example))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Objection::new("not an http or https address", example));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Objection::new(
            "an address with a user or password would be copied into the report",
            "put the key in an environment variable and name it with `api_key_env`",
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(Objection::new(
            "an address with `?` or `#` cannot be extended by a path",
            "end it with the path",
        ));
    }
    Ok(())
}

/// The address of an OpenAI-compatible server, up to and with `/v1`.
pub(super) fn check_base(address: &str) -> Result<(), Objection> {
    check(address)?;
    if address.trim_end_matches('/').ends_with("/completions") {
        return Err(Objection::new(
            "this is the address of one call, not of the server",
            "end it with `/v1`: `/chat/completions` is added",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_need_scheme_and_host_and_nothing_more() {
        for good in ["http://localhost:8000/v1", "https://x.example/", "http://[::1]:6334"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in
            ["localhost:8000/v1", "x", "", "ftp://x", "http://", "http://a:b@x", "http://x?y"]
        {
            assert!(check(bad).is_err(), "{bad}");
        }
        assert!(check_base("http://x/v1/chat/completions/").is_err());
        assert_eq!(check_base("http://x/v1/"), Ok(()));
    }

    #[test]
    fn passwords_are_not_repeated() {
        assert!(!format!("{:?}", check("http://me:hunter2@x")).contains("hunter2"));
    }
}
