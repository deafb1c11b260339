//! Functions that open databases.

mod navigation;
#[cfg(feature = "postgres")]
mod postgres;
mod sqlite;

use super::{Declaration, example, native};

#[cfg(feature = "postgres")]
pub(super) const SERVERS: &[Declaration] = &[native(
    "PostgreSQL.Database",
    "(server as text, database as text, optional options as nullable record) as table",
    "The tables and views of a PostgreSQL database, as a navigation table: Name, Data, Schema, Item, Kind. A port may \
     follow the server behind a colon. Rows are read when they are needed, and only the columns that are. Options: \
     Query (SQL whose rows are given instead), HierarchicalNavigation (one row for each schema), ConnectionTimeout \
     (30 seconds), CommandTimeout (10 minutes). There are no navigation properties: CreateNavigationProperties can \
     only be false, and NavigationPropertyNameGenerator changes nothing. User and password are the host's.",
    &[
        example(
            "try PostgreSQL.Database(\"localhost\", \"sales\"){[Schema = \"public\", Item = \"orders\"]}[Data] otherwise \
             \"not granted\"",
            "\"not granted\"",
        ),
        example(
            "PostgreSQL.Database(\"localhost\", \"sales\", [Querry = \"SELECT 1\"])",
            "error: Expression.Error: 'Querry' isn't a valid PostgreSQL.Database option. Valid options are: \
             CommandTimeout, ConnectionTimeout, CreateNavigationProperties, HierarchicalNavigation, \
             NavigationPropertyNameGenerator, Query.",
        ),
    ],
    postgres::database,
)];

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
