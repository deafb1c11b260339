//! Type values: what `type ...` evaluates to, and what parameters and columns claim.

use std::sync::Arc;

use super::{Kind, Record, Text, Value};

/// A type: a form, and whether it admits `null`.
#[derive(Clone, Debug)]
pub struct Type {
    /// What values the type describes.
    pub form: Form,
    /// Whether `null` belongs to the type although the form would not admit it.
    pub nullable: bool,
    /// The library's name for a type that differs from its form only by that name: `Int64.Type`.
    pub name: Option<&'static str>,
    /// Facets, where they were set: a record as `Type.Facets` shows it.
    pub facets: Option<Arc<Record>>,
    /// Metadata of the type where it stands inside another type.
    pub metadata: Option<Arc<Record>>,
    /// The columns of the partition key of a table type, where one was set.
    pub partition_key: Option<Arc<[Text]>>,
}

/// The forms of types.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Form {
    Any,
    AnyNonNull,
    None,
    Null,
    Logical,
    Number,
    Time,
    Date,
    DateTime,
    DateTimeZone,
    Duration,
    Text,
    Binary,
    Type,
    Action,
    /// `list`, or `{item}`
    List(Option<Arc<Type>>),
    /// `record`, or `[...]`
    Record(Option<Arc<RecordType>>),
    /// `table`, or `table [...]`
    Table(Option<Arc<TableType>>),
    /// `function`, or with parameters
    Function(Option<Arc<FunctionType>>),
}

/// The fields of a record type or the columns of a table type.
#[derive(Clone, Debug, Default)]
pub struct RecordType {
    /// In order.
    pub fields: Vec<FieldType>,
    /// Whether more fields may follow (`...`).
    pub open: bool,
}

/// One field of a record type.
#[derive(Clone, Debug)]
pub struct FieldType {
    /// The field's name.
    pub name: Text,
    /// The field's type.
    pub ty: Arc<Type>,
    /// Whether a record may lack the field.
    pub optional: bool,
}

/// A table type: its rows, and its keys.
#[derive(Clone, Debug, Default)]
pub struct TableType {
    /// The columns.
    pub row: Arc<RecordType>,
    /// The keys.
    pub keys: Vec<TableKey>,
}

/// A key of a table type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableKey {
    /// The columns of the key.
    pub columns: Vec<Text>,
    /// Whether it is the primary key.
    pub primary: bool,
}

/// A function type.
#[derive(Clone, Debug)]
pub struct FunctionType {
    /// In order; optional ones last.
    pub parameters: Vec<ParameterType>,
    /// How many must be given.
    pub required: usize,
    /// The type of the result.
    pub returns: Arc<Type>,
}

/// One parameter of a function type.
#[derive(Clone, Debug)]
pub struct ParameterType {
    /// The parameter's name.
    pub name: Text,
    /// The parameter's type.
    pub ty: Arc<Type>,
}

impl Type {
    /// The type of a form that does not admit `null` unless the form does.
    pub fn new(form: Form) -> Type {
        Type { form, nullable: false, name: None, facets: None, metadata: None, partition_key: None }
    }

    /// `type any`
    pub fn any() -> Arc<Type> {
        static ANY: std::sync::OnceLock<Arc<Type>> = std::sync::OnceLock::new();
        Arc::clone(ANY.get_or_init(|| Arc::new(Type::new(Form::Any))))
    }

    /// The type of this form with `null` added.
    pub fn nullable(form: Form) -> Type {
        Type { nullable: true, ..Type::new(form) }
    }

    /// The primitive type that M calls `name`: `number`, `anynonnull`, `function`.
    pub fn primitive(name: &str) -> Option<Type> {
        let form = match name {
            "any" => Form::Any,
            "anynonnull" => Form::AnyNonNull,
            "none" => Form::None,
            "null" => Form::Null,
            "logical" => Form::Logical,
            "number" => Form::Number,
            "time" => Form::Time,
            "date" => Form::Date,
            "datetime" => Form::DateTime,
            "datetimezone" => Form::DateTimeZone,
            "duration" => Form::Duration,
            "text" => Form::Text,
            "binary" => Form::Binary,
            "type" => Form::Type,
            "action" => Form::Action,
            "list" => Form::List(None),
            "record" => Form::Record(None),
            "table" => Form::Table(None),
            "function" => Form::Function(None),
            _ => return None,
        };
        Some(Type::new(form))
    }

    /// Whether `null` belongs to the type.
    pub fn admits_null(&self) -> bool {
        self.nullable || matches!(self.form, Form::Any | Form::Null)
    }

    /// The same type with `null` admitted.
    pub fn with_null(&self) -> Type {
        if self.admits_null() {
            return self.clone();
        }
        match self.form {
            Form::AnyNonNull => Type { form: Form::Any, ..self.clone() },
            Form::None => Type { form: Form::Null, ..self.clone() },
            _ => Type { nullable: true, ..self.clone() },
        }
    }

    /// The same type without `null`.
    pub fn without_null(&self) -> Type {
        match self.form {
            Form::Any => Type { form: Form::AnyNonNull, nullable: false, ..self.clone() },
            Form::Null => Type { form: Form::None, nullable: false, ..self.clone() },
            _ => Type { nullable: false, ..self.clone() },
        }
    }

    /// The kinds of values that may belong to the type.
    pub fn kinds(&self) -> Kinds {
        let kinds = match &self.form {
            Form::Any => return Kinds::ALL,
            Form::AnyNonNull => Kinds(Kinds::ALL.0 & !(1 << Kind::Null as u16)),
            Form::None | Form::Action => Kinds(0),
            Form::Null => Kinds::of(Kind::Null),
            Form::Logical => Kinds::of(Kind::Logical),
            Form::Number => Kinds::of(Kind::Number),
            Form::Time => Kinds::of(Kind::Time),
            Form::Date => Kinds::of(Kind::Date),
            Form::DateTime => Kinds::of(Kind::DateTime),
            Form::DateTimeZone => Kinds::of(Kind::DateTimeZone),
            Form::Duration => Kinds::of(Kind::Duration),
            Form::Text => Kinds::of(Kind::Text),
            Form::Binary => Kinds::of(Kind::Binary),
            Form::Type => Kinds::of(Kind::Type),
            Form::List(_) => Kinds::of(Kind::List),
            Form::Record(_) => Kinds::of(Kind::Record),
            Form::Table(_) => Kinds::of(Kind::Table),
            Form::Function(_) => Kinds::of(Kind::Function),
        };
        if self.nullable { Kinds(kinds.0 | Kinds::of(Kind::Null).0) } else { kinds }
    }

    /// Whether a value is compatible with the type as `is` sees it: by kind alone.
    pub fn accepts(&self, value: &Value) -> bool {
        self.kinds().contains(value.kind())
    }

    /// The word for the type's form in M: `number`, `table`.
    pub fn primitive_name(&self) -> &'static str {
        match &self.form {
            Form::Any => "any",
            Form::AnyNonNull => "anynonnull",
            Form::None => "none",
            Form::Null => "null",
            Form::Logical => "logical",
            Form::Number => "number",
            Form::Time => "time",
            Form::Date => "date",
            Form::DateTime => "datetime",
            Form::DateTimeZone => "datetimezone",
            Form::Duration => "duration",
            Form::Text => "text",
            Form::Binary => "binary",
            Form::Type => "type",
            Form::Action => "action",
            Form::List(_) => "list",
            Form::Record(_) => "record",
            Form::Table(_) => "table",
            Form::Function(_) => "function",
        }
    }

    /// The type as error messages name it: `Number`, `Type`, `DateTimeZone`.
    pub fn message_name(&self) -> &'static str {
        match &self.form {
            Form::Any => "Any",
            Form::AnyNonNull => "AnyNonNull",
            Form::None => "None",
            Form::Null => "Null",
            Form::Logical => "Logical",
            Form::Number => "Number",
            Form::Time => "Time",
            Form::Date => "Date",
            Form::DateTime => "DateTime",
            Form::DateTimeZone => "DateTimeZone",
            Form::Duration => "Duration",
            Form::Text => "Text",
            Form::Binary => "Binary",
            Form::Type => "Type",
            Form::Action => "Action",
            Form::List(_) => "List",
            Form::Record(_) => "Record",
            Form::Table(_) => "Table",
            Form::Function(_) => "Function",
        }
    }

    /// The type as a value, its inner metadata brought back to the outside.
    pub fn to_value(self: &Arc<Self>) -> Value {
        match &self.metadata {
            Some(metadata) => {
                let bare = Arc::new(Type { metadata: None, ..(**self).clone() });
                Value::Type(bare).with_metadata(Arc::clone(metadata))
            }
            None => Value::Type(Arc::clone(self)),
        }
    }

    /// The type a value is, to be put inside another type: metadata moves inside.
    pub fn from_value(value: &Value) -> Option<Arc<Type>> {
        match (value.as_plain(), value.metadata()) {
            (Value::Type(ty), Some(metadata)) => {
                Some(Arc::new(Type { metadata: Some(Arc::clone(metadata)), ..(**ty).clone() }))
            }
            (Value::Type(ty), None) => Some(Arc::clone(ty)),
            _ => None,
        }
    }
}

/// A set of kinds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kinds(u16);

impl Kinds {
    /// Every kind.
    pub const ALL: Kinds = Kinds(u16::MAX);

    /// Whether every kind is in the set.
    pub fn is_all(self) -> bool {
        self.0 == Kinds::ALL.0
    }

    /// Only this kind.
    pub const fn of(kind: Kind) -> Kinds {
        Kinds(1 << kind as u16)
    }

    /// No kind.
    pub const NONE: Kinds = Kinds(0);

    /// Whether the set is empty.
    pub fn is_none(self) -> bool {
        self.0 == 0
    }

    /// The kinds of both sets.
    pub const fn and(self, other: Kinds) -> Kinds {
        Kinds(self.0 & other.0)
    }

    /// The kinds of either set.
    pub const fn or(self, other: Kinds) -> Kinds {
        Kinds(self.0 | other.0)
    }

    /// The set without a kind.
    pub const fn without(self, kind: Kind) -> Kinds {
        Kinds(self.0 & !(1 << kind as u16))
    }

    /// Whether the kind is in the set.
    pub const fn contains(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u16) != 0
    }
}
