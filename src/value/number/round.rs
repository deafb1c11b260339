//! Rounding to a number of decimal places.

use rust_decimal::{Decimal, RoundingStrategy};

/// What happens to a number halfway between two candidates: M's `RoundingMode.Type`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RoundingMode {
    /// `RoundingMode.Up`, 0: the greater one.
    Up,
    /// `RoundingMode.Down`, 1: the smaller one.
    Down,
    /// `RoundingMode.AwayFromZero`, 2.
    AwayFromZero,
    /// `RoundingMode.TowardZero`, 3.
    TowardZero,
    /// `RoundingMode.ToEven`, 4: the one whose last digit is even; what M does unless told.
    #[default]
    ToEven,
}

/// A direction that rounding takes whatever the dropped digits are (`Number.RoundUp` and so on).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// To the next greater number.
    Up,
    /// To the next smaller number.
    Down,
    /// To the next number towards zero.
    TowardZero,
    /// To the next number away from zero.
    AwayFromZero,
}

/// Doubles have no digits after this many places worth rounding.
const MAX_PLACES: i64 = 15;

impl RoundingMode {
    /// The mode with M's number.
    pub fn from_number(number: i64) -> Option<Self> {
        Some(match number {
            0 => Self::Up,
            1 => Self::Down,
            2 => Self::AwayFromZero,
            3 => Self::TowardZero,
            4 => Self::ToEven,
            _ => return None,
        })
    }

    /// Rounds to `places` digits after the decimal point; negative places round to tens, hundreds…
    #[inline(always)]
    pub fn round(self, value: f64, places: i64) -> f64 {
        scaled(
            value,
            places,
            #[inline(always)]
            |number| self.round_whole(number),
        )
    }

    /// Rounds to a whole number.
    #[inline(always)]
    pub fn round_whole(self, value: f64) -> f64 {
        let below = value.floor();
        // Exact: both have the same exponent or the difference needs fewer bits.
        if value - below != 0.5 {
            return value.round();
        }
        match self {
            Self::Up => below + 1.0,
            Self::Down => below,
            Self::TowardZero => value.trunc(),
            Self::AwayFromZero => value.round(),
            Self::ToEven => value.round_ties_even(),
        }
    }

    /// Rounds a decimal to `places` digits after the decimal point; digits beyond a decimal's
    /// range, either way, leave it unchanged or make it zero.
    ///
    /// A tie is settled by adding or taking half a unit, so the result keeps the digit that was
    /// dropped as a zero: 1.23445 to four places is 1.23440, as the real engine prints it.
    pub fn round_decimal(self, value: Decimal, places: i64) -> Decimal {
        let rounded = self.round_decimal_digits(value, places);
        let half_scale = u32::try_from(places).ok().and_then(|places| places.checked_add(1));
        if let Some(scale) = half_scale.filter(|&scale| scale <= value.scale())
            && (value - rounded).abs() == Decimal::new(5, 0) * Decimal::new(1, scale)
        {
            let mut tie = rounded;
            tie.rescale(scale);
            return tie;
        }
        rounded
    }

    fn round_decimal_digits(self, value: Decimal, places: i64) -> Decimal {
        let strategy = match self {
            Self::ToEven => RoundingStrategy::MidpointNearestEven,
            Self::AwayFromZero => RoundingStrategy::MidpointAwayFromZero,
            Self::TowardZero => RoundingStrategy::MidpointTowardZero,
            Self::Up if value.is_sign_negative() => RoundingStrategy::MidpointTowardZero,
            Self::Up => RoundingStrategy::MidpointAwayFromZero,
            Self::Down if value.is_sign_negative() => RoundingStrategy::MidpointAwayFromZero,
            Self::Down => RoundingStrategy::MidpointTowardZero,
        };
        scaled_decimal(value, places, strategy)
    }
}

impl Direction {
    /// Rounds to `places` digits after the decimal point; negative places round to tens, hundreds…
    #[inline(always)]
    pub fn round(self, value: f64, places: i64) -> f64 {
        scaled(
            value,
            places,
            #[inline(always)]
            |number| match self {
                Self::Up => number.ceil(),
                Self::Down => number.floor(),
                Self::TowardZero => number.trunc(),
                Self::AwayFromZero if number < 0.0 => number.floor(),
                Self::AwayFromZero => number.ceil(),
            },
        )
    }

    /// Rounds a decimal to `places` digits after the decimal point.
    pub fn round_decimal(self, value: Decimal, places: i64) -> Decimal {
        let strategy = match self {
            Self::Up => RoundingStrategy::ToPositiveInfinity,
            Self::Down => RoundingStrategy::ToNegativeInfinity,
            Self::TowardZero => RoundingStrategy::ToZero,
            Self::AwayFromZero => RoundingStrategy::AwayFromZero,
        };
        scaled_decimal(value, places, strategy)
    }
}

/// Rounds by way of a power of ten, as .NET does: the scaled number is what decides ties.
#[inline(always)]
fn scaled(value: f64, places: i64, round: impl Fn(f64) -> f64) -> f64 {
    if !value.is_finite() || places > MAX_PLACES {
        return value;
    }
    if places == 0 {
        return round(value);
    }
    if places < -308 {
        return 0.0;
    }
    let power = 10f64.powi(places.unsigned_abs() as i32);
    if places < 0 {
        return round(value / power) * power;
    }
    // From here on a double has no fraction, or its scaled form would lose digits.
    if value.abs() >= 1e16 { value } else { round(value * power) / power }
}

fn scaled_decimal(value: Decimal, places: i64, strategy: RoundingStrategy) -> Decimal {
    if places >= 0 {
        let places = u32::try_from(places).unwrap_or(u32::MAX).min(Decimal::MAX_SCALE);
        return value.round_dp_with_strategy(places, strategy);
    }
    let power = u32::try_from(-places).ok().and_then(|places| 10i128.checked_pow(places));
    let power = power.and_then(|power| Decimal::try_from_i128_with_scale(power, 0).ok());
    let rounded = power.and_then(|power| {
        let scaled = value.checked_div(power)?.round_dp_with_strategy(0, strategy);
        scaled.checked_mul(power)
    });
    rounded.unwrap_or(Decimal::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mode_decides_ties_only() {
        assert_eq!([0.5, 1.5, -2.5, 2.4].map(|n| RoundingMode::ToEven.round(n, 0)), [0., 2., -2., 2.]);
        assert_eq!([0.5, -0.5, 7.9].map(|n| RoundingMode::Up.round(n, 0)), [1., 0., 8.]);
        assert_eq!([0.5, -0.5, 7.9].map(|n| RoundingMode::Down.round(n, 0)), [0., -1., 8.]);
        assert_eq!([1.5, -1.5, -7.9].map(|n| RoundingMode::TowardZero.round(n, 0)), [1., -1., -8.]);
        assert_eq!([2.5, -2.5].map(|n| RoundingMode::AwayFromZero.round(n, 0)), [3., -3.]);
        assert_eq!(RoundingMode::Up.round(1.2345, 3), 1.235);
        assert_eq!(RoundingMode::Down.round(1.2345, 3), 1.234);
        assert_eq!(RoundingMode::ToEven.round(0.49999999999999994, 0), 0.0);
    }

    #[test]
    fn negative_places_round_to_tens() {
        assert_eq!(RoundingMode::ToEven.round(1250.0, -2), 1200.0);
        assert_eq!(RoundingMode::ToEven.round(1250.0, -400), 0.0);
        assert_eq!(RoundingMode::ToEven.round_decimal(Decimal::new(12500, 1), -2), Decimal::new(1200, 0));
        assert_eq!(Direction::Up.round(1210.0, -2), 1300.0);
    }

    #[test]
    fn directions_ignore_how_much_is_dropped() {
        assert_eq!(Direction::Up.round(1.234, 2), 1.24);
        assert_eq!(Direction::Down.round(1.999, 2), 1.99);
        assert_eq!(Direction::AwayFromZero.round(-1.234, 2), -1.24);
        assert_eq!(Direction::TowardZero.round(-1.234, 2), -1.23);
        assert_eq!(Direction::Up.round_decimal(Decimal::new(-1234, 3), 2), Decimal::new(-123, 2));
    }

    #[test]
    fn decimals_round_as_doubles_do() {
        let tie = Decimal::new(-25, 1);
        assert_eq!(RoundingMode::ToEven.round_decimal(tie, 0), Decimal::new(-2, 0));
        assert_eq!(RoundingMode::Up.round_decimal(tie, 0), Decimal::new(-2, 0));
        assert_eq!(RoundingMode::Down.round_decimal(tie, 0), Decimal::new(-3, 0));
    }

    #[test]
    fn settled_ties_keep_one_more_digit() {
        let round = |mantissa| RoundingMode::ToEven.round_decimal(Decimal::new(mantissa, 5), 4).to_string();
        assert_eq!(round(123_445), "1.23440");
        assert_eq!(round(123_455), "1.23460");
        assert_eq!(round(123_456), "1.2346");
        assert_eq!(RoundingMode::ToEven.round_decimal(Decimal::new(12345, 1), 4).to_string(), "1234.5");
    }

    #[test]
    fn big_and_special_numbers_pass_through() {
        assert_eq!(RoundingMode::ToEven.round(1.5e300, 2), 1.5e300);
        assert!(RoundingMode::ToEven.round(f64::NAN, 2).is_nan());
        assert_eq!(Direction::Up.round(f64::INFINITY, 2), f64::INFINITY);
    }
}
