//! Excel.Workbook.

use std::sync::Arc;

use crate::eval::{Arguments, Context, conversion_error};
use crate::library::{Declaration, Library, example, native};
use crate::sources::workbook::{Grid, Place, Workbook};
use crate::table::{self, Column, Table};
use crate::value::types::{Form, TableKey};
use crate::value::{Error, Kind, Member, Result, Shape, Text, Type, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[native(
    "Excel.Workbook",
    "(workbook as binary, optional useHeaders as any, optional delayTypes as nullable logical) as table",
    "What a workbook of Excel holds, as a table of Name, Data, Item, Kind and Hidden: its sheets (Kind \"Sheet\"), tables \
     (\"Table\") and named areas (\"DefinedName\"); Data is read when it is asked for. Dates and times are datetimes, cells \
     with an error raise it when they are read. `useHeaders` takes the names of columns from the first row; tables \
     have names of their own. Unless `delayTypes` is true, a column whose cells are all of one kind gets its type. \
     Instead of `useHeaders` a record of UseHeaders, DelayTypes and InferSheetDimensions may be given; the last one \
     passes over what a sheet says of its own size. A size that would leave cells out is never believed.",
    &[
        example(
            "Excel.Workbook(File.Contents(\"examples/workbooks/orders.xlsx\"), null, true){[Item = \"OrderLines\", Kind = \"Table\"]}[Data]",
            "#table(type table [Order = any, Product = any], {{1, \"Lamp\"}, {1, \"Desk\"}, {2, \"Chair\"}})",
        ),
        example(
            "Excel.Workbook(#binary({1, 2, 3}))",
            "error: DataFormat.Error: The input couldn't be recognized as a valid Excel document.",
        ),
    ],
    workbook,
)];

/// What becomes of the cells.
#[derive(Clone, Copy, Default)]
struct Options {
    use_headers: bool,
    delay_types: bool,
    infer: bool,
}

fn workbook(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let options = options(ctx, &arguments)?;
    let book = Workbook::open(arguments.binary(0)?.bytes(ctx)?).ok_or_else(|| {
        Error::data_format("The input couldn't be recognized as a valid Excel document.")
            .with_detail(arguments.value(0).clone())
    })?;
    let book = Arc::new(book);
    let parts = book.parts();
    let (mut columns, count): ([Vec<Member>; 5], usize) = (Default::default(), parts.len());
    for part in parts {
        let kind = match part.place {
            Place::Sheet(_) => "Sheet",
            Place::Table { .. } => "Table",
            Place::Area { .. } => "DefinedName",
        };
        let (book, place) = (Arc::clone(&book), part.place);
        let row = [
            Value::Text(part.name).into(),
            Member::lazy(move |ctx| data(ctx, book.read(ctx, &place, options.infer)?, options)),
            Value::Text(part.item).into(),
            Value::text(kind).into(),
            Value::Logical(part.hidden).into(),
        ];
        for (column, cell) in columns.iter_mut().zip(row) {
            column.push(cell);
        }
    }
    let shape = Shape::new(["Name", "Data", "Item", "Kind", "Hidden"].map(Text::new));
    let forms = [Form::Text, Form::Table(None), Form::Text, Form::Text, Form::Logical];
    let key = TableKey { columns: ["Item", "Kind"].map(Text::new).into(), primary: true };
    let made = table::from_columns(Arc::new(shape), columns.map(Column::any).into(), count)
        .with_types(forms.map(|form| Arc::new(Type::new(form))).into())
        .with_keys(vec![key]);
    Ok(Value::Table(Arc::new(made)))
}

fn options(ctx: &Context, arguments: &Arguments<'_>) -> Result<Options> {
    let logical = |value: &Value| match value {
        Value::Null => Ok(false),
        Value::Logical(logical) => Ok(*logical),
        other => Err(conversion_error(other, &Arc::new(Type::new(Form::Logical)))),
    };
    let mut options = Options { delay_types: logical(arguments.value(2))?, ..Options::default() };
    let Value::Record(record) = arguments.value(1) else {
        options.use_headers = logical(arguments.value(1))?;
        return Ok(options);
    };
    if !arguments.is_null(2) {
        return Err(Error::expression("The delayTypes argument can't be given beside a record of options.")
            .with_detail(arguments.value(2).clone()));
    }
    for (name, member) in record.fields() {
        let place = match name.as_str() {
            "UseHeaders" => &mut options.use_headers,
            "DelayTypes" => &mut options.delay_types,
            "InferSheetDimensions" => &mut options.infer,
            _ => {
                return Err(Error::expression(format!(
                    "'{name}' isn't a valid Excel.Workbook option. Valid options are: DelayTypes, \
                     InferSheetDimensions, UseHeaders."
                ))
                .with_detail(Value::Text(name.clone())));
            }
        };
        *place = logical(&member.force(ctx)?)?;
    }
    Ok(options)
}

fn data(ctx: &Context, grid: Grid, options: Options) -> Result<Value> {
    let has_names = grid.names.is_some();
    let names = grid.names.unwrap_or_else(|| {
        (1..=grid.columns.len()).map(|number| Text::from(format!("Column{number}"))).collect()
    });
    let columns: Vec<Column> = grid.columns.into_iter().map(Column::any).collect();
    let mut made = table::from_columns(Arc::new(Shape::new(names)), columns, grid.height);
    if options.use_headers && !has_names {
        made = promoted(ctx, made)?;
    }
    if !options.delay_types {
        let types = inferred(ctx, &made)?;
        made = made.with_types(types);
    }
    Ok(Value::Table(Arc::new(made)))
}

/// The first row as names, as `Table.PromoteHeaders` takes it.
fn promoted(ctx: &Context, made: Table) -> Result<Table> {
    let Some(Value::Function(promote)) = Library::get().lookup("Table.PromoteHeaders") else {
        return Ok(made);
    };
    let options = Value::record([("PromoteAllScalars", Value::Logical(true))]);
    match ctx.call2(&promote, Value::Table(Arc::new(made)), options)? {
        Value::Table(table) => Ok(table.with_operator(Arc::clone(table.operator()))),
        other => Err(conversion_error(&other, &Arc::new(Type::new(Form::Table(None))))),
    }
}

/// For each column the kind that all its cells are of; `any` where they differ or some hold an error.
fn inferred(ctx: &Context, made: &Table) -> Result<Vec<Arc<Type>>> {
    let mut kinds: Vec<Option<Option<Kind>>> = vec![None; made.width()];
    let mut has_null = vec![false; made.width()];
    let mut rows = table::rows(ctx, &Arc::new(made.with_operator(Arc::clone(made.operator()))))?;
    while let Some(row) = rows.next(ctx)? {
        ctx.step()?;
        for ((member, kind), has_null) in row.members().iter().zip(&mut kinds).zip(&mut has_null) {
            let found = member.force(ctx).ok().map(|value| value.kind());
            match (found, &kind) {
                (Some(Kind::Null), _) => *has_null = true,
                (found, None) => *kind = Some(found),
                (found, Some(known)) if *known != found => *kind = Some(None),
                _ => {}
            }
        }
    }
    let ty = |(kind, has_null): (Option<Option<Kind>>, bool)| {
        let form = match kind {
            Some(Some(Kind::Number)) => Form::Number,
            Some(Some(Kind::Text)) => Form::Text,
            Some(Some(Kind::Logical)) => Form::Logical,
            Some(Some(Kind::DateTime)) => Form::DateTime,
            _ => return Type::any(),
        };
        Arc::new(if has_null { Type::nullable(form) } else { Type::new(form) })
    };
    Ok(kinds.into_iter().zip(has_null).map(ty).collect())
}

#[cfg(test)]
mod tests {
    use crate::Engine;
    use crate::host::LocalHost;

    fn shown(text: &str) -> String {
        let host = LocalHost::new(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/workbooks"));
        Engine::new().with_host(host).shown(text)
    }

    fn book(then: &str) -> String {
        shown(&format!("let book = Excel.Workbook(File.Contents(\"orders.xlsx\"), null, true) in {then}"))
    }

    #[test]
    fn lists_sheets_tables_and_names() {
        let listed = "{\"Orders Sheet\", \"Lines Sheet\", \"Far away Sheet\", \"Notes Sheet\", \"Empty Sheet\", \
                      \"OrderLines Table\", \"Customers DefinedName\", \"Single DefinedName\"}";
        assert_eq!(book("Table.TransformRows(book, each [Item] & \" \" & [Kind])"), listed);
        assert_eq!(book("Table.SelectRows(book, each [Hidden])[Name]"), "{\"Notes\"}");
        assert_eq!(
            book("Type.TableKeys(Value.Type(book))"),
            "{[Columns = {\"Item\", \"Kind\"}, Primary = true]}"
        );
    }

    #[test]
    fn cells_keep_their_kinds_and_errors_stay_in_them() {
        let sheet = "Table.PromoteHeaders(book{[Item = \"Orders\", Kind = \"Sheet\"]}[Data])";
        assert_eq!(
            book(&format!("{sheet}[Ordered]")),
            "{#datetime(2024, 2, 29, 13, 30, 0), #datetime(2024, 3, 1, 0, 0, 0), #datetime(1899, 12, 31, 8, 15, 0), \
             #datetime(1900, 1, 1, 0, 0, 0)}"
        );
        assert_eq!(book(&format!("{sheet}[Customer]")), "{\"Bob\", \"Pam\", null, \"Jim\"}");
        assert_eq!(book(&format!("{sheet}[Paid]")), "{true, false, null, true}");
        assert_eq!(book(&format!("{sheet}{{1}}[Amount]")), "DataFormat.Error: Invalid cell value '#N/A'.");
        assert_eq!(book(&format!("{sheet}{{3}}[Amount]")), "-7");
        assert_eq!(book(&format!("Table.RowCount({sheet})")), "4");
    }

    #[test]
    fn areas_begin_where_they_begin() {
        let data = |item: &str| book(&format!("book{{[Item = \"{item}\"]}}[Data]"));
        assert!(
            data("Far away").ends_with("{{\"x\", null}, {null, null}, {null, \"y\"}})"),
            "{}",
            data("Far away")
        );
        assert!(data("Single").ends_with("{{\"x\"}})"), "{}", data("Single"));
        assert!(
            data("Customers").ends_with("{{\"Bob\"}, {\"Pam\"}, {null}, {\"Jim\"}})"),
            "{}",
            data("Customers")
        );
        assert_eq!(book("Table.RowCount(book{[Item = \"Empty\"]}[Data])"), "0");
    }

    #[test]
    fn headers_and_types_on_demand() {
        let ty = |arguments: &str| {
            shown(&format!(
                "Value.Type(Excel.Workbook(File.Contents(\"orders.xlsx\"){arguments}){{[Item = \"Orders\"]}}[Data])"
            ))
        };
        let typed = "type table [Id = number, Customer = nullable text, Ordered = datetime, Amount = any, \
                     Paid = nullable logical]";
        assert_eq!(ty(", true"), typed);
        assert_eq!(ty(", [UseHeaders = true, InferSheetDimensions = true]"), typed);
        assert_eq!(
            ty(", true, true"),
            typed
                .replace("number", "any")
                .replace("nullable text", "any")
                .replace("datetime", "any")
                .replace("nullable logical", "any")
        );
        assert!(ty("").contains("[Column1 = any, Column2 = nullable text"), "{}", ty(""));
        assert!(ty(", [Headers = true]").contains("'Headers' isn't a valid Excel.Workbook option."));
        assert!(ty(", [UseHeaders = true], true").contains("delayTypes"));
    }
}
