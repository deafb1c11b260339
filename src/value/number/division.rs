//! Whole division and remainder. Quotients are cut toward zero; remainders take the dividend's sign.

use rust_decimal::Decimal;

/// The whole part of the quotient of doubles; not a number for a divisor of zero.
pub fn integer_divide(dividend: f64, divisor: f64) -> f64 {
    if divisor == 0.0 { f64::NAN } else { (dividend / divisor).trunc() }
}

/// The whole part of the quotient; `None` for a divisor of zero or a result out of range.
pub fn integer_divide_whole(dividend: i64, divisor: i64) -> Option<i64> {
    dividend.checked_div(divisor)
}

/// The whole part of the quotient of decimals; `None` for a divisor of zero or a result out of
/// range.
pub fn integer_divide_decimal(dividend: Decimal, divisor: Decimal) -> Option<Decimal> {
    dividend.checked_div(divisor).map(|quotient| quotient.trunc())
}

/// The remainder of doubles; not a number for a divisor of zero.
pub fn modulo(dividend: f64, divisor: f64) -> f64 {
    dividend % divisor
}

/// The remainder of whole numbers; `None` for a divisor of zero.
pub fn modulo_whole(dividend: i64, divisor: i64) -> Option<i64> {
    if divisor == -1 { Some(0) } else { dividend.checked_rem(divisor) }
}

/// The remainder of decimals; `None` for a divisor of zero.
pub fn modulo_decimal(dividend: Decimal, divisor: Decimal) -> Option<Decimal> {
    dividend.checked_rem(divisor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotients_are_cut_toward_zero() {
        assert_eq!(integer_divide(-7.0, 2.0), -3.0);
        assert_eq!(integer_divide(8.3, 3.0), 2.0);
        assert!(integer_divide(7.0, 0.0).is_nan());
        assert_eq!(integer_divide_whole(7, -2), Some(-3));
        assert_eq!(integer_divide_whole(7, 0), None);
        assert_eq!(integer_divide_whole(i64::MIN, -1), None);
        let quotient = integer_divide_decimal(Decimal::new(105, 1), Decimal::new(2, 1));
        assert_eq!(quotient, Some(Decimal::new(52, 0)));
    }

    #[test]
    fn remainders_take_the_sign_of_the_dividend() {
        assert_eq!(modulo(-7.0, 3.0), -1.0);
        assert_eq!(modulo(5.0, -3.0), 2.0);
        assert!(modulo(5.0, 0.0).is_nan());
        assert_eq!(modulo_whole(-7, 3), Some(-1));
        assert_eq!(modulo_whole(i64::MIN, -1), Some(0));
        assert_eq!(modulo_decimal(Decimal::new(105, 1), Decimal::new(2, 1)), Some(Decimal::new(1, 1)));
    }
}
