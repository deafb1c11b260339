//! Binary formats as values: functions that carry the [`Format`] they read by.

use std::sync::Arc;

use crate::eval::{Context, conversion_error};
use crate::library::registry::parameters;
use crate::sources::encoding::Encoding;
use crate::value::types::Form;
use crate::value::{Binary, Callable, Error, Function, Member, NativeBody, Result, Shape, Type, Value};

use super::read;

/// What a binary format reads.
pub(super) enum Format {
    /// A number of a fixed size.
    Number(Number),
    /// A whole number in groups of seven bits, lowest first; signed ones alternate between the signs.
    SevenBits { signed: bool },
    /// Nothing: `null`.
    Null,
    /// Bytes.
    Binary(Length),
    /// Text of so many bytes; without encoding a byte order mark tells it.
    Text(Length, Option<Encoding>),
    /// Items of one format.
    List(Arc<Format>, Count),
    /// Fields, each with its format or a value that is passed on.
    Record(Arc<Shape>, Vec<Part>),
    /// A format that sees only so many bytes.
    Limited(Arc<Format>, Length),
    /// A format that is chosen by a value read first.
    Choice { first: Arc<Format>, choose: Arc<Function>, combine: Option<Arc<Function>> },
    /// A value that is changed after reading.
    Transform(Arc<Format>, Arc<Function>),
    /// A format with another order of bytes.
    Ordered(Arc<Format>, Order),
    /// Keys with values, in any order.
    Group(super::group::Group),
}

/// Numbers of a fixed size.
#[derive(Clone, Copy)]
pub(super) enum Number {
    Byte,
    Unsigned16,
    Unsigned32,
    Unsigned64,
    Signed16,
    Signed32,
    Signed64,
    Single,
    Double,
    Decimal,
}

/// How many bytes.
pub(super) enum Length {
    /// All that are left.
    Rest,
    /// So many.
    Fixed(usize),
    /// As many as a number says that stands before.
    Read(Arc<Format>),
}

/// How many items.
pub(super) enum Count {
    Rest,
    Fixed(usize),
    Read(Arc<Format>),
    /// As long as a function says so of the item just read.
    While(Arc<Function>),
}

/// A field of a record format.
pub(super) enum Part {
    Format(Arc<Format>),
    Value(Member),
}

/// The order of a number's bytes.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Order {
    BigEndian,
    LittleEndian,
}

/// The format that a library function is itself, by the function's name.
fn named(name: &str) -> Option<Format> {
    Some(match name.strip_prefix("BinaryFormat.")? {
        "Byte" => Format::Number(Number::Byte),
        "UnsignedInteger16" => Format::Number(Number::Unsigned16),
        "UnsignedInteger32" => Format::Number(Number::Unsigned32),
        "UnsignedInteger64" => Format::Number(Number::Unsigned64),
        "SignedInteger16" => Format::Number(Number::Signed16),
        "SignedInteger32" => Format::Number(Number::Signed32),
        "SignedInteger64" => Format::Number(Number::Signed64),
        "Single" => Format::Number(Number::Single),
        "Double" => Format::Number(Number::Double),
        "Decimal" => Format::Number(Number::Decimal),
        "7BitEncodedUnsignedInteger" => Format::SevenBits { signed: false },
        "7BitEncodedSignedInteger" => Format::SevenBits { signed: true },
        "Null" => Format::Null,
        _ => return None,
    })
}

/// The function value of a format.
pub(super) fn to_value(name: &str, format: Format) -> Value {
    let format = Arc::new(format);
    let inner = Arc::clone(&format);
    Function::with_data(name, parameters("(binary as binary) as any"), format, move |ctx, arguments| {
        read::document(ctx, &inner, &*arguments.binary(0)?)
    })
}

/// The format that a value is.
pub(super) fn from_value(value: &Value) -> Result<Arc<Format>> {
    as_format(value)
        .ok_or_else(|| Error::expression("The value isn't a binary format value.").with_detail(value.clone()))
}

/// The format that a value is, if it is one.
pub(super) fn as_format(value: &Value) -> Option<Arc<Format>> {
    match value.as_plain() {
        Value::Function(function) => match function.callable() {
            Callable::Native(native) => {
                let library = matches!(native.body, NativeBody::Function(_));
                function
                    .data::<Format>()
                    .or_else(|| library.then(|| named(&native.name)).flatten().map(Arc::new))
            }
            Callable::Closure(_) => None,
        },
        _ => None,
    }
}

/// A length argument: a number of bytes, a format that reads it, or `null` for the rest.
pub(super) fn length(value: &Value) -> Result<Length> {
    match value.as_plain() {
        Value::Null => Ok(Length::Rest),
        Value::Function(_) => Ok(Length::Read(from_value(value)?)),
        number => Ok(Length::Fixed(whole(number)?)),
    }
}

/// A number that says how many there are.
pub(super) fn whole(value: &Value) -> Result<usize> {
    let Some(number) = value.to_double() else {
        return Err(conversion_error(value, &Arc::new(Type::new(Form::Number))));
    };
    // Sizes above this cannot be in memory.
    if number.fract() == 0.0 && (0.0..1e15).contains(&number) {
        Ok(number as usize)
    } else {
        Err(Error::expression("The length or count is out of range.").with_detail(value.clone()))
    }
}

/// Bytes as a value.
pub(super) fn binary(bytes: &[u8]) -> Value {
    Value::Binary(Arc::new(Binary::new(bytes.to_vec())))
}

/// Calls a function that must give a format.
pub(super) fn chosen(ctx: &Context, choose: &Function, value: Value) -> Result<Arc<Format>> {
    from_value(&ctx.call1(choose, value)?)
}
