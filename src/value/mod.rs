//! M values: what expressions evaluate to.
//!
//! A [`Value`] is 16 bytes, cheap to clone and shared between threads. Members of lists, records and
//! tables may still be unevaluated; they are [`Member`]s, read through an evaluation
//! [`Context`](crate::eval::Context). This folder knows how values are held, not what operators or
//! library functions do with them, and nothing of the host.

mod binary;
mod binary_text;
mod cell;
mod chunk;
mod drop;
mod error;
mod function;
mod kind;
mod list;
mod literal;
mod member;
pub mod number;
mod record;
mod sync;
pub mod temporal;
mod text;
pub mod types;

pub use binary::{Binary, ByteStream};
pub use binary_text::{base64_bytes, base64_text, hex_bytes, hex_text, push_base64, push_hex};
pub use cell::{Cell, Thunk};
pub use chunk::{Chunk, Part};
pub use error::{Clue, Error, Frame as TraceFrame, Raised, Reason, Result, Stop};
pub use function::{Callable, Closure, Function, Native, NativeBody, Parameters};
pub use kind::Kind;
pub use list::{Enumerate, Items, Iterate, List};
pub use literal::{constant_text, error_line, identifier, literal_text, quote, to_literal, type_text};
pub use member::Member;
pub use record::{Members, Path, Record, Shape};
pub use text::{Text, TextWriter};
pub use types::Type;

use std::sync::Arc;

use rust_decimal::Decimal;
use temporal::{Date, DateTime, DateTimeZone, Duration, Time};

use crate::table::Table;

/// Any M value.
///
/// Two whole words, the tag and what it holds: with a tag of one byte, each move of a value would copy the seven bytes
/// between the two in pieces, and wait for them (half the time of a call).
#[derive(Default)]
#[repr(u64)]
pub enum Value {
    /// `null`
    #[default]
    Null,
    /// `true` or `false`
    Logical(bool),
    /// A whole number, exact to 64 bits.
    Int64(i64),
    /// A double-precision number.
    Double(f64),
    /// A number with up to 28 decimal digits.
    Decimal(Arc<Decimal>),
    /// `#date(...)`
    Date(Date),
    /// `#time(...)`
    Time(Time),
    /// `#datetime(...)`
    DateTime(DateTime),
    /// `#datetimezone(...)`
    DateTimeZone(Arc<DateTimeZone>),
    /// `#duration(...)`
    Duration(Duration),
    /// `"..."`
    Text(Text),
    /// `#binary(...)`
    Binary(Arc<Binary>),
    /// `{...}`
    List(Arc<List>),
    /// `[...]`
    Record(Arc<Record>),
    /// `#table(...)`
    Table(Arc<Table>),
    /// `(x) => ...`
    Function(Arc<Function>),
    /// `type ...`
    Type(Arc<Type>),
    /// A value with metadata; never nested, and the record is never empty.
    Meta(Arc<(Value, Arc<Record>)>),
}

impl Clone for Value {
    /// Most values that are cloned share nothing: they are copied where they stand, without a call.
    #[inline]
    fn clone(&self) -> Value {
        match self {
            Value::Null => Value::Null,
            Value::Logical(logical) => Value::Logical(*logical),
            Value::Int64(whole) => Value::Int64(*whole),
            Value::Double(double) => Value::Double(*double),
            other => other.clone_other(),
        }
    }
}

const _: () = assert!(size_of::<Value>() == 16);
const _: () = assert!(size_of::<Member>() == 16);
const _: () = assert!(size_of::<Result<Value>>() == 16);
const fn shared_between_threads<T: Send + Sync>() {}
const _: () = shared_between_threads::<Value>();

impl Value {
    #[inline(never)]
    fn clone_other(&self) -> Value {
        match self {
            Value::Null => Value::Null,
            Value::Logical(logical) => Value::Logical(*logical),
            Value::Int64(whole) => Value::Int64(*whole),
            Value::Double(double) => Value::Double(*double),
            Value::Decimal(decimal) => Value::Decimal(Arc::clone(decimal)),
            Value::Date(date) => Value::Date(*date),
            Value::Time(time) => Value::Time(*time),
            Value::DateTime(datetime) => Value::DateTime(*datetime),
            Value::DateTimeZone(zoned) => Value::DateTimeZone(Arc::clone(zoned)),
            Value::Duration(duration) => Value::Duration(*duration),
            Value::Text(text) => Value::Text(text.clone()),
            Value::Binary(binary) => Value::Binary(Arc::clone(binary)),
            Value::List(list) => Value::List(Arc::clone(list)),
            Value::Record(record) => Value::Record(Arc::clone(record)),
            Value::Table(table) => Value::Table(Arc::clone(table)),
            Value::Function(function) => Value::Function(Arc::clone(function)),
            Value::Type(ty) => Value::Type(Arc::clone(ty)),
            Value::Meta(pair) => Value::Meta(Arc::clone(pair)),
        }
    }

    /// The value without its metadata.
    pub fn plain(self) -> Value {
        match self {
            Value::Meta(pair) => pair.0.clone(),
            value => value,
        }
    }

    /// The value without its metadata, borrowed.
    #[inline]
    pub fn as_plain(&self) -> &Value {
        match self {
            Value::Meta(pair) => &pair.0,
            value => value,
        }
    }

    /// The metadata record, if there is any.
    pub fn metadata(&self) -> Option<&Arc<Record>> {
        match self {
            Value::Meta(pair) => Some(&pair.1),
            _ => None,
        }
    }

    /// The same value with `metadata` in place of what it had.
    pub fn with_metadata(self, metadata: Arc<Record>) -> Value {
        if metadata.is_empty() { self.plain() } else { Value::Meta(Arc::new((self.plain(), metadata))) }
    }

    /// What kind of value this is.
    #[inline]
    pub fn kind(&self) -> Kind {
        match self {
            Value::Null => Kind::Null,
            Value::Logical(_) => Kind::Logical,
            Value::Int64(_) | Value::Double(_) | Value::Decimal(_) => Kind::Number,
            Value::Date(_) => Kind::Date,
            Value::Time(_) => Kind::Time,
            Value::DateTime(_) => Kind::DateTime,
            Value::DateTimeZone(_) => Kind::DateTimeZone,
            Value::Duration(_) => Kind::Duration,
            Value::Text(_) => Kind::Text,
            Value::Binary(_) => Kind::Binary,
            Value::List(_) => Kind::List,
            Value::Record(_) => Kind::Record,
            Value::Table(_) => Kind::Table,
            Value::Function(_) => Kind::Function,
            Value::Type(_) => Kind::Type,
            Value::Meta(pair) => pair.0.kind(),
        }
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self.as_plain(), Value::Null)
    }

    /// A text value.
    pub fn text(text: impl AsRef<str>) -> Value {
        Value::Text(Text::new(text.as_ref()))
    }

    /// A list of values that are all there already.
    pub fn list(items: impl IntoIterator<Item = Value>) -> Value {
        Value::List(Arc::new(List::from_values(items)))
    }

    /// A record of values that are all there already.
    pub fn record<'n>(fields: impl IntoIterator<Item = (&'n str, Value)>) -> Value {
        Value::Record(Arc::new(Record::from_fields(fields)))
    }

    /// The date and time with zone, if the value is one.
    pub fn zoned(&self) -> Option<DateTimeZone> {
        match self {
            Value::DateTimeZone(zoned) => Some(**zoned),
            _ => None,
        }
    }

    /// The number as a double, whatever holds it; `None` if the value is no number.
    pub fn to_double(&self) -> Option<f64> {
        match self.as_plain() {
            Value::Int64(whole) => Some(*whole as f64),
            Value::Double(double) => Some(*double),
            Value::Decimal(decimal) => Some(number::decimal_to_double(decimal)),
            _ => None,
        }
    }

    /// The text, if the value is one.
    pub fn as_text(&self) -> Option<&str> {
        match self.as_plain() {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        }
    }
}

impl From<DateTimeZone> for Value {
    fn from(zoned: DateTimeZone) -> Value {
        Value::DateTimeZone(Arc::new(zoned))
    }
}

impl From<bool> for Value {
    fn from(logical: bool) -> Value {
        Value::Logical(logical)
    }
}

impl From<i64> for Value {
    fn from(whole: i64) -> Value {
        Value::Int64(whole)
    }
}

impl From<f64> for Value {
    fn from(double: f64) -> Value {
        Value::Double(double)
    }
}

impl From<Decimal> for Value {
    fn from(decimal: Decimal) -> Value {
        Value::Decimal(Arc::new(decimal))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::text(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(Text::from(text))
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Null => f.write_str("null"),
            Value::Logical(logical) => write!(f, "{logical}"),
            Value::Int64(whole) => write!(f, "{whole}"),
            Value::Double(double) => write!(f, "{double:?}"),
            Value::Decimal(decimal) => write!(f, "{decimal}m"),
            Value::Text(text) => write!(f, "{:?}", text.as_str()),
            Value::Meta(pair) => write!(f, "{:?} meta ...", pair.0),
            value => write!(f, "<{}>", value.kind().name()),
        }
    }
}
