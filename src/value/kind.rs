/// The kinds of values the language distinguishes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Kind {
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
    List,
    Record,
    Table,
    Function,
    Type,
}

impl Kind {
    /// The kind as messages name it: `Number`, `DateTimeZone`.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Null => "Null",
            Kind::Logical => "Logical",
            Kind::Number => "Number",
            Kind::Time => "Time",
            Kind::Date => "Date",
            Kind::DateTime => "DateTime",
            Kind::DateTimeZone => "DateTimeZone",
            Kind::Duration => "Duration",
            Kind::Text => "Text",
            Kind::Binary => "Binary",
            Kind::List => "List",
            Kind::Record => "Record",
            Kind::Table => "Table",
            Kind::Function => "Function",
            Kind::Type => "Type",
        }
    }
}
