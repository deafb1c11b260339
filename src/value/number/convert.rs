//! Between decimals and doubles, as .NET converts them.

use rust_decimal::Decimal;

use super::digits::{DOUBLE_DIGITS, Digits};

/// Powers of ten up to this one are exact doubles.
const EXACT_POWER: u32 = 22;
/// Whole numbers below this are exact doubles.
const EXACT_WHOLE: u128 = 1 << 53;

/// The decimal nearest to a double's first 15 significant digits: 0.1 + 0.2 gives 0.3. `None` for
/// what is no finite number or too big for a decimal.
pub fn double_to_decimal(value: f64) -> Option<Decimal> {
    if !value.is_finite() || value.abs() >= 1e29 {
        return None;
    }
    let mut digits = Digits::of_double(value, DOUBLE_DIGITS);
    digits.round_to_places(i64::from(Decimal::MAX_SCALE));
    let mut mantissa = 0i128;
    for at in 0..digits.len() {
        mantissa = mantissa * 10 + i128::from(digits.digit(at));
    }
    let mut scale = digits.len() as i32 - digits.scale;
    while scale < 0 {
        mantissa *= 10;
        scale += 1;
    }
    let mantissa = if digits.negative { -mantissa } else { mantissa };
    Decimal::try_from_i128_with_scale(mantissa, scale.unsigned_abs()).ok()
}

/// The double nearest to a decimal.
pub fn decimal_to_double(value: &Decimal) -> f64 {
    let mantissa = value.mantissa();
    if mantissa.unsigned_abs() < EXACT_WHOLE && value.scale() <= EXACT_POWER {
        // Both are exact, so the quotient is rounded once.
        return mantissa as f64 / 10f64.powi(value.scale() as i32);
    }
    // A decimal's text always reads as a double.
    value.to_string().parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_give_their_fifteen_digits() {
        let text = |value| double_to_decimal(value).map(|decimal| decimal.to_string());
        assert_eq!(text(0.1 + 0.2).as_deref(), Some("0.3"));
        assert_eq!(text(-1234.5).as_deref(), Some("-1234.5"));
        assert_eq!(text(1e28).as_deref(), Some("10000000000000000000000000000"));
        assert_eq!(text(1e-28).as_deref(), Some("0.0000000000000000000000000001"));
        assert_eq!(text(1e-40).as_deref(), Some("0"));
        assert_eq!(text(8e28), None);
        assert_eq!(text(f64::NAN), None);
        assert_eq!(text(f64::MAX), None);
    }

    #[test]
    fn decimals_give_the_nearest_double() {
        for text in ["0.3", "1.2345", "-79228162514264337593543950335", "0.1234567890123456789012345678"] {
            let decimal: Option<Decimal> = text.parse().ok();
            assert_eq!(decimal.map(|decimal| decimal_to_double(&decimal)), text.parse().ok(), "{text}");
        }
    }
}
