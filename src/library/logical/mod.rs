//! `Logical.*`.

use super::conversion::{Target, logical_from, texts_converted_to};
use super::{Declaration, example, native};
use crate::culture::logical;
use crate::table::lane::{Logicals, one};
use crate::value::Value;

pub(super) const FUNCTIONS: &[Declaration] = &[
    native(
        "Logical.From",
        "(value as any) as nullable logical",
        "Makes a logical value of the text `true` or `false`, or of a number: zero is false.",
        &[example("{Logical.From(2), Logical.From(0), Logical.From(\"TRUE\")}", "{true, false, true}")],
        |_, arguments| logical_from(arguments.value(0)),
    )
    .with_kernel(|_, given| {
        Ok(given.first().and_then(|numbers| numbers.map_to_logicals(|number| number != 0.0)))
    }),
    native(
        "Logical.FromText",
        "(text as nullable text) as nullable logical",
        "Reads `true` or `false`, in any case of letters.",
        &[
            example("Logical.FromText(\"true\")", "true"),
            example(
                "Logical.FromText(\"a\")",
                "error: Expression.Error: We couldn't convert to Logical. | Detail: \"a\"",
            ),
        ],
        |_, arguments| logical_from(arguments.value(0)),
    )
    .with_kernel(|ctx, given| texts_converted_to(ctx, given, Target::Logical)),
    native(
        "Logical.ToText",
        "(logicalValue as nullable logical) as nullable text",
        "Writes a logical value: `true` or `false`.",
        &[example("Logical.ToText(true)", "\"true\"")],
        |_, arguments| {
            Ok(arguments.optional_logical(0)?.map_or(Value::Null, |value| logical::text(value).into()))
        },
    )
    .with_kernel(|_, given| Ok(one::<Logicals<'_>, &str>(given, |value| Some(logical::text(value))))),
];
