//! Parquet.Document.

use std::sync::Arc;

use crate::eval::{Arguments, Context};
use crate::library::{Declaration, example, native};
use crate::sources::parquet;
use crate::value::{Error, Result, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[native(
    "Parquet.Document",
    "(binary as binary, optional options as nullable record) as any",
    "Reads a Parquet document as a table whose columns have the types that the document says. Of a file only the columns \
     that are used are read, row group by row group, and a count of rows reads none. Instants become datetimezones in \
     UTC, local times datetimes; nested groups become records, repeated ones lists, maps lists of records of key and \
     value. The options that editors write (Compression, LegacyColumnNameEncoding, MaxDepth, TypeMapping) are accepted \
     where they ask for what happens anyway: the document itself says how it is compressed.",
    &[
        example(
            "Parquet.Document(File.Contents(\"examples/parquet/orders.parquet\"))",
            "#table(type table [Order = nullable Int64.Type, Product = nullable text, Price = nullable Double.Type, Sent = nullable date], \
             {{1, \"Lamp\", 19.5, #date(2024, 3, 1)}, {2, \"Desk\", 210, null}, {3, null, null, #date(2024, 3, 4)}})",
        ),
        example(
            "Parquet.Document(#binary({1, 2, 3}))",
            "error: DataFormat.Error: The input couldn't be read as a Parquet document: Parquet file too small. Size is 3 but need 8.",
        ),
    ],
    document,
)];

fn document(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    if let Some(options) = arguments.optional_record(1)? {
        for (name, member) in options.fields() {
            let value = member.force(ctx)?;
            let accepted = match name.as_str() {
                // Said by the document itself, whatever is given.
                "Compression" | "MaxDepth" => true,
                "LegacyColumnNameEncoding" => matches!(value, Value::Null | Value::Logical(false)),
                "TypeMapping" => value.is_null(),
                _ => {
                    return Err(Error::expression(format!(
                        "'{name}' isn't a valid Parquet.Document option. Valid options are: Compression, \
                         LegacyColumnNameEncoding, MaxDepth, TypeMapping."
                    ))
                    .with_detail(Value::Text(name.clone())));
                }
            };
            if !accepted {
                return Err(Error::expression(format!(
                    "The option '{name}' of Parquet.Document isn't supported with this value. Leave it out."
                ))
                .with_detail(value));
            }
        }
    }
    let table = parquet::document(ctx, &arguments.binary(0)?)?;
    Ok(Value::Table(Arc::new(table)))
}
