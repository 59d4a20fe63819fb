//! `base_url` and the key, checked before anything is sent.

use super::fault::EndpointFault;
use reqwest::Url;
use reqwest::header::HeaderValue;
use std::fmt;

/// Where requests go.
#[derive(Debug, Clone)]
pub(super) struct Address {
    pub(super) completions: Url,
    pub(super) models: Url,
    /// Whether the host is this machine, which no proxy can reach for us.
    pub(super) is_loopback: bool,
    pub(super) is_encrypted: bool,
}

impl Address {
    pub(super) fn of(base_url: &str) -> Result<Self, EndpointFault> {
        let fault = |problem: &str| EndpointFault::Address { problem: problem.into() };
        let url = Url::parse(base_url.trim().trim_end_matches('/')).map_err(|error| {
            EndpointFault::Address { problem: format!("is no address: {error}") }
        })?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(fault("must begin with http:// or https://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(fault(
                "holds a user name or password, which would be written into reports",
            ));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(fault("must end before `?` and `#`"));
        }
        let host = url.host_str().unwrap_or_default();
        let is_loopback = host == "localhost"
            || host
                .trim_matches(['[', ']'])
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback());
        let below = |path: &str| {
            Url::parse(&format!("{}/{path}", url.as_str().trim_end_matches('/'))).map_err(|error| {
                EndpointFault::Address { problem: format!("is no address: {error}") }
            })
        };
        Ok(Self {
            completions: below("chat/completions")?,
            models: below("models")?,
            is_loopback,
            is_encrypted: url.scheme() == "https",
        })
    }
}

/// A key that no formatter prints.
#[derive(Clone)]
pub(super) struct Key {
    secret: String,
    header: HeaderValue,
}

impl Key {
    /// None where the plan asks for no key.
    pub(super) fn of(
        variable: Option<&str>,
        secret: Option<String>,
    ) -> Result<Option<Self>, EndpointFault> {
        match (variable, secret.filter(|secret| !secret.is_empty())) {
            (None, None) => Ok(None),
            (Some(variable), None) => Err(EndpointFault::NoKey { variable: variable.into() }),
            (variable, Some(secret)) => {
                let fault = || EndpointFault::KeyBytes { variable: variable.map(Into::into) };
                // The HTTP library would send other bytes as they are; no server means them.
                if !secret.is_ascii() {
                    return Err(fault());
                }
                let mut header =
                    HeaderValue::from_str(&format!("Bearer {secret}")).map_err(|_| fault())?;
                header.set_sensitive(true);
                Ok(Some(Self { secret, header }))
            }
        }
    }

    pub(super) fn secret(&self) -> &str {
        &self.secret
    }

    pub(super) fn header(&self) -> HeaderValue {
        self.header.clone()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trailing_slash_changes_nothing() {
        for base in [
            "http://localhost:8000/v1",
            "http://localhost:8000/v1/",
            " http://localhost:8000/v1// ",
        ] {
            let address = Address::of(base).unwrap();
            assert_eq!(address.completions.as_str(), "http://localhost:8000/v1/chat/completions");
            assert_eq!(address.models.as_str(), "http://localhost:8000/v1/models");
            assert!(address.is_loopback && !address.is_encrypted);
        }
        assert!(Address::of("http://[::1]:8000/v1").unwrap().is_loopback);
        assert!(!Address::of("https://api.example.com/v1").unwrap().is_loopback);
    }

    #[test]
    fn addresses_that_cannot_work_or_would_leak_are_refused() {
        for base in [
            "",
            "localhost:8000/v1",
            "ftp://x/v1",
            "http://u:p@x/v1",
            "http://k@x/v1",
            "http://x/v1?key=1",
        ] {
            assert!(matches!(Address::of(base), Err(EndpointFault::Address { .. })), "{base}");
        }
    }

    #[test]
    fn keys_are_checked_and_never_printed() {
        assert!(Key::of(None, None).unwrap().is_none());
        assert!(matches!(Key::of(Some("K"), None), Err(EndpointFault::NoKey { .. })));
        assert!(matches!(
            Key::of(Some("K"), Some(String::new())),
            Err(EndpointFault::NoKey { .. })
        ));
        for bad in ["sk-1\n", "sk-ü", "sk\u{0}"] {
            assert!(
                matches!(Key::of(Some("K"), Some(bad.into())), Err(EndpointFault::KeyBytes { .. })),
                "{bad:?}"
            );
        }
        let key = Key::of(Some("K"), Some("sk-1".into())).unwrap().unwrap();
        assert_eq!(format!("{key:?}"), "Key(hidden)");
        assert!(!format!("{:?}", key.header()).contains("sk-1"));
    }
}
