use std::sync::Arc;

use crate::eval::{Arguments, Context, conversion_error};
use crate::table::{self, RowSource};
use crate::value::types::Form;
use crate::value::{Error, Items, List, Member, Result, Shape, Text, Type, Value};

/// `#table(columns, rows)`.
pub(super) fn table(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let rows = arguments.list(1)?;
    let names = match arguments.value(0) {
        Value::Type(ty) => match &ty.form {
            Form::Table(Some(table_type)) => {
                let names = table_type.row.fields.iter().map(|field| field.name.clone());
                let table = of_rows(Arc::new(Shape::new(names)), rows);
                return Ok(Value::Table(Arc::new(table.with_type(table_type))));
            }
            _ => return Err(conversion_error(arguments.value(0), &Arc::new(Type::new(Form::Table(None))))),
        },
        Value::List(list) => {
            let mut names = Vec::new();
            for value in list.values(ctx)? {
                match value {
                    Value::Text(name) => names.push(name),
                    other => return Err(conversion_error(&other, &Arc::new(Type::new(Form::Text)))),
                }
            }
            names
        }
        Value::Int64(count) => (1..=*count).map(|number| Text::from(format!("Column{number}"))).collect(),
        Value::Null => match rows.get(0, ctx)? {
            // Without columns, the first row says how many there are.
            Some(first) => {
                let first = first.force(ctx)?;
                let Value::List(first) = &first else {
                    return Err(conversion_error(&first, &Arc::new(Type::new(Form::List(None)))));
                };
                (1..=first.count(ctx)?).map(|number| Text::from(format!("Column{number}"))).collect()
            }
            None => Vec::new(),
        },
        other => return Err(conversion_error(other, &Arc::new(Type::new(Form::List(None))))),
    };
    for (at, name) in names.iter().enumerate() {
        if names[..at].contains(name) {
            return Err(crate::eval::field_exists(name, Member::Ready(Value::Null)));
        }
    }
    Ok(Value::Table(Arc::new(of_rows(Arc::new(Shape::new(names)), rows))))
}

fn of_rows(shape: Arc<Shape>, rows: Arc<List>) -> table::Table {
    let width = shape.len();
    let known = rows.known_count();
    table::from_rows(shape, known, move || Box::new(ListRows { rows: rows.items(), width }))
}

/// Rows that are lists of cells.
struct ListRows {
    rows: Items,
    width: usize,
}

impl RowSource for ListRows {
    fn next(&mut self, ctx: &Context) -> Result<Option<Vec<Member>>> {
        let Some(row) = self.rows.next(ctx)? else { return Ok(None) };
        row_cells(ctx, row, self.width).map(Some)
    }
}

/// The cells of a row that is a list, as many as the table has columns.
///
/// # Errors
/// The row is no list, or has more or fewer cells.
pub(in crate::library) fn row_cells(ctx: &Context, row: Member, width: usize) -> Result<Vec<Member>> {
    let row = row.force(ctx)?;
    let Value::List(cells) = &row else {
        return Err(conversion_error(&row, &Arc::new(Type::new(Form::List(None)))));
    };
    let cells = cells.members(ctx)?;
    if cells.len() != width {
        let message = if cells.len() < width {
            "There are fewer cells in the row than columns in the table."
        } else {
            "There are more cells in the row than columns in the table."
        };
        return Err(Error::expression(message).with_detail(row));
    }
    Ok(cells)
}
