//! The `Retry-After` header (RFC 9110, section 10.2.3): seconds or an HTTP date.

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use std::time::{Duration, SystemTime};

/// Longest wait that a server is granted: a quota of some minutes passes. What asks for a longer one is
/// a broken clock or a quota of a day, for which a run should not stand still: the trial fails with
/// the wait in its reason.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// How long the server asks to wait, granted or not. A date is held against the server's own `Date` where it sends
/// one, so that clocks may differ, else against `now`.
pub(super) fn wait_of(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    Some(match text.parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX),
        Err(_) => {
            let date = |text: &str| httpdate::parse_http_date(text).ok();
            let server = headers.get(DATE).and_then(|value| date(value.to_str().ok()?));
            date(text)?.duration_since(server.unwrap_or(now)).unwrap_or(Duration::ZERO)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(retry_after: &str, date: Option<&str>, now: SystemTime) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, retry_after.parse().unwrap());
        if let Some(date) = date {
            headers.insert(DATE, date.parse().unwrap());
        }
        wait_of(&headers, now)
    }

    #[test]
    fn seconds_are_read_and_never_negative() {
        let now = SystemTime::UNIX_EPOCH;
        assert_eq!(wait("7", None, now), Some(Duration::from_secs(7)));
        assert_eq!(wait("0.5", None, now), Some(Duration::from_millis(500)));
        assert_eq!(wait("86400", None, now), Some(Duration::from_secs(86_400)));
        assert_eq!(wait("-3", None, now), Some(Duration::ZERO));
        assert_eq!(wait("1e400", None, now), Some(Duration::MAX));
        assert_eq!(wait("NaN", None, now), Some(Duration::ZERO));
        assert_eq!(wait("soon", None, now), None);
        assert_eq!(wait_of(&HeaderMap::new(), now), None);
    }

    #[test]
    fn dates_count_from_the_servers_clock_else_from_ours() {
        // 784,111,777 s after 1970 is 1994-11-06 08:49:37 (the example of RFC 9110, section 5.6.7).
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let in_ten = "Sun, 06 Nov 1994 08:49:47 GMT";
        assert_eq!(wait(in_ten, None, now), Some(Duration::from_secs(10)));
        let server = Some("Sun, 06 Nov 1994 08:49:44 GMT");
        assert_eq!(wait(in_ten, server, now), Some(Duration::from_secs(3)));
        let past = "Sun, 06 Nov 1994 08:00:00 GMT";
        assert_eq!(wait(past, None, now), Some(Duration::ZERO));
    }
}
