//! Text.* and Character.*: texts.

pub(super) mod argument;
mod casing;
mod character;
mod characters;
mod compose;
mod cut;
mod delimiter;
pub(super) mod encoding;
mod format;
mod kernels;
pub(super) mod long;
mod matching;
pub(super) mod position;
mod search;
#[cfg(test)]
mod tests;

pub(super) use compose::replaced;
pub(super) use kernels::{replace_in_texts, same, same_culture};

use super::lines::guid;
use super::{Declaration, example, native};

pub(super) const FUNCTIONS: &[Declaration] = &[
    native(
        "Character.FromNumber",
        "(number as nullable number) as nullable text",
        "The character with a Unicode code point.",
        &[example("Character.FromNumber(65)", "\"A\""), example("Character.FromNumber(null)", "null")],
        character::from_number,
    )
    .with_kernel(kernels::from_number),
    native(
        "Character.ToNumber",
        "(character as nullable text) as nullable number",
        "The Unicode code point of a character.",
        &[
            example("Character.ToNumber(\"é\")", "233"),
            example(
                "Character.ToNumber(\"ab\")",
                "error: Expression.Error: The value isn't a single-character string.",
            ),
        ],
        character::to_number,
    )
    .with_kernel(kernels::to_number),
    native(
        "Text.AfterDelimiter",
        "(text as nullable text, delimiter as text, optional index as any) as any",
        "The part of a text after a delimiter: the first one, the one after as many as the index says, or, for a list of number and RelativePosition, counted from either end. Empty where there is none.",
        &[
            example("Text.AfterDelimiter(\"a-b-c\", \"-\")", "\"b-c\""),
            example("Text.AfterDelimiter(\"a-b-c\", \"-\", {0, RelativePosition.FromEnd})", "\"c\""),
            example("Text.AfterDelimiter(\"a-b-c\", \";\")", "\"\""),
        ],
        delimiter::after,
    )
    .with_kernel(kernels::after),
    native(
        "Text.At",
        "(text as nullable text, index as number) as nullable text",
        "The character at a position, counted from 0.",
        &[
            example("Text.At(\"cat\", 2)", "\"t\""),
            example("Text.At(\"cat\", 3)", "error: Expression.Error: The 'index' argument is out of range."),
        ],
        cut::at,
    )
    .with_kernel(kernels::at),
    native(
        "Text.BeforeDelimiter",
        "(text as nullable text, delimiter as text, optional index as any) as any",
        "The part of a text before a delimiter: the first one, the one after as many as the index says, or, for a list of number and RelativePosition, counted from either end. The whole text where there is none.",
        &[
            example("Text.BeforeDelimiter(\"a-b-c\", \"-\")", "\"a\""),
            example("Text.BeforeDelimiter(\"a-b-c\", \"-\", {0, RelativePosition.FromEnd})", "\"a-b\""),
            example("Text.BeforeDelimiter(\"a-b-c\", \";\")", "\"a-b-c\""),
        ],
        delimiter::before,
    )
    .with_kernel(kernels::before),
    native(
        "Text.BetweenDelimiters",
        "(text as nullable text, startDelimiter as text, endDelimiter as text, optional startIndex as any, optional endIndex as any) as any",
        "The part of a text between two delimiters. Indexes are read as those of Text.AfterDelimiter; the one of the end delimiter counts from the start delimiter on.",
        &[
            example("Text.BetweenDelimiters(\"a (b) (c)\", \"(\", \")\")", "\"b\""),
            example("Text.BetweenDelimiters(\"a (b) (c)\", \"(\", \")\", 0, 1)", "\"b) (c\""),
            example(
                "Text.BetweenDelimiters(\"a (b) (c)\", \"(\", \")\", {0, RelativePosition.FromEnd})",
                "\"c\"",
            ),
        ],
        delimiter::between,
    )
    .with_kernel(kernels::between),
    native(
        "Text.Clean",
        "(text as nullable text) as nullable text",
        "The text without control characters, line breaks and tabs among them.",
        &[example("Text.Clean(\"a#(cr,lf)b\")", "\"ab\"")],
        characters::clean,
    )
    .with_kernel(kernels::clean),
    native(
        "Text.Combine",
        "(texts as list, optional separator as nullable text) as text",
        "Joins texts, a separator between them. Nulls are passed over.",
        &[
            example("Text.Combine({\"a\", null, \"b\"}, \"-\")", "\"a-b\""),
            example("Text.Combine({}, \"-\")", "\"\""),
        ],
        compose::combine,
    ),
    native(
        "Text.Contains",
        "(text as nullable text, substring as text, optional comparer as nullable function) as nullable logical",
        "Whether a text contains another, as a comparer sees it.",
        &[
            example("Text.Contains(\"Power Query\", \"Query\")", "true"),
            example("Text.Contains(\"Power Query\", \"query\")", "false"),
            example("Text.Contains(\"Power Query\", \"query\", Comparer.OrdinalIgnoreCase)", "true"),
        ],
        search::contains,
    )
    .with_kernel(kernels::contains),
    native(
        "Text.End",
        "(text as nullable text, count as number) as nullable text",
        "The last characters of a text; all of it if it has fewer.",
        &[example("Text.End(\"hello\", 3)", "\"llo\"")],
        cut::end,
    )
    .with_kernel(kernels::end),
    native(
        "Text.EndsWith",
        "(text as nullable text, substring as text, optional comparer as nullable function) as nullable logical",
        "Whether a text ends with another, as a comparer sees it.",
        &[
            example("Text.EndsWith(\"report.CSV\", \".csv\")", "false"),
            example("Text.EndsWith(\"report.CSV\", \".csv\", Comparer.OrdinalIgnoreCase)", "true"),
        ],
        search::ends_with,
    )
    .with_kernel(|_, given| Ok(kernels::asked(given, |text, part| text.ends_with(part)))),
    native(
        "Text.Format",
        "(formatString as text, arguments as any, optional culture as nullable text) as text",
        "Fills the places of a text: #{0} with items of a list, #[name] with fields of a record, written as in a culture.",
        &[
            example("Text.Format(\"#{1} before #{0}\", {1, 2})", "\"2 before 1\""),
            example("Text.Format(\"#[a]!\", [a = 1.5], \"de-DE\")", "\"1,5!\""),
        ],
        format::format,
    )
    .with_kernel(format::format_columns),
    native(
        "Text.From",
        "(value as any, optional culture as nullable text) as nullable text",
        "A number, date, time, duration, logical or binary value as text, written as in a culture.",
        &[
            example("Text.From(1.5)", "\"1.5\""),
            example("Text.From(1.5, \"fr-FR\")", "\"1,5\""),
            example("Text.From(null)", "null"),
        ],
        format::from,
    )
    .with_kernel(kernels::from),
    native(
        "Text.FromBinary",
        "(binary as nullable binary, optional encoding as nullable number) as nullable text",
        "The text that bytes encode. Without an encoding a byte order mark tells it, else it is UTF-8.",
        &[
            example("Text.FromBinary(#binary({104, 105}))", "\"hi\""),
            example("Text.FromBinary(#binary({233}), TextEncoding.Windows)", "\"é\""),
        ],
        encoding::from_binary,
    ),
    native(
        "Text.InferNumberType",
        "(text as text, optional culture as nullable text) as type",
        "The type of number that a text holds: percentages and amounts of money are told apart.",
        &[
            example("Text.InferNumberType(\"12\")", "type number"),
            example("Text.InferNumberType(\"12%\")", "Percentage.Type"),
        ],
        format::infer_number_type,
    ),
    native(
        "Text.Insert",
        "(text as nullable text, offset as number, newText as text) as nullable text",
        "The text with another inserted at a position.",
        &[
            example("Text.Insert(\"ac\", 1, \"b\")", "\"abc\""),
            example(
                "Text.Insert(\"ac\", 3, \"b\")",
                "error: Expression.Error: The 'offset' argument is out of range.",
            ),
        ],
        cut::insert,
    )
    .with_kernel(kernels::insert),
    native(
        "Text.Length",
        "(text as nullable text) as nullable number",
        "The number of characters, counted in UTF-16 units.",
        &[example("Text.Length(\"häh\")", "3"), example("Text.Length(null)", "null")],
        cut::length,
    )
    .with_kernel(kernels::text_length),
    native(
        "Text.Lower",
        "(text as nullable text, optional culture as nullable text) as nullable text",
        "The text in lower case.",
        &[example("Text.Lower(\"ÄB\")", "\"äb\""), example("Text.Lower(\"I\", \"tr-TR\")", "\"ı\"")],
        casing::lower,
    )
    .with_kernel(kernels::lower),
    native(
        "Text.Middle",
        "(text as nullable text, start as number, optional count as nullable number) as nullable text",
        "The characters from a position on; fewer, or none, where the text ends before.",
        &[
            example("Text.Middle(\"hello\", 1, 2)", "\"el\""),
            example("Text.Middle(\"hello\", 3, 9)", "\"lo\""),
            example("Text.Middle(\"hello\", 9)", "\"\""),
        ],
        cut::middle,
    )
    .with_kernel(kernels::middle),
    native(
        "Text.NewGuid",
        "() as text",
        "A new random GUID, another at each call.",
        &[example("Text.Length(Text.NewGuid())", "36"), example("Text.NewGuid() = Text.NewGuid()", "false")],
        guid::new_guid,
    ),
    native(
        "Text.PadEnd",
        "(text as nullable text, count as number, optional character as nullable text) as nullable text",
        "The text made as long as a count by blanks, or another character, at its end.",
        &[
            example("Text.PadEnd(\"ab\", 4)", "\"ab  \""),
            example("Text.PadEnd(\"ab\", 4, \".\")", "\"ab..\""),
        ],
        compose::pad_end,
    )
    .with_kernel(|ctx, given| kernels::padded(ctx, given, false)),
    native(
        "Text.PadStart",
        "(text as nullable text, count as number, optional character as nullable text) as nullable text",
        "The text made as long as a count by blanks, or another character, at its start.",
        &[
            example("Text.PadStart(\"42\", 5, \"0\")", "\"00042\""),
            example("Text.PadStart(\"123456\", 5)", "\"123456\""),
        ],
        compose::pad_start,
    )
    .with_kernel(|ctx, given| kernels::padded(ctx, given, true)),
    native(
        "Text.PositionOf",
        "(text as text, substring as text, optional occurrence as nullable number, optional comparer as nullable function) as any",
        "Where a text contains another, as a comparer sees it: the first or last position, -1 for none, or the list of all.",
        &[
            example("Text.PositionOf(\"abcabc\", \"c\")", "2"),
            example("Text.PositionOf(\"abcabc\", \"c\", Occurrence.All)", "{2, 5}"),
            example("Text.PositionOf(\"abc\", \"C\", null, Comparer.OrdinalIgnoreCase)", "2"),
        ],
        search::position,
    )
    .with_kernel(kernels::position),
    native(
        "Text.PositionOfAny",
        "(text as text, characters as list, optional occurrence as nullable number) as any",
        "Where a text contains any of some characters: the first or last position, -1 for none, or the list of all.",
        &[
            example("Text.PositionOfAny(\"a;b,c\", {\",\", \";\"})", "1"),
            example("Text.PositionOfAny(\"a;b,c\", {\",\", \";\"}, Occurrence.Last)", "3"),
        ],
        search::position_of_any,
    ),
    native(
        "Text.Proper",
        "(text as nullable text, optional culture as nullable text) as nullable text",
        "The text with the first letter of each word in upper case and all others in lower case.",
        &[example("Text.Proper(\"hELLO big-world\")", "\"Hello Big-World\"")],
        casing::proper,
    )
    .with_kernel(kernels::proper),
    native(
        "Text.Range",
        "(text as nullable text, offset as number, optional count as nullable number) as nullable text",
        "The characters from a position on. The text must have them all.",
        &[
            example("Text.Range(\"hello\", 1, 2)", "\"el\""),
            example(
                "Text.Range(\"hello\", 6)",
                "error: Expression.Error: The 'offset' argument is out of range. | Detail: 6",
            ),
        ],
        cut::range,
    )
    .with_kernel(kernels::range),
    native(
        "Text.Remove",
        "(text as nullable text, removeChars as any) as nullable text",
        "The text without a character, or without all characters of a list.",
        &[
            example("Text.Remove(\"1 000 000\", \" \")", "\"1000000\""),
            example("Text.Remove(\"a1b2\", {\"0\"..\"9\"})", "\"ab\""),
        ],
        characters::remove,
    )
    .with_kernel(|ctx, given| kernels::kept(ctx, given, false)),
    native(
        "Text.RemoveRange",
        "(text as nullable text, offset as number, optional count as nullable number) as nullable text",
        "The text without the character at a position, or without as many from there on as the count says.",
        &[
            example("Text.RemoveRange(\"abcd\", 1)", "\"acd\""),
            example("Text.RemoveRange(\"abcd\", 1, 2)", "\"ad\""),
        ],
        cut::remove_range,
    ),
    native(
        "Text.Repeat",
        "(text as nullable text, count as number) as nullable text",
        "The text as many times over as the count says.",
        &[example("Text.Repeat(\"ab\", 2)", "\"abab\""), example("Text.Repeat(\"\", 1E15)", "\"\"")],
        compose::repeat,
    )
    .with_kernel(kernels::repeated),
    native(
        "Text.Replace",
        "(text as nullable text, old as text, new as text) as nullable text",
        "The text with each place where it contains one text replaced by another.",
        &[example("Text.Replace(\"a-b-c\", \"-\", \" + \")", "\"a + b + c\"")],
        compose::replace,
    )
    .with_kernel(kernels::replace_in_texts),
    native(
        "Text.ReplaceRange",
        "(text as nullable text, offset as number, count as number, newText as text) as nullable text",
        "The text with some characters from a position on replaced.",
        &[example("Text.ReplaceRange(\"abcd\", 1, 2, \"-\")", "\"a-d\"")],
        cut::replace_range,
    ),
    native(
        "Text.Reverse",
        "(text as nullable text) as nullable text",
        "The characters of a text from the last to the first.",
        &[example("Text.Reverse(\"abc\")", "\"cba\"")],
        characters::reverse,
    )
    .with_kernel(kernels::reverse),
    native(
        "Text.Select",
        "(text as nullable text, selectChars as any) as nullable text",
        "Only those characters of a text that are one character, or in a list of them.",
        &[example("Text.Select(\"Room 12b\", {\"0\"..\"9\"})", "\"12\"")],
        characters::select,
    )
    .with_kernel(|ctx, given| kernels::kept(ctx, given, true)),
    native(
        "Text.Split",
        "(text as text, separator as text) as list",
        "The parts of a text between separators.",
        &[example("Text.Split(\"a, b, c\", \", \")", "{\"a\", \"b\", \"c\"}")],
        delimiter::split,
    ),
    native(
        "Text.SplitAny",
        "(text as text, separators as text) as list",
        "The parts of a text between characters that are separators.",
        &[example("Text.SplitAny(\"a,b;c\", \",;\")", "{\"a\", \"b\", \"c\"}")],
        delimiter::split_any,
    ),
    native(
        "Text.Start",
        "(text as nullable text, count as number) as nullable text",
        "The first characters of a text; all of it if it has fewer.",
        &[
            example("Text.Start(\"hello\", 2)", "\"he\""),
            example(
                "Text.Start(\"hello\", -1)",
                "error: Expression.Error: The 'count' argument is out of range.",
            ),
        ],
        cut::start,
    )
    .with_kernel(kernels::start),
    native(
        "Text.StartsWith",
        "(text as nullable text, substring as text, optional comparer as nullable function) as nullable logical",
        "Whether a text starts with another, as a comparer sees it.",
        &[
            example("Text.StartsWith(\"hello\", \"he\")", "true"),
            example("Text.StartsWith(null, \"he\")", "null"),
        ],
        search::starts_with,
    )
    .with_kernel(|_, given| Ok(kernels::asked(given, |text, part| text.starts_with(part)))),
    native(
        "Text.ToBinary",
        "(text as nullable text, optional encoding as nullable number, optional includeByteOrderMark as nullable logical) as nullable binary",
        "The bytes that encode a text, in UTF-8 if nothing else is said, and on request after a byte order mark.",
        &[
            example("Text.ToBinary(\"hé\")", "#binary({104, 195, 169})"),
            example("Text.ToBinary(\"h\", TextEncoding.Utf16, true)", "#binary({255, 254, 104, 0})"),
        ],
        encoding::to_binary,
    ),
    native(
        "Text.ToList",
        "(text as text) as list",
        "The characters of a text.",
        &[example("Text.ToList(\"añb\")", "{\"a\", \"ñ\", \"b\"}")],
        characters::to_list,
    ),
    native(
        "Text.Trim",
        "(text as nullable text, optional trim as any) as nullable text",
        "The text without blanks, or other characters, at both ends.",
        &[
            example("Text.Trim(\" a b \")", "\"a b\""),
            example("Text.Trim(\"<b>\", {\"<\", \">\"})", "\"b\""),
            example(
                "Text.Trim(\"abba\", \"ab\")",
                "error: Expression.Error: The value isn't a single-character string.",
            ),
        ],
        characters::trim,
    )
    .with_kernel(|ctx, given| kernels::trimmed(ctx, given, true, true)),
    native(
        "Text.TrimEnd",
        "(text as nullable text, optional trim as any) as nullable text",
        "The text without blanks, or other characters, at its end.",
        &[example("Text.TrimEnd(\"1.500\", \"0\")", "\"1.5\"")],
        characters::trim_end,
    )
    .with_kernel(|ctx, given| kernels::trimmed(ctx, given, false, true)),
    native(
        "Text.TrimStart",
        "(text as nullable text, optional trim as any) as nullable text",
        "The text without blanks, or other characters, at its start.",
        &[example("Text.TrimStart(\"007\", \"0\")", "\"7\"")],
        characters::trim_start,
    )
    .with_kernel(|ctx, given| kernels::trimmed(ctx, given, true, false)),
    native(
        "Text.Upper",
        "(text as nullable text, optional culture as nullable text) as nullable text",
        "The text in upper case.",
        &[example("Text.Upper(\"äb\")", "\"ÄB\""), example("Text.Upper(\"i\", \"tr-TR\")", "\"İ\"")],
        casing::upper,
    )
    .with_kernel(kernels::upper),
];
