//! Numbers as a report writes them.

use crate::statistics::Interval;

/// `71 %` of 0.71; one digit more below 1 % and above 99 %, where it matters.
pub fn percent(share: f64) -> String {
    let value = share * 100.0;
    if (0.0 < value && value < 1.0) || (99.0 < value && value < 100.0) {
        format!("{value:.1} %")
    } else {
        format!("{} %", whole(value))
    }
}

/// A number without its digits; halves go away from zero, as those of [`signed`] do: a share and a
/// difference of shares are rounded alike.
fn whole(value: f64) -> String {
    // Half of a percent is not stored as one: what is that near to it counts as it.
    format!("{:.0}", (value + value.signum() * 1e-9).round())
}

/// `71 % [63, 78]`.
pub fn percent_with(share: f64, interval: Interval) -> String {
    format!(
        "{} [{}, {}]",
        percent(share),
        whole(interval.low * 100.0),
        whole(interval.high * 100.0)
    )
}

/// `+28 points [19, 36]` of a difference of shares.
pub fn points_with(difference: f64, interval: Interval) -> String {
    format!(
        "{} points [{}, {}]",
        signed(difference * 100.0),
        signed(interval.low * 100.0),
        signed(interval.high * 100.0)
    )
}

/// A rounded number with its sign; zero has none.
pub fn signed(value: f64) -> String {
    let size = whole(value.abs());
    match size.as_str() {
        "0" => size,
        _ if value > 0.0 => format!("+{size}"),
        _ => format!("−{size}"),
    }
}

/// A number with the digits that it was written with, up to four: `5`, `2.5`, `99.9`.
pub fn plain(value: f64) -> String {
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Seconds with three digits that count.
pub fn seconds(value: f64) -> String {
    match value {
        v if v < 0.0995 => format!("{:.0} ms", v * 1000.0),
        v if v < 9.95 => format!("{v:.2} s"),
        v if v < 99.5 => format!("{v:.1} s"),
        v if v < 5_400.0 => format!("{v:.0} s"),
        v => format!("{:.1} h", v / 3600.0),
    }
}

/// `135 M`, `1.2 B`.
pub fn count(value: u64) -> String {
    let value = value as f64;
    match value {
        v if v >= 1e9 => format!("{:.1} B", v / 1e9),
        v if v >= 1e7 => format!("{:.0} M", v / 1e6),
        v if v >= 1e6 => format!("{:.1} M", v / 1e6),
        v if v >= 1e4 => format!("{:.0} k", v / 1e3),
        v => format!("{v:.0}"),
    }
}

/// A model's size in as few letters as an axis has room for: `0.3M`, `10M`, `1.5B`.
pub fn size(parameters: f64) -> String {
    let (value, unit) = match parameters {
        v if v >= 1e9 => (v / 1e9, "B"),
        v if v >= 1e5 => (v / 1e6, "M"),
        v => (v / 1e3, "k"),
    };
    let digits = match value {
        v if v >= 9.95 => 0,
        v if v >= 0.995 => 1,
        _ => 2,
    };
    let text = format!("{value:.digits$}");
    let short = if digits > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{short}{unit}")
}

/// Tokens on an axis: `300`, `1,000`.
pub fn tokens(count: f64) -> String {
    grouped(count.round() as u64)
}

/// A whole number with a comma before each three digits: `1,234,567`.
pub fn grouped(count: u64) -> String {
    match count / 1000 {
        0 => count.to_string(),
        thousands => format!("{},{:03}", grouped(thousands), count % 1000),
    }
}

/// `0.62 GiB`; what would be less than `0.05 GiB` in MiB.
pub fn gib(bytes: u64) -> String {
    let mib = bytes as f64 / (1_u64 << 20) as f64;
    if (0.05..51.2).contains(&mib) {
        format!("{mib:.1} MiB")
    } else {
        format!("{:.2} GiB", mib / 1024.0)
    }
}

/// A number that is only about right: at most two of its digits count, rounded up.
pub fn about(count: usize) -> String {
    let mut unit = 1;
    while count / unit >= 100 {
        unit *= 10;
    }
    grouped((count.div_ceil(unit) * unit) as u64)
}

/// A p-value.
pub fn p_value(p: f64) -> String {
    if p < 0.001 { "< 0.001".to_owned() } else { format!("{p:.3}") }
}

/// Where a number is not known.
pub const NONE: &str = "–";

/// Whether two times are about the same: clock readings of one setup differ by a few percent.
pub fn same_time(ours: f64, theirs: f64) -> bool {
    (0.9..1.1).contains(&(ours / theirs))
}

/// A ratio in words: `3.2 times`, `a third of`, `the same`.
pub fn ratio_of_time(ours: f64, theirs: f64) -> String {
    let ratio = ours / theirs;
    match ratio {
        r if !r.is_finite() => "an unknown multiple of the time per question".to_owned(),
        _ if same_time(ours, theirs) => "about the same time per question".to_owned(),
        r if r >= 1.1 => format!("{r:.1} times the time per question"),
        r if r > 0.6 => format!("{:.0} % of the time per question", r * 100.0),
        r if r > 0.42 => "half the time per question".to_owned(),
        r if r > 0.29 => "a third of the time per question".to_owned(),
        r if r > 0.22 => "a quarter of the time per question".to_owned(),
        r => format!("1/{:.0} of the time per question", 1.0 / r),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_written() {
        assert_eq!(percent(0.714), "71 %");
        assert_eq!(percent(0.004), "0.4 %");
        // 5 of 40 and 7 of 40 differ by 2 of 40: halves of one percent all go the same way.
        assert_eq!([5.0, 7.0].map(|right| percent(right / 40.0)), ["13 %", "18 %"]);
        assert_eq!(signed((5.0 / 40.0 - 7.0 / 40.0) * 100.0), "−5");
        // In binary 0.285 times 100 is a little less than 28.5.
        assert_eq!(percent(0.285), "29 %");
        assert_eq!([99, 514, 2109, 99_001].map(about), ["99", "520", "2,200", "100,000"]);
        assert_eq!(percent(1.0), "100 %");
        assert_eq!(points_with(0.28, Interval { low: -0.004, high: 0.36 }), "+28 points [0, +36]");
        assert_eq!(signed(-3.2), "−3");
        assert_eq!(
            [0.05, 0.025, 0.995, 1.0].map(|x| plain(x * 100.0)),
            ["5", "2.5", "99.5", "100"]
        );
        assert_eq!(seconds(0.0123), "12 ms");
        assert_eq!(seconds(3.456), "3.46 s");
        assert_eq!(count(134_515_008), "135 M");
        assert_eq!(count(1_200_000), "1.2 M");
        let sizes = [48_200.0, 300_000.0, 254_000.0, 0.997e6, 2.7e6, 1e7, 135e6, 1.5e9, 3e10];
        assert_eq!(
            sizes.map(size),
            ["48k", "0.3M", "0.25M", "1M", "2.7M", "10M", "135M", "1.5B", "30B"]
        );
        assert_eq!([299.6, 1000.0, 12_345.0].map(tokens), ["300", "1,000", "12,345"]);
        assert_eq!(
            [0, 999, 1_000_000, 1_234_567].map(grouped),
            ["0", "999", "1,000,000", "1,234,567"]
        );
        assert_eq!([0, 15 << 17, 1 << 29].map(gib), ["0.00 GiB", "1.9 MiB", "0.50 GiB"]);
        assert_eq!(ratio_of_time(1.0, 3.0), "a third of the time per question");
        assert_eq!(ratio_of_time(3.2, 1.0), "3.2 times the time per question");
    }
}
