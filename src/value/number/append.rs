//! The text of numbers, written to bytes: the same as [`double_text`]'s, without making a text for each.

use super::double_text;

/// Appends a whole number.
pub fn append_whole(out: &mut Vec<u8>, whole: i64) {
    let mut digits = Backwards::default();
    digits.push_number(whole.unsigned_abs(), 1);
    if whole < 0 {
        digits.push(b'-');
    }
    out.extend_from_slice(digits.as_slice());
}

/// Appends a number with at least so many digits, up to 20, zeros before it.
pub fn append_digits(out: &mut Vec<u8>, number: u64, least: usize) {
    let mut digits = Backwards::default();
    digits.push_number(number, least);
    out.extend_from_slice(digits.as_slice());
}

/// The two digits of a number below 100.
#[inline]
pub fn two_digits(number: u32) -> [u8; 2] {
    [b'0' + (number / 10 % 10) as u8, b'0' + (number % 10) as u8]
}

/// Appends a double as [`double_text`] writes it.
pub fn append_double(out: &mut Vec<u8>, double: f64) {
    let Some((units, places)) = short(double.abs()) else {
        out.extend_from_slice(double_text(double).as_bytes());
        return;
    };
    let mut digits = Backwards::default();
    let whole = match places {
        0 => units,
        1 => {
            digits.push_number(units % 10, 1);
            units / 10
        }
        2 => {
            digits.push_number(units % 100, 2);
            units / 100
        }
        _ => {
            let scale = POWERS.get(places).copied().unwrap_or(1);
            digits.push_number(units % scale, places);
            units / scale
        }
    };
    if places > 0 {
        digits.push(b'.');
    }
    digits.push_number(whole, 1);
    if double < 0.0 {
        digits.push(b'-');
    }
    out.extend_from_slice(digits.as_slice());
}

/// The text of a number, written from its end.
struct Backwards {
    bytes: [u8; Backwards::ROOM],
    start: usize,
}

impl Default for Backwards {
    fn default() -> Backwards {
        Backwards { bytes: [b'0'; Backwards::ROOM], start: Backwards::ROOM }
    }
}

impl Backwards {
    /// Room for 20 digits, a point and a sign, and then some.
    const ROOM: usize = 32;

    #[inline]
    fn push(&mut self, byte: u8) {
        self.start = self.start.saturating_sub(1);
        if let Some(place) = self.bytes.get_mut(self.start) {
            *place = byte;
        }
    }

    #[inline]
    fn push_number(&mut self, mut number: u64, least: usize) {
        let end = self.start;
        while number >= 100 {
            let [tens, ones] = two_digits((number % 100) as u32);
            self.push(ones);
            self.push(tens);
            number /= 100;
        }
        let [tens, ones] = two_digits(number as u32);
        if number > 0 {
            self.push(ones);
        }
        if number > 9 {
            self.push(tens);
        }
        while end - self.start < least && self.start > 0 {
            self.push(b'0');
        }
    }

    fn as_slice(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }
}

const POWERS: [u64; 7] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

/// The number as so many units of a decimal place, if it has few places and at most 15 digits.
///
/// Units and scale are exact, so the quotient is the double that the decimal stands for; a double has only one
/// decimal of at most 15 digits, zeros at its end aside.
#[inline]
fn short(double: f64) -> Option<(u64, usize)> {
    if !(1e-4..1e9).contains(&double) && double != 0.0 {
        return None;
    }
    // Amounts of money come first: most numbers that are written are some.
    let units = (double * 1e2 + 0.5) as u64;
    if units as f64 / 1e2 == double {
        return Some(match (units % 100, units % 10) {
            (0, _) => (units / 100, 0),
            (_, 0) => (units / 10, 1),
            _ => (units, 2),
        });
    }
    let mut units = (double * 1e6 + 0.5) as u64;
    if units as f64 / 1e6 != double {
        return None;
    }
    let mut places = 6;
    while units.is_multiple_of(10) && places > 0 {
        units /= 10;
        places -= 1;
    }
    Some((units, places))
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
