//! `Number.Round` and its kin with a fixed direction.

use crate::eval::{Arguments, Context};
use crate::library::{Declaration, example, native};
use crate::table::Vector;
use crate::value::number::{Direction, RoundingMode};
use crate::value::{Error, Result, Value};

const DIRECTED: &str = "(number as nullable number, optional digits as nullable number) as nullable number";

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "Number.Round",
        "(number as nullable number, optional digits as nullable number, optional roundingMode as nullable number) as nullable number",
        "Rounds to a number of decimal places (0 unless given; negative ones round to tens, hundreds and so on). A number halfway between two candidates goes to the one with an even last digit unless the rounding mode says otherwise.",
        &[
            example("{Number.Round(0.5), Number.Round(1.5), Number.Round(2.5)}", "{0, 2, 2}"),
            example("Number.Round(1.2345, 3, RoundingMode.Up)", "1.235"),
            example("Number.Round(1250, -2, RoundingMode.AwayFromZero)", "1300"),
        ],
        round,
    )
    .with_kernel(round_columns),
    native(
        "Number.RoundUp",
        DIRECTED,
        "Rounds to the next greater number with so many decimal places.",
        &[example("{Number.RoundUp(1.234, 2), Number.RoundUp(-1.9)}", "{1.24, -1}")],
        |_, arguments| directed(&arguments, Direction::Up),
    )
    .with_kernel(|_, given| Ok(directed_column(given, Direction::Up))),
    native(
        "Number.RoundDown",
        DIRECTED,
        "Rounds to the next smaller number with so many decimal places.",
        &[example("{Number.RoundDown(1.999, 2), Number.RoundDown(-1.2)}", "{1.99, -2}")],
        |_, arguments| directed(&arguments, Direction::Down),
    )
    .with_kernel(|_, given| Ok(directed_column(given, Direction::Down))),
    native(
        "Number.RoundTowardZero",
        DIRECTED,
        "Cuts off the decimal places beyond so many.",
        &[example("{Number.RoundTowardZero(1.99), Number.RoundTowardZero(-1.99)}", "{1, -1}")],
        |_, arguments| directed(&arguments, Direction::TowardZero),
    )
    .with_kernel(|_, given| Ok(directed_column(given, Direction::TowardZero))),
    native(
        "Number.RoundAwayFromZero",
        DIRECTED,
        "Rounds to the next number away from zero with so many decimal places.",
        &[example("{Number.RoundAwayFromZero(1.2), Number.RoundAwayFromZero(-1.2)}", "{2, -2}")],
        |_, arguments| directed(&arguments, Direction::AwayFromZero),
    )
    .with_kernel(|_, given| Ok(directed_column(given, Direction::AwayFromZero))),
];

/// The rounding mode at a position; half to even where it is `null`.
pub(super) fn mode_at(arguments: &Arguments<'_>, at: usize) -> Result<RoundingMode> {
    match arguments.optional_whole(at, "roundingMode")? {
        None => Ok(RoundingMode::default()),
        Some(number) => RoundingMode::from_number(number).ok_or_else(|| {
            Error::expression("The 'roundingMode' argument is out of range.")
                .with_detail(arguments.value(at).clone())
        }),
    }
}

fn round(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let places = arguments.optional_whole(1, "digits")?.unwrap_or(0);
    let mode = mode_at(&arguments, 2)?;
    Ok(match arguments.value(0) {
        Value::Null => Value::Null,
        Value::Int64(whole) if places >= 0 => Value::Int64(*whole),
        Value::Decimal(decimal) => mode.round_decimal(**decimal, places).into(),
        _ => Value::Double(mode.round(arguments.double(0)?, places)),
    })
}

fn directed(arguments: &Arguments<'_>, direction: Direction) -> Result<Value> {
    let places = arguments.optional_whole(1, "digits")?.unwrap_or(0);
    Ok(match arguments.value(0) {
        Value::Null => Value::Null,
        Value::Int64(whole) if places >= 0 => Value::Int64(*whole),
        Value::Decimal(decimal) => direction.round_decimal(**decimal, places).into(),
        _ => Value::Double(direction.round(arguments.double(0)?, places)),
    })
}

/// The places to round to, if they are the same in each row and leave whole numbers as they are.
fn same_places(given: &[Vector]) -> Option<i64> {
    match given.get(1).map(Vector::as_same) {
        None | Some(Some(Value::Null)) => Some(0),
        Some(Some(Value::Int64(places))) if *places >= 0 => Some(*places),
        Some(_) => None,
    }
}

fn round_columns(_: &Context, given: &[Vector]) -> Result<Option<Vector>> {
    let mode = match given.get(2).map(Vector::as_same) {
        None | Some(Some(Value::Null)) => Some(RoundingMode::default()),
        Some(Some(Value::Int64(number))) => RoundingMode::from_number(*number),
        Some(_) => None,
    };
    let (Some(places), Some(mode), Some(numbers)) = (same_places(given), mode, given.first()) else {
        return Ok(None);
    };
    Ok(numbers.rounded(
        #[inline(always)]
        |number| mode.round(number, places),
    ))
}

fn directed_column(given: &[Vector], direction: Direction) -> Option<Vector> {
    let places = same_places(given)?;
    given.first()?.rounded(
        #[inline(always)]
        |number| direction.round(number, places),
    )
}
