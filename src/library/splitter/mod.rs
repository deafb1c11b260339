//! Splitter.*, Combiner.*: taking texts apart and putting them together.

mod arguments;
mod combine;
mod delimited;
mod fixed;
mod scan;
mod transition;

use super::{Declaration, example, native};

pub(super) const FUNCTIONS: &[Declaration] = &[
    native(
        "Combiner.CombineTextByDelimiter",
        "(delimiter as text, optional quoteStyle as nullable number) as function",
        "A function that joins the texts of a list, a delimiter between them; null counts as empty. A text that holds the delimiter is quoted, unless the quote style is QuoteStyle.None.",
        &[
            example("Combiner.CombineTextByDelimiter(\", \")({\"a\", null, \"b\"})", "\"a, , b\""),
            example(
                "Combiner.CombineTextByDelimiter(\",\", QuoteStyle.Csv)({\"a\", \"b,c\"})",
                "\"a,\"\"b,c\"\"\"",
            ),
            example("Combiner.CombineTextByDelimiter(\",\", QuoteStyle.None)({\"a\", \"b,c\"})", "\"a,b,c\""),
        ],
        combine::by_delimiter,
    ),
    native(
        "Combiner.CombineTextByEachDelimiter",
        "(delimiters as list, optional quoteStyle as nullable number) as function",
        "A function that joins the texts of a list, a delimiter of its own between each two.",
        &[example("Combiner.CombineTextByEachDelimiter({\"-\", \":\"})({\"a\", \"b\", \"c\"})", "\"a-b:c\"")],
        combine::by_each_delimiter,
    ),
    native(
        "Combiner.CombineTextByLengths",
        "(lengths as list, optional template as nullable text) as function",
        "A function that writes the texts of a list side by side, each into a length of its own, over a template.",
        &[
            example("Combiner.CombineTextByLengths({3, 2})({\"a\", \"bcd\"})", "\"a  bc\""),
            example("Combiner.CombineTextByLengths({1, 2}, \"-----\")({\"ab\", \"cd\"})", "\"acd--\""),
        ],
        combine::by_lengths,
    ),
    native(
        "Combiner.CombineTextByPositions",
        "(positions as list, optional template as nullable text) as function",
        "A function that writes the texts of a list from positions on, each up to the next one, over a template.",
        &[example("Combiner.CombineTextByPositions({0, 3})({\"a\", \"b\"})", "\"a  b\"")],
        combine::by_positions,
    ),
    native(
        "Combiner.CombineTextByRanges",
        "(ranges as list, optional template as nullable text) as function",
        "A function that writes the texts of a list at positions and with lengths of their own, over a template.",
        &[example("Combiner.CombineTextByRanges({{0, 1}, {3, null}})({\"ab\", \"cd\"})", "\"a  cd\"")],
        combine::by_ranges,
    ),
    native(
        "Splitter.SplitByNothing",
        "() as function",
        "A function that gives a list of nothing but the value itself.",
        &[example("Splitter.SplitByNothing()(\"a b\")", "{\"a b\"}")],
        transition::by_nothing,
    ),
    native(
        "Splitter.SplitTextByAnyDelimiter",
        "(delimiters as list, optional quoteStyle as nullable number, optional startAtEnd as nullable logical) as function",
        "A function that splits a text wherever any of some delimiters stands outside of quotes.",
        &[
            example("Splitter.SplitTextByAnyDelimiter({\",\", \";\"})(\"a;b,c\")", "{\"a\", \"b\", \"c\"}"),
            example(
                "Splitter.SplitTextByAnyDelimiter({\",\"}, QuoteStyle.None)(\"\"\"a,b\"\"\")",
                "{\"\"\"a\", \"b\"\"\"}",
            ),
        ],
        delimited::by_any_delimiter,
    ),
    native(
        "Splitter.SplitTextByCharacterTransition",
        "(before as anynonnull, after as anynonnull) as function",
        "A function that splits a text between a character of one kind and one of another. A kind is a list of characters, or a function that says which belong to it.",
        &[
            example(
                "Splitter.SplitTextByCharacterTransition({\"a\"..\"z\"}, {\"0\"..\"9\"})(\"ab12cd34\")",
                "{\"ab\", \"12cd\", \"34\"}",
            ),
            example(
                "Splitter.SplitTextByCharacterTransition(each _ <> \"-\", each _ = \"-\")(\"a--b-c\")",
                "{\"a\", \"--b\", \"-c\"}",
            ),
        ],
        transition::by_character_transition,
    ),
    native(
        "Splitter.SplitTextByDelimiter",
        "(delimiter as text, optional quoteStyle as nullable number, optional csvStyle as nullable number) as function",
        "A function that splits a text wherever a delimiter stands outside of quotes. With CsvStyle.QuoteAfterDelimiter only quotes at the start of a part count.",
        &[
            example("Splitter.SplitTextByDelimiter(\";\")(\"a;\"\"b;c\"\"\")", "{\"a\", \"b;c\"}"),
            example(
                "Splitter.SplitTextByDelimiter(\";\", QuoteStyle.None)(\"a;\"\"b\")",
                "{\"a\", \"\"\"b\"}",
            ),
            example(
                "Splitter.SplitTextByDelimiter(\",\", QuoteStyle.Csv, CsvStyle.QuoteAfterDelimiter)(\"5\"\" a,\"\"b,c\"\"\")",
                "{\"5\"\" a\", \"b,c\"}",
            ),
        ],
        delimited::by_delimiter,
    ),
    native(
        "Splitter.SplitTextByEachDelimiter",
        "(delimiters as list, optional quoteStyle as nullable number, optional startAtEnd as nullable logical) as function",
        "A function that splits a text once at each of some delimiters, one after another.",
        &[
            example(
                "Splitter.SplitTextByEachDelimiter({\"-\", \":\"})(\"a:b-c-d:e\")",
                "{\"a:b\", \"c-d\", \"e\"}",
            ),
            example("Splitter.SplitTextByEachDelimiter({\"-\"}, null, true)(\"a-b-c\")", "{\"a-b\", \"c\"}"),
        ],
        delimited::by_each_delimiter,
    ),
    native(
        "Splitter.SplitTextByLengths",
        "(lengths as list, optional startAtEnd as nullable logical) as function",
        "A function that splits a text into parts of given lengths; what is left over is dropped.",
        &[example("Splitter.SplitTextByLengths({1, 2})(\"abcde\")", "{\"a\", \"bc\"}")],
        fixed::by_lengths,
    ),
    native(
        "Splitter.SplitTextByPositions",
        "(positions as list, optional startAtEnd as nullable logical) as function",
        "A function that splits a text at positions; what stands before the first one is dropped.",
        &[
            example("Splitter.SplitTextByPositions({0, 2})(\"abcde\")", "{\"ab\", \"cde\"}"),
            example("Splitter.SplitTextByPositions({0, 2}, true)(\"abcde\")", "{\"abc\", \"de\"}"),
        ],
        fixed::by_positions,
    ),
    native(
        "Splitter.SplitTextByRanges",
        "(ranges as list, optional startAtEnd as nullable logical) as function",
        "A function that takes parts out of a text, each by position and length; a length of null reaches to the end.",
        &[example("Splitter.SplitTextByRanges({{0, 2}, {1, null}})(\"abcd\")", "{\"ab\", \"bcd\"}")],
        fixed::by_ranges,
    ),
    native(
        "Splitter.SplitTextByRepeatedLengths",
        "(length as number, optional startAtEnd as nullable logical) as function",
        "A function that splits a text into parts of one length; the last may be shorter.",
        &[
            example("Splitter.SplitTextByRepeatedLengths(2)(\"abcde\")", "{\"ab\", \"cd\", \"e\"}"),
            example("Splitter.SplitTextByRepeatedLengths(2, true)(\"abcde\")", "{\"a\", \"bc\", \"de\"}"),
        ],
        fixed::by_repeated_lengths,
    ),
    native(
        "Splitter.SplitTextByWhitespace",
        "(optional quoteStyle as nullable number) as function",
        "A function that splits a text at runs of blanks outside of quotes.",
        &[example("Splitter.SplitTextByWhitespace()(\"a  b \"\"c d\"\"\")", "{\"a\", \"b\", \"c d\"}")],
        delimited::by_whitespace,
    ),
];
