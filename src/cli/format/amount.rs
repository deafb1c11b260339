//! Times and sizes for people.

use std::time::Duration;

/// How long something took.
pub fn took(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds < 0.001 => format!("{:.0} µs", seconds * 1e6),
        seconds if seconds < 1.0 => format!("{:.0} ms", seconds * 1e3),
        seconds => format!("{seconds:.1} s"),
    }
}

/// How large something is, in the units that `--memory` takes.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["B", "KB", "MB", "GB"];
    let mut size = bytes as f64;
    let mut unit = 0;
    while size >= 1000.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    let unit = UNITS.get(unit).copied().unwrap_or_default();
    if size < 10.0 && unit != "B" { format!("{size:.1} {unit}") } else { format!("{size:.0} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_few_digits() {
        assert_eq!(took(Duration::from_micros(12)), "12 µs");
        assert_eq!(took(Duration::from_millis(1234)), "1.2 s");
        assert_eq!(
            [0, 999, 1000, 1536, 20 << 20, 3 << 30].map(size),
            ["0 B", "999 B", "1.0 KB", "1.5 KB", "20 MB", "3.0 GB"]
        );
    }
}
