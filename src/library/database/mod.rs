//! Functions that open databases.

mod sqlite;

use super::{Declaration, example, native};

pub(super) const FUNCTIONS: &[Declaration] = &[native(
    "Sqlite.Database",
    "(path as text, optional options as nullable record) as table",
    "The tables and views of a SQLite file, as a navigation table: Name, Data, Schema, Item, Kind. pqm's own: Power \
     Query has no such function. Rows are read from the file when they are needed, and only the columns that are. \
     There are no options yet.",
    &[example(
        "try Sqlite.Database(\"no such file.db\"){[Name = \"orders\"]}[Data] otherwise \"not there, or not granted\"",
        "\"not there, or not granted\"",
    )],
    sqlite::database,
)];
