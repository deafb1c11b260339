//! The constructors with names of their own: `#date`, `#table` and the others.

mod binary;
mod table;
mod temporal;

pub(super) use table::row_cells;

use super::{Body, Declaration, example, native};
use crate::table::Vector;
use crate::value::Value;

pub(super) const FUNCTIONS: &[Declaration] = &[
    native(
        "#date",
        "(year as number, month as number, day as number) as date",
        "Makes a date from year, month and day.",
        &[example("#date(2024, 2, 29)", "#date(2023, 12, 31) + #duration(60, 0, 0, 0)")],
        temporal::date,
    )
    .with_kernel(|_, given| match given {
        [year, month, day] => Ok(Vector::dates_of(year, month, day)),
        _ => Ok(None),
    }),
    native(
        "#time",
        "(hour as number, minute as number, second as number) as time",
        "Makes a time of day from hour, minute and second. Hour 24 is allowed for the end of the day.",
        &[example("#time(13, 5, 0.5)", "#time(13, 5, 0.5)")],
        temporal::time,
    ),
    native(
        "#datetime",
        "(year as number, month as number, day as number, hour as number, minute as number, second as number) as datetime",
        "Makes a date and time from its parts.",
        &[example("#datetime(2024, 2, 29, 13, 5, 0)", "#date(2024, 2, 29) & #time(13, 5, 0)")],
        temporal::datetime,
    ),
    native(
        "#datetimezone",
        "(year as number, month as number, day as number, hour as number, minute as number, second as number, offsetHours as number, offsetMinutes as number) as datetimezone",
        "Makes a date and time with its offset from UTC.",
        &[example(
            "#datetimezone(2024, 1, 1, 10, 0, 0, 2, 0) = #datetimezone(2024, 1, 1, 8, 0, 0, 0, 0)",
            "true",
        )],
        temporal::datetimezone,
    ),
    native(
        "#duration",
        "(days as number, hours as number, minutes as number, seconds as number) as duration",
        "Makes a duration. The parts may overflow and be negative: they are added up.",
        &[example("#duration(0, 36, 0, 0)", "#duration(1, 12, 0, 0)")],
        temporal::duration,
    ),
    native(
        "#binary",
        "(value as any) as any",
        "Makes a binary value from a list of bytes, or from base 64 text.",
        &[example("#binary({1, 2}) = #binary(\"AQI=\")", "true")],
        binary::binary,
    ),
    native(
        "#table",
        "(columns as any, rows as any) as any",
        "Makes a table. The columns are a list of names, a table type, or a number of columns; the rows a list of lists.",
        &[example("#table({\"a\", \"b\"}, {{1, 2}}){0}[b]", "2")],
        table::table,
    ),
    Declaration {
        name: "#infinity",
        signature: "",
        summary: "The number beyond all others; `-#infinity` is its opposite.",
        examples: &[example("1 / 0", "#infinity")],
        body: Body::Constant(|| Value::Double(f64::INFINITY)),
        kernel: None,
    },
    Declaration {
        name: "#nan",
        signature: "",
        summary: "The result of arithmetic that has none. It is not equal to itself.",
        examples: &[example("#nan = #nan", "false")],
        body: Body::Constant(|| Value::Double(f64::NAN)),
        kernel: None,
    },
];
