//! BinaryFormat.*: reading bytes by a description of their layout.

mod format;
mod group;
mod make;
mod read;
#[cfg(test)]
mod tests;

use format::{Format, Number};

use super::{Declaration, example, native};

pub(super) const FUNCTIONS: &[Declaration] = &[
    native(
        "BinaryFormat.7BitEncodedSignedInteger",
        "(binary as binary) as any",
        "Reads a whole number of up to 64 bits with sign, in groups of seven bits, the lowest first.",
        &[example("BinaryFormat.7BitEncodedSignedInteger(#binary({1}))", "-1")],
        |ctx, arguments| read::document(ctx, &Format::SevenBits { signed: true }, &*arguments.binary(0)?),
    ),
    native(
        "BinaryFormat.7BitEncodedUnsignedInteger",
        "(binary as binary) as any",
        "Reads a whole number of up to 64 bits, in groups of seven bits, the lowest first.",
        &[example("BinaryFormat.7BitEncodedUnsignedInteger(#binary({0x80, 1}))", "128")],
        |ctx, arguments| read::document(ctx, &Format::SevenBits { signed: false }, &*arguments.binary(0)?),
    ),
    native(
        "BinaryFormat.Binary",
        "(optional length as any) as function",
        "A format that reads bytes: so many, as many as a format says that reads the length first, or all that are left.",
        &[
            example("BinaryFormat.Binary(2)(#binary({1, 2, 3}))", "#binary({1, 2})"),
            example("BinaryFormat.Binary(BinaryFormat.Byte)(#binary({1, 2, 3}))", "#binary({2})"),
        ],
        make::binary,
    ),
    native(
        "BinaryFormat.Byte",
        "(binary as binary) as any",
        "Reads a byte as a number.",
        &[
            example("BinaryFormat.Byte(#binary({7, 8}))", "7"),
            example(
                "BinaryFormat.Byte(#binary({}))",
                "error: DataFormat.Error: There was a problem reading the binary format at position 0.  The end of the input was reached before the value could be read.",
            ),
        ],
        |ctx, arguments| read::document(ctx, &Format::Number(Number::Byte), &*arguments.binary(0)?),
    ),
    native(
        "BinaryFormat.ByteOrder",
        "(binaryFormat as function, byteOrder as number) as function",
        "The same format with another order of the bytes in numbers. The usual order is ByteOrder.BigEndian: the highest byte first.",
        &[example(
            "BinaryFormat.ByteOrder(BinaryFormat.UnsignedInteger16, ByteOrder.LittleEndian)(#binary({1, 2}))",
            "513",
        )],
        make::byte_order,
    ),
    native(
        "BinaryFormat.Choice",
        "(binaryFormat as function, chooseFunction as function, optional type as nullable type, optional combineFunction as nullable function) as function",
        "A format that reads a value, lets a function choose the next format by it, and reads by that one. The combine function makes one value of both; without it the second one counts.",
        &[example(
            "BinaryFormat.Choice(BinaryFormat.Byte, (n) => BinaryFormat.List(BinaryFormat.Byte, n))(#binary({2, 3, 4, 5}))",
            "{3, 4}",
        )],
        make::choice,
    ),
    native(
        "BinaryFormat.Decimal",
        "(binary as binary) as any",
        "Reads a decimal number in the 16 bytes that .NET lays it out in.",
        &[example("BinaryFormat.Decimal(Binary.FromList({15} & List.Repeat({0}, 13) & {1, 0}))", "1.5")],
        |ctx, arguments| read::document(ctx, &Format::Number(Number::Decimal), &*arguments.binary(0)?),
    ),
    native(
        "BinaryFormat.Double",
        "(binary as binary) as any",
        "Reads a number in double precision (8 bytes, IEEE 754).",
        &[example("BinaryFormat.Double(#binary({0x3F, 0xF0, 0, 0, 0, 0, 0, 0}))", "1")],
        |ctx, arguments| read::document(ctx, &Format::Number(Number::Double), &*arguments.binary(0)?),
    ),
    native(
        "BinaryFormat.Group",
        "(binaryFormat as function, group as list, optional extra as nullable function, optional lastKey as any) as function",
        "A format that reads keys, each followed by a value of the format that belongs to it. Items are lists of key, format, a BinaryOccurrence, and optionally a default and a function to transform what was read. Values come in the order of the items. `extra` gives the format of a value whose key is not expected; `lastKey` ends the group.",
        &[example(
            "BinaryFormat.Group(BinaryFormat.Byte, {{1, BinaryFormat.Byte, BinaryOccurrence.Required}, {2, BinaryFormat.Byte, BinaryOccurrence.Repeating}})(#binary({2, 20, 1, 10, 2, 21}))",
            "{10, {20, 21}}",
        )],
        make::group,
    ),
    native(
        "BinaryFormat.Length",
        "(binaryFormat as function, length as any) as function",
        "The same format with only so many bytes to read: a number, or a format that reads the number first.",
        &[example(
            "BinaryFormat.Length(BinaryFormat.List(BinaryFormat.Byte), 2)(#binary({1, 2, 3}))",
            "{1, 2}",
        )],
        make::limited,
    ),
    native(
        "BinaryFormat.List",
        "(binaryFormat as function, optional countOrCondition as any) as function",
        "A format that reads items of one format: so many, as many as a format says that reads the count first, as long as a function says so of the item just read, or up to the end.",
        &[
            example("BinaryFormat.List(BinaryFormat.Byte, 2)(#binary({1, 2, 3}))", "{1, 2}"),
            example("BinaryFormat.List(BinaryFormat.Byte, each _ < 2)(#binary({1, 2, 3}))", "{1, 2}"),
        ],
        make::list,
    ),
    native(
        "BinaryFormat.Null",
        "(binary as binary) as any",
        "Reads nothing and gives null.",
        &[example("BinaryFormat.Null(#binary({1}))", "null")],
        |ctx, arguments| read::document(ctx, &Format::Null, &*arguments.binary(0)?),
    ),
    native(
        "BinaryFormat.Record",
        "(record as record) as function",
        "A format that reads a record, field by field. Fields that are no formats are passed on as they are.",
        &[example(
            "BinaryFormat.Record([a = BinaryFormat.Byte, b = \"x\", c = BinaryFormat.Byte])(#binary({1, 2}))",
            "[a = 1, b = \"x\", c = 2]",
        )],
        make::record,
    ),
    native(
        "BinaryFormat.SignedInteger16",
        "(binary as binary) as any",
        "Reads a whole number of 16 bits with sign.",
        &[example("BinaryFormat.SignedInteger16(#binary({0xFF, 0xFE}))", "-2")],
        |ctx, arguments| read::document(ctx, &Format::Number(Number::Signed16), &*arguments.binary(0)?),
    ),
    native(
        "BinaryFormat.SignedInteger32",
        "(binary as binary) as any",
        "Reads a whole number of 32 bits with sign.",
        &[example("BinaryFormat.SignedInteger32(#binary({0xFF, 0xFF, 0xFF, 0xFE}))", "-2")],
        |ctx, arguments| read::document(ctx, &Format::Number(Number::Signed32), &*arguments.binary(0)?),
    ),
    native(
        "BinaryFormat.SignedInteger64",
        "(binary as binary) as any",
        "Reads a whole number of 64 bits with sign.",
        &[example(
            "BinaryFormat.SignedInteger64(#binary({0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE}))",
            "-2",
        )],
        |ctx, arguments| read::document(ctx, &Format::Number(Number::Signed64), &*arguments.binary(0)?),
    ),
    native(
        "BinaryFormat.Single",
        "(binary as binary) as any",
        "Reads a number in single precision (4 bytes, IEEE 754).",
        &[example("BinaryFormat.Single(#binary({0x3F, 0x80, 0, 0}))", "1")],
        |ctx, arguments| read::document(ctx, &Format::Number(Number::Single), &*arguments.binary(0)?),
    ),
    native(
        "BinaryFormat.Text",
        "(length as any, optional encoding as nullable number) as function",
        "A format that reads text of so many bytes: a number, or a format that reads the number first. Without encoding a byte order mark tells it, and UTF-8 is assumed where there is none.",
        &[
            example("BinaryFormat.Text(2)(#binary({65, 66, 67}))", "\"AB\""),
            example("BinaryFormat.Text(BinaryFormat.Byte, TextEncoding.Utf16)(#binary({2, 65, 0}))", "\"A\""),
        ],
        make::text,
    ),
    native(
        "BinaryFormat.Transform",
        "(binaryFormat as function, function as function) as function",
        "The same format, its value changed by a function after reading.",
        &[example("BinaryFormat.Transform(BinaryFormat.Byte, each _ + 1)(#binary({1}))", "2")],
        make::transform,
    ),
    native(
        "BinaryFormat.UnsignedInteger16",
        "(binary as binary) as any",
        "Reads a whole number of 16 bits.",
        &[example("BinaryFormat.UnsignedInteger16(#binary({0xFF, 0xFE}))", "65534")],
        |ctx, arguments| read::document(ctx, &Format::Number(Number::Unsigned16), &*arguments.binary(0)?),
    ),
    native(
        "BinaryFormat.UnsignedInteger32",
        "(binary as binary) as any",
        "Reads a whole number of 32 bits.",
        &[example("BinaryFormat.UnsignedInteger32(#binary({0xFF, 0xFF, 0xFF, 0xFE}))", "4294967294")],
        |ctx, arguments| read::document(ctx, &Format::Number(Number::Unsigned32), &*arguments.binary(0)?),
    ),
    native(
        "BinaryFormat.UnsignedInteger64",
        "(binary as binary) as any",
        "Reads a whole number of 64 bits, exactly.",
        &[example(
            "Text.From(BinaryFormat.UnsignedInteger64(#binary({255, 255, 255, 255, 255, 255, 255, 255})))",
            "\"18446744073709551615\"",
        )],
        |ctx, arguments| read::document(ctx, &Format::Number(Number::Unsigned64), &*arguments.binary(0)?),
    ),
];
