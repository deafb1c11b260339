//! Lines.*, Guid.*, Uri.*: small families about texts.

pub(super) mod guid;
mod reader;
mod uri;
mod writer;

use super::{Declaration, example, native};

pub(super) const FUNCTIONS: &[Declaration] = &[
    native(
        "Guid.From",
        "(value as nullable text) as nullable text",
        "The GUID that a text writes, in its usual form: small letters, hyphens, no braces.",
        &[
            example(
                "Guid.From(\"{0F8FAD5B-D9CB-469F-A165-70867728950E}\")",
                "\"0f8fad5b-d9cb-469f-a165-70867728950e\"",
            ),
            example(
                "Guid.From(\"0f8f\")",
                "error: DataFormat.Error: We couldn't parse the input provided as a Guid value.",
            ),
        ],
        guid::from,
    ),
    native(
        "Lines.FromBinary",
        "(binary as binary, optional quoteStyle as any, optional includeLineSeparators as nullable logical, optional encoding as nullable number) as list",
        "The lines of a text file. Line breaks in quotes count, too, unless the quote style says otherwise.",
        &[
            example("Lines.FromBinary(#binary({97, 13, 10, 98}))", "{\"a\", \"b\"}"),
            example(
                "Lines.FromBinary(Text.ToBinary(\"a#(lf)b\", TextEncoding.Utf16), null, null, TextEncoding.Utf16)",
                "{\"a\", \"b\"}",
            ),
        ],
        reader::from_binary,
    ),
    native(
        "Lines.FromText",
        "(text as text, optional quoteStyle as any, optional includeLineSeparators as nullable logical) as list",
        "The lines of a text. Line breaks in quotes count, too, unless the quote style says otherwise.",
        &[
            example("Lines.FromText(\"a#(cr,lf)b#(lf)\")", "{\"a\", \"b\"}"),
            example("Lines.FromText(\"a#(lf)b\", null, true)", "{\"a#(lf)\", \"b\"}"),
            example(
                "Lines.FromText(\"a,\"\"b#(lf)c\"\"#(lf)d\", QuoteStyle.Csv)",
                "{\"a,\"\"b#(lf)c\"\"\", \"d\"}",
            ),
        ],
        reader::from_text,
    ),
    native(
        "Lines.ToBinary",
        "(lines as list, optional lineSeparator as nullable text, optional encoding as nullable number, optional includeByteOrderMark as nullable logical) as binary",
        "A text file of lines, a separator after each.",
        &[example("Lines.ToBinary({\"a\", \"b\"}, \"#(lf)\")", "#binary({97, 10, 98, 10})")],
        writer::to_binary,
    ),
    native(
        "Lines.ToText",
        "(lines as list, optional lineSeparator as nullable text) as text",
        "A text of lines, a separator after each.",
        &[
            example("Lines.ToText({\"a\", \"b\"})", "\"a#(cr,lf)b#(cr,lf)\""),
            example("Lines.ToText({\"a\", \"b\"}, \";\")", "\"a;b;\""),
        ],
        writer::to_text,
    ),
    native(
        "Uri.BuildQueryString",
        "(query as record) as text",
        "The query of a URI, made of the fields of a record. A list gives its field several times.",
        &[
            example("Uri.BuildQueryString([q = \"a b\", n = \"1\"])", "\"q=a%20b&n=1\""),
            example("Uri.BuildQueryString([q = {\"a\", \"b\"}])", "\"q=a&q=b\""),
        ],
        uri::build_query_string,
    ),
    native(
        "Uri.Combine",
        "(baseUri as text, relativeUri as text) as text",
        "What a relative URI means at a place that an absolute URI names.",
        &[
            example("Uri.Combine(\"https://example.com/a/b\", \"c?d=1\")", "\"https://example.com/a/c?d=1\""),
            example("Uri.Combine(\"https://example.com\", \"c\")", "\"https://example.com/c\""),
        ],
        uri::combine,
    ),
    native(
        "Uri.EscapeDataString",
        "(data as text) as text",
        "A text with everything escaped that means something in a URI.",
        &[example("Uri.EscapeDataString(\"a/b é\")", "\"a%2Fb%20%C3%A9\"")],
        uri::escape_data_string,
    ),
    native(
        "Uri.Parts",
        "(absoluteUri as text) as record",
        "The parts of a URI: Scheme, Host, Port, Path, Query (a record), Fragment, UserName and Password.",
        &[
            example("Uri.Parts(\"https://example.com/a?b=c%20d\")[Query]", "[b = \"c d\"]"),
            example(
                "Uri.Parts(\"https://me:pw@example.com:8080/\")[[Port], [UserName]]",
                "[Port = 8080, UserName = \"me\"]",
            ),
        ],
        uri::parts,
    ),
];
