//! Numbers from other values, and numbers as text.

use super::rounding::mode_at;
use crate::culture::number::{self, Number};
use crate::eval::{Arguments, Context};
use crate::library::conversion::{
    Target, WholeKind, converted_to, culture_of, currency_from, decimal_from, double_from, number_from,
    number_from_text, percentage_from, single_from, text_from, texts_converted_to, whole_from,
};
use crate::library::text::{same, same_culture};
use crate::library::{Declaration, example, native};
use crate::table::{Vector, Whole};
use crate::value::number::RoundingMode;
use crate::value::{Error, Result, Value};

const FROM: &str = "(value as any, optional culture as nullable text) as nullable number";
const ROUNDED: &str = "(value as any, optional culture as nullable text, optional roundingMode as nullable number) as nullable number";

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "Number.From",
        FROM,
        "Makes a number of text (as the culture writes it), of a logical value (1 or 0), of a date or time (days since the end of 1899) or of a duration (days).",
        &[
            example("Number.From(\"12.3%\")", "0.123"),
            example("Number.From(#datetime(2020, 3, 20, 6, 0, 0))", "43910.25"),
            example(
                "Number.From(\"x\")",
                "error: DataFormat.Error: We couldn't convert to Number. | Detail: \"x\"",
            ),
        ],
        |ctx, arguments| number_from(ctx, arguments.value(0), &culture_of(ctx, &arguments, 1)?),
    )
    .with_kernel(|ctx, given| converted_to(ctx, given, Target::Number)),
    native(
        "Number.FromText",
        "(text as nullable text, optional culture as nullable text) as nullable number",
        "Reads a number as the culture writes it. Separators between groups of digits are dropped wherever they stand.",
        &[
            example("Number.FromText(\"3.423,10\", \"de-DE\")", "3423.1"),
            example("Number.FromText(\"5.0e-10\")", "5E-10"),
        ],
        from_text,
    )
    .with_kernel(|ctx, given| texts_converted_to(ctx, given, Target::Number)),
    native(
        "Number.ToText",
        "(number as nullable number, optional format as nullable text, optional culture as nullable text) as nullable text",
        "Writes a number by a format string (a letter with an optional precision, or a pattern), in the way of a culture.",
        &[
            example("Number.ToText(1234.5, \"N2\", \"de-DE\")", "\"1.234,50\""),
            example("Number.ToText(255, \"X\")", "\"FF\""),
            example("Number.ToText(7, \"000\")", "\"007\""),
        ],
        to_text,
    )
    .with_kernel(texts_of_columns),
    native(
        "Byte.From",
        ROUNDED,
        "Rounds a value to a whole number from 0 to 255.",
        &[
            example("Byte.From(\"4.5\")", "4"),
            example(
                "Byte.From(256)",
                "error: Expression.Error: The number is out of range of a byte value. | Detail: 256",
            ),
        ],
        |ctx, arguments| whole(ctx, &arguments, WholeKind::Byte),
    )
    .with_kernel(|ctx, given| converted_to(ctx, given, Target::Whole(WholeKind::Byte))),
    native(
        "Int8.From",
        ROUNDED,
        "Rounds a value to a whole number of 8 bits.",
        &[example("Int8.From(-1.5, null, RoundingMode.TowardZero)", "-1")],
        |ctx, arguments| whole(ctx, &arguments, WholeKind::Int8),
    )
    .with_kernel(|ctx, given| converted_to(ctx, given, Target::Whole(WholeKind::Int8))),
    native(
        "Int16.From",
        ROUNDED,
        "Rounds a value to a whole number of 16 bits.",
        &[example("{Int16.From(2.5), Int16.From(2.5, null, RoundingMode.AwayFromZero)}", "{2, 3}")],
        |ctx, arguments| whole(ctx, &arguments, WholeKind::Int16),
    )
    .with_kernel(|ctx, given| converted_to(ctx, given, Target::Whole(WholeKind::Int16))),
    native(
        "Int32.From",
        ROUNDED,
        "Rounds a value to a whole number of 32 bits.",
        &[example("Int32.From(\"7.5\")", "8")],
        |ctx, arguments| whole(ctx, &arguments, WholeKind::Int32),
    )
    .with_kernel(|ctx, given| converted_to(ctx, given, Target::Whole(WholeKind::Int32))),
    native(
        "Int64.From",
        ROUNDED,
        "Rounds a value to a whole number of 64 bits.",
        &[example("Int64.From(\"1.000\", \"de-DE\")", "1000")],
        |ctx, arguments| whole(ctx, &arguments, WholeKind::Int64),
    )
    .with_kernel(wholes_of_columns),
    native(
        "Single.From",
        FROM,
        "Makes a number of single precision of a value.",
        &[example("Single.From(0.1)", "0.10000000149011612")],
        |ctx, arguments| single_from(ctx, arguments.value(0), &culture_of(ctx, &arguments, 1)?),
    )
    .with_kernel(|ctx, given| converted_to(ctx, given, Target::Single)),
    native(
        "Double.From",
        FROM,
        "Makes a number of double precision of a value.",
        &[example("Double.From(\"1,5\", \"fr-FR\")", "1.5")],
        |ctx, arguments| double_from(ctx, arguments.value(0), &culture_of(ctx, &arguments, 1)?),
    )
    .with_kernel(|ctx, given| converted_to(ctx, given, Target::Double)),
    native(
        "Decimal.From",
        FROM,
        "Makes a decimal number, exact to 28 digits, of a value.",
        &[example("Decimal.From(\"1.234,5\", \"de-DE\")", "1234.5")],
        |ctx, arguments| decimal_from(ctx, arguments.value(0), &culture_of(ctx, &arguments, 1)?),
    )
    .with_kernel(|ctx, given| converted_to(ctx, given, Target::Decimal)),
    native(
        "Currency.From",
        ROUNDED,
        "Rounds a value to four decimal places.",
        &[example("Currency.From(1.23456)", "1.2346")],
        |ctx, arguments| {
            let (culture, mode) = (culture_of(ctx, &arguments, 1)?, mode_at(&arguments, 2)?);
            currency_from(ctx, arguments.value(0), &culture, mode)
        },
    )
    .with_kernel(|ctx, given| converted_to(ctx, given, Target::Currency)),
    native(
        "Percentage.From",
        FROM,
        "Makes a number of a value; text may end with a percent sign.",
        &[example("{Percentage.From(\"12.5%\"), Percentage.From(\"12.5\")}", "{0.125, 12.5}")],
        |ctx, arguments| percentage_from(ctx, arguments.value(0), &culture_of(ctx, &arguments, 1)?),
    )
    .with_kernel(|ctx, given| converted_to(ctx, given, Target::Percentage)),
];

fn whole(ctx: &Context, arguments: &Arguments<'_>, kind: WholeKind) -> Result<Value> {
    let (culture, mode) = (culture_of(ctx, arguments, 1)?, mode_at(arguments, 2)?);
    whole_from(ctx, kind, arguments.value(0), &culture, mode)
}

fn from_text(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let culture = culture_of(ctx, &arguments, 1)?;
    match arguments.optional_text(0)? {
        Some(text) => number_from_text(&text, &culture),
        None => Ok(Value::Null),
    }
}

fn to_text(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let culture = culture_of(ctx, &arguments, 2)?;
    let Some(format) = arguments.optional_text(1)? else {
        return text_from(ctx, arguments.value(0), &culture);
    };
    let formatted = match arguments.value(0) {
        Value::Null => return Ok(Value::Null),
        Value::Int64(whole) => number::format(Number::Whole(*whole), &format, culture),
        Value::Decimal(decimal) => number::format(Number::Decimal(decimal), &format, culture),
        _ => number::format(Number::Double(arguments.double(0)?), &format, culture),
    };
    formatted.map(Value::from).map_err(|_| {
        Error::expression("The format string isn't valid for a number.").with_detail(Value::Text(format))
    })
}

/// [`whole`] numbers of 64 bits from columns of texts or of numbers.
fn wholes_of_columns(ctx: &Context, given: &[Vector]) -> Result<Option<Vector>> {
    let mode = match same(given, 2) {
        Some(Value::Null) => Some(RoundingMode::default()),
        Some(Value::Int64(mode)) => RoundingMode::from_number(*mode),
        _ => None,
    };
    // The rounding is made here.
    let given = given.get(..2).unwrap_or(given);
    let (Some(mode), Some(numbers)) = (mode, converted_to(ctx, given, Target::Number)?) else {
        return Ok(None);
    };
    if let Some((Whole::Number, _)) = numbers.column().as_whole() {
        return Ok(Some(numbers));
    }
    let rounded = |number: f64| {
        let whole = mode.round_whole(number);
        // Beyond, doubles are whole, but not each whole number is a double.
        (whole.abs() < 9_007_199_254_740_992.0).then_some(whole as i64)
    };
    Ok(numbers.map_to_wholes(rounded).map(|wholes| wholes.with_fates(numbers.fates().cloned())))
}

/// [`to_text`] of columns.
fn texts_of_columns(ctx: &Context, given: &[Vector]) -> Result<Option<Vector>> {
    let (Some(Value::Text(format)), Some(culture)) = (same(given, 1), same_culture(ctx, given, 2)) else {
        return Ok(None);
    };
    let write = |number: Number<'_>, text: &mut String| {
        text.push_str(&number::format(number, format, culture).ok()?);
        Some(())
    };
    Ok(given.first().and_then(|numbers| {
        numbers.map_numbers_to_texts(
            |whole, text| write(Number::Whole(whole), text),
            |double, text| write(Number::Double(double), text),
        )
    }))
}
