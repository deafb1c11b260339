//! DeltaLake.Table, which is written in M over Parquet.Document.

use crate::library::{Declaration, example, standard};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[standard(
    "DeltaLake.Table",
    "(directory as table, optional options as nullable record) as any",
    "The rows of a Delta Lake table, from the files of its folder: what Folder.Files or Folder.Contents gives. The option \
     Version asks for an earlier version. Columns that are not used are not read of the files. Deletion vectors are \
     refused with an error.",
    &[
        example(
            "DeltaLake.Table(Folder.Files(\"examples/delta/orders\"))",
            "#table(type table [Order = nullable Int64.Type, Product = nullable text, Year = nullable Int32.Type], \
             {{1, \"Lamp\", 2023}, {3, \"Chair\", 2024}})",
        ),
        example(
            "Table.RowCount(DeltaLake.Table(Folder.Files(\"examples/delta/orders\"), [Version = 0]))",
            "2",
        ),
    ],
)];
