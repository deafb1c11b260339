//! Binary.*: bytes.

mod bytes;
mod compression;
mod content_type;
mod text;
mod view;

pub(super) use bytes::list_bytes;
pub(super) use text::text_bytes;

use super::{Declaration, example, native};

pub(super) const FUNCTIONS: &[Declaration] = &[
    native(
        "Binary.ApproximateLength",
        "(binary as nullable binary) as nullable number",
        "The number of bytes; sources that know it only roughly may say that.",
        &[example("Binary.ApproximateLength(#binary({1, 2, 3}))", "3")],
        bytes::length,
    ),
    native(
        "Binary.Buffer",
        "(binary as nullable binary) as nullable binary",
        "Reads a binary value into memory, so that its source is not read again.",
        &[example("Binary.Buffer(#binary({0, 255}))", "#binary({0, 255})")],
        bytes::buffer,
    ),
    native(
        "Binary.Combine",
        "(binaries as list) as binary",
        "One binary value after the other, as one.",
        &[
            example("Binary.Combine({#binary({1}), #binary({2, 3})})", "#binary({1, 2, 3})"),
            example(
                "Binary.Combine({#binary({1}), null})",
                "error: Expression.Error: We cannot convert the value null to type Binary.",
            ),
        ],
        bytes::combine,
    ),
    native(
        "Binary.Compress",
        "(binary as nullable binary, compressionType as number) as nullable binary",
        "Compresses a binary value in one of the forms of Compression.Type. Snappy and LZ4 are written as streams of frames.",
        &[example(
            "Binary.Length(Binary.Compress(Binary.FromList(List.Repeat({7}, 1000)), Compression.Deflate)) < 50",
            "true",
        )],
        compression::compress,
    ),
    native(
        "Binary.Decompress",
        "(binary as nullable binary, compressionType as number) as nullable binary",
        "The content of a compressed binary value. Snappy and LZ4 may be streams of frames or a bare block. Damaged data \
         is an error where the bytes are read.",
        &[
            example(
                "Binary.Decompress(Binary.Compress(#binary({1, 2, 3}), Compression.GZip), Compression.GZip)",
                "#binary({1, 2, 3})",
            ),
            example(
                "Binary.Decompress(Binary.Compress(#binary({1, 2, 3}), Compression.Brotli), Compression.Brotli)",
                "#binary({1, 2, 3})",
            ),
            example(
                "Binary.Length(Binary.Decompress(#binary({1, 2, 3}), Compression.GZip))",
                "error: DataFormat.Error: Found invalid data while decoding.",
            ),
        ],
        compression::decompress,
    ),
    native(
        "Binary.From",
        "(value as any, optional encoding as nullable number) as nullable binary",
        "The binary value that a text stands for, in base 64 or, with BinaryEncoding.Hex, in hexadecimal digits.",
        &[example("Binary.From(\"AQI=\")", "#binary({1, 2})"), example("Binary.From(null)", "null")],
        text::from,
    ),
    native(
        "Binary.FromList",
        "(list as list) as binary",
        "Makes a binary value of numbers from 0 to 255.",
        &[
            example("Binary.FromList({0, 127, 255})", "#binary({0, 127, 255})"),
            example(
                "Binary.FromList({null})",
                "error: Expression.Error: We cannot convert the value null to type Number.",
            ),
        ],
        bytes::from_list,
    ),
    native(
        "Binary.FromText",
        "(text as nullable text, optional encoding as nullable number) as nullable binary",
        "The binary value that a text stands for, in base 64 or, with BinaryEncoding.Hex, in hexadecimal digits.",
        &[
            example("Binary.FromText(\"AQI=\")", "#binary({1, 2})"),
            example("Binary.FromText(\"10ff\", BinaryEncoding.Hex)", "#binary({16, 255})"),
        ],
        text::from_text,
    ),
    native(
        "Binary.InferContentType",
        "(source as binary) as record",
        "Guesses from the first bytes what a binary value holds: Content.Type, Content.Encoding where a byte order mark \
         tells it, and for delimited text Csv.PotentialDelimiters, a table of the delimiters that give rows of equal \
         width.",
        &[
            example(
                "Binary.InferContentType(#binary({37, 80, 68, 70, 45}))",
                "[Content.Type = \"application/pdf\"]",
            ),
            example(
                "Binary.InferContentType(Binary.FromText(\"YSxiCjEsMg==\"))[Csv.PotentialDelimiters]{0}",
                "[Delimiter = \",\", Columns = 2]",
            ),
        ],
        content_type::infer,
    ),
    native(
        "Binary.Length",
        "(binary as nullable binary) as nullable number",
        "The number of bytes.",
        &[example("Binary.Length(#binary({1, 2, 3}))", "3")],
        bytes::length,
    ),
    native(
        "Binary.Range",
        "(binary as binary, offset as number, optional count as nullable number) as binary",
        "The bytes from an offset on, at most `count` of them.",
        &[
            example("Binary.Range(#binary({0..10}), 6, 2)", "#binary({6, 7})"),
            example("Binary.Range(#binary({0..10}), 9)", "#binary({9, 10})"),
        ],
        bytes::range,
    ),
    native(
        "Binary.Split",
        "(binary as binary, pageSize as number) as list",
        "Cuts a binary value into pieces of `pageSize` bytes; the last one may be shorter.",
        &[example("Binary.Split(#binary({1, 2, 3}), 2)", "{#binary({1, 2}), #binary({3})}")],
        bytes::split,
    ),
    native(
        "Binary.ToList",
        "(binary as binary) as list",
        "The bytes as numbers.",
        &[example("Binary.ToList(#binary({0, 255}))", "{0, 255}")],
        bytes::to_list,
    ),
    native(
        "Binary.ToText",
        "(binary as nullable binary, optional encoding as nullable number) as nullable text",
        "A binary value as text: in base 64, or in hexadecimal digits with BinaryEncoding.Hex.",
        &[
            example("Binary.ToText(#binary({72, 105}))", "\"SGk=\""),
            example("Binary.ToText(#binary({72, 105}), BinaryEncoding.Hex)", "\"4869\""),
        ],
        text::to_text,
    )
    .with_kernel(text::texts_of_columns),
    native(
        "Binary.View",
        "(binary as nullable binary, handlers as record) as binary",
        "A binary value whose operations are done by handlers: GetStream gives the bytes, GetLength their number, \
         OnInvoke answers functions made with Binary.ViewFunction. Where a handler is missing or raises an error, \
         `binary` itself is used.",
        &[
            example("Binary.View(null, [GetStream = () => #binary({1, 2})])", "#binary({1, 2})"),
            example("Binary.Length(Binary.View(#binary({1}), [GetLength = () => error \"unknown\"]))", "1"),
        ],
        view::view,
    ),
    native(
        "Binary.ViewError",
        "(errorRecord as record) as record",
        "An error record for handlers of Binary.View.",
        &[example(
            "Binary.ViewError([Reason = \"R\", Message = \"m\"])",
            "[Reason = \"R\", Message = \"m\"]",
        )],
        view::view_error,
    ),
    native(
        "Binary.ViewFunction",
        "(function as function) as function",
        "A function that lets the OnInvoke handler of a view it is called with answer first.",
        &[example(
            "Binary.ViewFunction((b as binary) => 1)(Binary.View(#binary({}), [OnInvoke = (f, arguments, at) => at]))",
            "0",
        )],
        view::view_function,
    ),
];
