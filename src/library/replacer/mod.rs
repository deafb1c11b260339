//! Replacer.* and Comparer.*: functions given to other functions.

mod comparer;

use super::{Declaration, example, native};
use crate::eval::{Arguments, Context, equal};
use crate::table::Vector;
use crate::value::{Result, Value};

pub(super) const FUNCTIONS: &[Declaration] = &[
    native(
        "Comparer.Equals",
        "(comparer as function, x as any, y as any) as logical",
        "Whether a comparer takes two values for equal.",
        &[
            example("Comparer.Equals(Comparer.OrdinalIgnoreCase, \"a\", \"A\")", "true"),
            example("Comparer.Equals(Comparer.Ordinal, \"a\", \"A\")", "false"),
        ],
        comparer::equals,
    ),
    native(
        "Comparer.FromCulture",
        "(culture as text, optional ignoreCase as nullable logical) as function",
        "A comparer that orders texts as a culture does, on request without regard to case.",
        &[
            example("Comparer.FromCulture(\"en-US\", true)(\"a\", \"A\")", "0"),
            example("Comparer.FromCulture(\"sv-SE\")(\"ä\", \"z\")", "1"),
            example("Comparer.FromCulture(\"de-DE\")(\"ä\", \"z\")", "-1"),
        ],
        comparer::from_culture,
    ),
    native(
        "Comparer.Ordinal",
        "(x as any, y as any) as number",
        "Compares values as Value.Compare does, texts by the codes of their characters: -1, 0 or 1.",
        &[example("Comparer.Ordinal(\"B\", \"a\")", "-1"), example("Comparer.Ordinal(2, 1)", "1")],
        comparer::ordinal,
    ),
    native(
        "Comparer.OrdinalIgnoreCase",
        "(x as any, y as any) as number",
        "Compares texts by the codes of their characters whatever the case: -1, 0 or 1.",
        &[
            example("Comparer.OrdinalIgnoreCase(\"ABC\", \"abc\")", "0"),
            example("Comparer.OrdinalIgnoreCase(\"B\", \"a\")", "1"),
        ],
        comparer::ordinal_ignore_case,
    ),
    native(
        "Replacer.ReplaceText",
        "(text as nullable text, old as text, new as text) as nullable text",
        "Replaces a text inside of another: for List.ReplaceValue and Table.ReplaceValue.",
        &[
            example("Replacer.ReplaceText(\"abcabc\", \"b\", \"-\")", "\"a-ca-c\""),
            example("Replacer.ReplaceText(null, \"b\", \"-\")", "null"),
        ],
        replace_text,
    )
    .with_kernel(super::text::replace_in_texts),
    native(
        "Replacer.ReplaceValue",
        "(value as any, old as any, new as any) as any",
        "Replaces a value that equals another: for List.ReplaceValue and Table.ReplaceValue.",
        &[
            example("Replacer.ReplaceValue(1, 1, 10)", "10"),
            example("Replacer.ReplaceValue(\"abc\", \"b\", \"-\")", "\"abc\""),
        ],
        replace_value,
    )
    .with_kernel(replace_values),
];

fn replace_text(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::Null) };
    let (old, new) = (arguments.text(1)?, arguments.text(2)?);
    super::text::replaced(ctx, text, &old, &new)
}

fn replace_value(ctx: &Context, mut arguments: Arguments<'_>) -> Result<Value> {
    let replaces = equal(ctx, arguments.value(0), arguments.value(1))?;
    Ok(arguments.take(if replaces { 2 } else { 0 }))
}

fn replace_values(ctx: &Context, given: &[Vector]) -> Result<Option<Vector>> {
    match given {
        [values, old, new] => values.replaced(ctx, old, new).map(Some),
        _ => Ok(None),
    }
}
