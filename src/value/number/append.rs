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

/// A text of up to 16 bytes, the first one lowest, with zeros behind it.
#[derive(Clone, Copy, Debug)]
pub struct ShortText {
    /// The bytes.
    pub bytes: u128,
    /// How many there are.
    pub len: usize,
}

/// What [`append_whole`] appends, for numbers that have up to eight digits and no sign.
#[inline]
pub fn short_whole(whole: i64) -> Option<ShortText> {
    let number = u32::try_from(whole).ok().filter(|number| *number < EIGHT_DIGITS)?;
    let (text, len) = short_text(number, 1);
    Some(ShortText { bytes: u128::from(text), len })
}

/// What [`append_double`] appends, for numbers of up to eight digits, few of them behind the point, and no sign.
#[inline]
pub fn short_double(double: f64) -> Option<ShortText> {
    let (units, places) = short(double)?;
    let (text, len) =
        short_text(u32::try_from(units).ok().filter(|units| *units < EIGHT_DIGITS)?, places + 1);
    if places == 0 {
        return Some(ShortText { bytes: u128::from(text), len });
    }
    let point = 8 * (len - places);
    let before = u64::MAX >> (64 - point);
    let bytes = u128::from(text & before) | u128::from(b'.') << point | u128::from(text & !before) << 8;
    Some(ShortText { bytes, len: len + 1 })
}

/// The first number with more than eight digits.
const EIGHT_DIGITS: u32 = 100_000_000;

/// The digits of a number of up to eight, at least so many of them: the first one in the lowest byte. And how many.
#[inline]
fn short_text(number: u32, least: usize) -> (u64, usize) {
    let number = u64::from(number);
    // Halves of four digits, of two, of one: all of them at once. The factors stand for divisions.
    let (high, low) = (number / 10_000, number % 10_000);
    let fours = high | low << 32;
    let hundreds = (fours * 10_486) >> 20 & 0x0000_007F_0000_007F;
    let twos = hundreds | (fours - 100 * hundreds) << 16;
    let tens = (twos * 103) >> 10 & 0x000F_000F_000F_000F;
    let ones = tens | (twos - 10 * tens) << 8;
    let len = (8 - ones.trailing_zeros() as usize / 8).max(least);
    ((ones | u64::from_ne_bytes([b'0'; 8])) >> (64 - 8 * len), len)
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

    fn shown(text: ShortText) -> String {
        String::from_utf8(text.bytes.to_le_bytes()[..text.len].to_vec()).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]
        #[test]
        fn numbers_are_written_as_m_writes_them(double in doubles(), whole in any::<i64>()) {
            let mut out = Vec::new();
            append_double(&mut out, double);
            prop_assert_eq!(String::from_utf8(out).unwrap(), double_text(double));
            if let Some(text) = short_double(double) {
                prop_assert_eq!(shown(text), double_text(double));
            }
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
        for whole in [0, 1, 9, 10, 99, 100, 9_999, 10_000, 99_999_999, 100_000_000, -1] {
            assert_eq!(
                short_whole(whole).map(shown),
                (0..100_000_000).contains(&whole).then(|| whole.to_string())
            );
        }
        for (double, text) in
            [(0.0, "0"), (-0.0, "0"), (0.05, "0.05"), (500.0, "500"), (999_999.99, "999999.99")]
        {
            assert_eq!(short_double(double).map(shown).as_deref(), Some(text));
        }
        for whole in [0, i64::MIN, i64::MAX, -1, 10] {
            let mut out = Vec::new();
            append_whole(&mut out, whole);
            assert_eq!(String::from_utf8(out).unwrap(), whole.to_string());
        }
    }
}
