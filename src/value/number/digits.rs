//! The decimal digits of a number: the common ground of all text forms.

use rust_decimal::Decimal;

/// Significant digits that every double survives.
pub const DOUBLE_DIGITS: usize = 15;

/// A number as decimal digits: `0.d1 d2 d3 …` times ten to the power of `scale`.
///
/// There are no leading or trailing zero digits. Zero has no digits, scale 0 and no sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digits {
    /// Whether the number is below zero.
    pub negative: bool,
    /// Where the decimal point is: this many digits stand before it (negative: zeros follow it).
    pub scale: i32,
    digits: Vec<u8>,
}

impl Digits {
    /// The digits of a whole number.
    pub fn of_whole(value: i64) -> Self {
        Self::of_integer_text(value < 0, &value.unsigned_abs().to_string())
    }

    fn of_integer_text(negative: bool, text: &str) -> Self {
        let mut digits = Self {
            negative,
            scale: text.len() as i32,
            digits: text.bytes().map(|byte| byte - b'0').collect(),
        };
        digits.trim();
        digits
    }

    /// The digits of a decimal, all of them.
    pub fn of_decimal(value: &Decimal) -> Self {
        let text = value.mantissa().unsigned_abs().to_string();
        let mut digits = Self::of_integer_text(value.is_sign_negative(), &text);
        if !digits.digits.is_empty() {
            digits.scale -= value.scale() as i32;
        }
        digits
    }

    /// The first `precision` (1 to 17) significant digits of a finite double, correctly rounded.
    pub fn of_double(value: f64, precision: usize) -> Self {
        if value.trunc() == value && value.abs() < 1e15 && precision >= DOUBLE_DIGITS {
            return Self::of_whole(value as i64);
        }
        let precision = precision.clamp(1, 17);
        match rounded(value.abs(), precision) {
            Some((whole, places)) => {
                let mut digits = Self::of_integer_text(value < 0.0, itoa::Buffer::new().format(whole));
                digits.scale -= places as i32;
                digits
            }
            None => Self::of_scientific(&format!("{:.*e}", precision - 1, value)),
        }
    }

    /// The digits of text such as `-1.25e-7`, as the standard library writes doubles.
    pub(super) fn of_scientific(text: &str) -> Self {
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let digits = mantissa.bytes().filter(u8::is_ascii_digit).map(|byte| byte - b'0').collect();
        let scale = exponent.parse::<i32>().unwrap_or(0) + 1;
        let negative = mantissa.starts_with('-');
        let mut digits = Self { negative, scale, digits };
        digits.trim();
        digits
    }

    /// Drops trailing and leading zeros.
    fn trim(&mut self) {
        while self.digits.last() == Some(&0) {
            self.digits.pop();
        }
        let leading = self.digits.iter().take_while(|&&digit| digit == 0).count();
        self.digits.drain(..leading);
        self.scale -= leading as i32;
        if self.digits.is_empty() {
            self.scale = 0;
            self.negative = false;
        }
    }

    /// Whether the number is zero.
    pub fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// How many significant digits there are.
    pub fn len(&self) -> usize {
        self.digits.len()
    }

    /// Whether there are no digits, which is so for zero.
    pub fn is_empty(&self) -> bool {
        self.digits.is_empty()
    }

    /// The digit (0 to 9) at the place `index`, counted from the first; zeros follow the last.
    pub fn digit(&self, index: usize) -> u8 {
        self.digits.get(index).copied().unwrap_or(0)
    }

    /// Multiplies by ten to the power of `power`.
    pub fn shift(&mut self, power: i32) {
        if !self.is_zero() {
            self.scale += power;
        }
    }

    /// Keeps `count` significant digits, rounding half away from zero; a count of 0 or less may
    /// leave zero, or a one in the place before.
    pub fn round_to(&mut self, count: i64) {
        if count < 0 {
            self.digits.clear();
        } else if let Some(&next) = usize::try_from(count).ok().and_then(|at| self.digits.get(at)) {
            self.digits.truncate(count as usize);
            if next >= 5 {
                self.increment();
            }
        }
        self.trim();
    }

    /// Keeps `places` digits after the decimal point.
    pub fn round_to_places(&mut self, places: i64) {
        self.round_to(i64::from(self.scale).saturating_add(places));
    }

    /// Adds one in the last place.
    fn increment(&mut self) {
        while let Some(last) = self.digits.pop() {
            if last < 9 {
                self.digits.push(last + 1);
                return;
            }
        }
        self.digits.push(1);
        self.scale += 1;
    }
}

/// A positive double as a whole number of `precision` digits (or one more, if it was rounded up to a power of ten), and
/// how many of them are decimal places; exactly rounded, halves to even. Only for doubles that are neither very large
/// nor very small.
fn rounded(value: f64, precision: usize) -> Option<(u64, usize)> {
    /// Ten to the power of 22 has 74 bits, and fits a product with the 53 of a double.
    const MOST_PLACES: i32 = 22;
    const MANTISSA: u64 = (1 << 52) - 1;
    let bits = value.to_bits();
    let exponent = (bits >> 52) as i32;
    if !(1..2047).contains(&exponent) {
        return None;
    }
    // The value is `mantissa / 2^shift`.
    let (mantissa, shift) = (u128::from(bits & MANTISSA | 1 << 52), u32::try_from(1075 - exponent).ok()?);
    let (least, most) = (10u128.pow(precision as u32 - 1), 10u128.pow(precision as u32));
    // log10(2) is about 1233 / 4096.
    let mut places = precision as i32 - 1 - (((exponent - 1023) * 1233) >> 12);
    for _ in 0..3 {
        if !(0..=MOST_PLACES).contains(&places) || shift > 126 {
            return None;
        }
        let product = mantissa * 10u128.pow(places as u32);
        let whole = product >> shift;
        if whole < least {
            places += 1;
        } else if whole >= most {
            places -= 1;
        } else {
            let (rest, half) = (product & ((1 << shift) - 1), (1u128 << shift) >> 1);
            let up = rest > half || rest == half && half > 0 && whole & 1 == 1;
            return Some((whole as u64 + u64::from(up), places as usize));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(digits: &Digits) -> (String, i32) {
        let text = (0..digits.len()).map(|at| char::from(b'0' + digits.digit(at))).collect();
        (text, digits.scale)
    }

    #[test]
    fn zeros_are_dropped_at_both_ends() {
        assert_eq!(show(&Digits::of_whole(-1200)), ("12".into(), 4));
        assert_eq!(show(&Digits::of_whole(0)), (String::new(), 0));
        assert_eq!(show(&Digits::of_double(0.00125, 15)), ("125".into(), -2));
        assert_eq!(show(&Digits::of_decimal(&Decimal::new(-1050, 4))), ("105".into(), 0));
        assert_eq!(show(&Digits::of_whole(i64::MIN)), ("9223372036854775808".into(), 19));
    }

    #[test]
    fn digits_of_doubles_are_those_that_the_standard_library_writes() {
        let mut bits = 7u64;
        for round in 0..20_000 {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let value = match round % 4 {
                0 => f64::from_bits(bits),
                1 => (bits >> 40) as f64 / 8.0,
                2 => (bits >> 30) as f64 / 1000.0,
                _ => (bits >> 11) as f64 / 1e16,
            };
            if !value.is_finite() {
                continue;
            }
            for precision in [1, 3, 15, 17] {
                let written = Digits::of_scientific(&format!("{:.*e}", precision - 1, value));
                if value.trunc() != value {
                    assert_eq!(Digits::of_double(value, precision), written, "{value:e} {precision}");
                }
            }
        }
    }

    #[test]
    fn rounding_carries_and_may_leave_zero() {
        let mut digits = Digits::of_double(999.6, 15);
        digits.round_to_places(0);
        assert_eq!(show(&digits), ("1".into(), 4));
        let mut half = Digits::of_double(0.5, 15);
        half.round_to_places(0);
        assert_eq!(show(&half), ("1".into(), 1));
        let mut small = Digits::of_double(-0.04, 15);
        small.round_to_places(1);
        assert!(small.is_zero() && !small.negative);
        let mut tiny = Digits::of_double(0.006, 15);
        tiny.round_to_places(1);
        assert!(tiny.is_zero());
    }
}
