use std::sync::Arc;

use rusqlite::types::ValueRef;

use crate::value::temporal::iso;
use crate::value::types::Form;
use crate::value::{Binary, Type, Value};

/// What a column's declared type says of its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Declared {
    Logical,
    Whole,
    Number,
    Date,
    DateTime,
    Time,
    Text,
    Binary,
    Any,
}

impl Declared {
    /// Reads a declared type as SQLite does, by what it contains; dates and logical values before that.
    pub(super) fn of(declared: &str) -> Declared {
        let declared = declared.to_ascii_uppercase();
        let has = |part: &str| declared.contains(part);
        if has("BOOL") {
            Declared::Logical
        } else if has("DATETIME") || has("TIMESTAMP") {
            Declared::DateTime
        } else if has("DATE") {
            Declared::Date
        } else if declared == "TIME" {
            Declared::Time
        } else if has("INT") {
            Declared::Whole
        } else if has("CHAR") || has("CLOB") || has("TEXT") {
            Declared::Text
        } else if has("BLOB") {
            Declared::Binary
        } else if declared.is_empty() {
            Declared::Any
        } else if has("REAL") || has("FLOA") || has("DOUB") || has("NUM") || has("DEC") {
            Declared::Number
        } else {
            Declared::Any
        }
    }

    /// The type the column claims.
    pub(super) fn claim(self, required: bool) -> Type {
        let form = match self {
            Declared::Logical => Form::Logical,
            Declared::Whole | Declared::Number => Form::Number,
            Declared::Date => Form::Date,
            Declared::DateTime => Form::DateTime,
            Declared::Time => Form::Time,
            Declared::Text => Form::Text,
            Declared::Binary => Form::Binary,
            Declared::Any => return Type::new(Form::Any),
        };
        let name = (self == Declared::Whole).then_some("Int64.Type");
        Type { name, nullable: !required, ..Type::new(form) }
    }

    /// The value of a stored cell.
    pub(super) fn value(self, cell: ValueRef<'_>) -> Value {
        match cell {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(whole @ 0..=1) if self == Declared::Logical => Value::Logical(whole == 1),
            ValueRef::Integer(whole) => Value::Int64(whole),
            ValueRef::Real(double) => Value::Double(double),
            ValueRef::Blob(bytes) => Value::Binary(Arc::new(Binary::new(bytes.to_vec()))),
            ValueRef::Text(bytes) => {
                let text = String::from_utf8_lossy(bytes);
                let read = match self {
                    Declared::Date => iso::parse_date(&text).map(Value::Date),
                    Declared::DateTime => iso::parse_datetime(&text).map(Value::DateTime),
                    Declared::Time => iso::parse_time(&text).map(Value::Time),
                    _ => None,
                };
                read.unwrap_or_else(|| Value::text(&text))
            }
        }
    }
}
