//! The text of numbers, written to bytes: the same as [`double_text`]'s, without making a text for each.

use super::double_text;

/// Appends a whole number.
pub fn append_whole(out: &mut Vec<u8>, whole: i64) {
    if whole < 0 {
        out.push(b'-');
    }
    append_digits(out, whole.unsigned_abs(), 1);
}

/// Appends a number with at least so many digits, zeros before it.
pub fn append_digits(out: &mut Vec<u8>, mut number: u64, least: usize) {
    let mut digits = [b'0'; 20];
    let mut start = digits.len();
    while number > 0 {
        start -= 1;
        if let Some(digit) = digits.get_mut(start) {
            *digit = b'0' + (number % 10) as u8;
        }
        number /= 10;
    }
    start = start.min(digits.len().saturating_sub(least));
    out.extend_from_slice(digits.get(start..).unwrap_or_default());
}

/// Appends a double as [`double_text`] writes it.
pub fn append_double(out: &mut Vec<u8>, double: f64) {
    match short(double.abs()) {
        Some((units, places)) => {
            if double < 0.0 {
                out.push(b'-');
            }
            let scale = POWERS.get(places).map_or(1, |power| *power as u64);
            append_digits(out, units / scale, 1);
            if places > 0 {
                out.push(b'.');
                append_digits(out, units % scale, places);
            }
        }
        None => out.extend_from_slice(double_text(double).as_bytes()),
    }
}

const POWERS: [f64; 7] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6];

/// The number as so many units of a decimal place, if it has few places and at most 15 digits.
///
/// Units and scale are exact, so the quotient is the double that the decimal stands for; a double has only one
/// decimal of at most 15 digits.
fn short(double: f64) -> Option<(u64, usize)> {
    if !(1e-4..1e9).contains(&double) && double != 0.0 {
        return None;
    }
    POWERS.iter().enumerate().find_map(|(places, power)| {
        let units = (double * power + 0.5) as u64;
        (units as f64 / power == double).then_some((units, places))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn doubles() -> impl Strategy<Value = f64> {
        prop_oneof![
            any::<f64>(),
            (-1_000_000_000_000i64..1_000_000_000_000, 0i32..9)
                .prop_map(|(units, places)| units as f64 / 10f64.powi(places)),
            (any::<i32>(), 0i32..12).prop_map(|(units, places)| f64::from(units) * 10f64.powi(-places)),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]
        #[test]
        fn numbers_are_written_as_m_writes_them(double in doubles(), whole in any::<i64>()) {
            let mut out = Vec::new();
            append_double(&mut out, double);
            prop_assert_eq!(String::from_utf8(out).unwrap(), double_text(double));
            let mut out = Vec::new();
            append_whole(&mut out, whole);
            prop_assert_eq!(String::from_utf8(out).unwrap(), whole.to_string());
        }
    }

    #[test]
    fn limits_are_written_as_m_writes_them() {
        for double in
            [0.0, -0.0, 1e9, 999_999_999.5, 1e-4, 0.00012, 0.1 + 0.2, f64::NAN, f64::NEG_INFINITY, 1e15]
        {
            let mut out = Vec::new();
            append_double(&mut out, double);
            assert_eq!(String::from_utf8(out).unwrap(), double_text(double));
        }
        for whole in [0, i64::MIN, i64::MAX, -1, 10] {
            let mut out = Vec::new();
            append_whole(&mut out, whole);
            assert_eq!(String::from_utf8(out).unwrap(), whole.to_string());
        }
    }
}
