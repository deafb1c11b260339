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
        Self::of_scientific(&format!("{:.*e}", precision.clamp(1, 17) - 1, value))
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
