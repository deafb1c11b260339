//! Html.Table, Web.Page.

use std::sync::Arc;

use super::source;
use crate::eval::{Arguments, Context, conversion_error, field_exists};
use crate::sources::encoding::Encoding;
use crate::sources::html::{self, Found, PageNode, PageTable};
use crate::table::{self, Column, RowSource, Table};
use crate::value::types::Form;
use crate::value::{Error, Function, Member, Record, Result, Shape, Text, Type, Value};

/// A column of `Html.Table`: what finds its cells, and what is made of them.
struct Wanted {
    selectors: Vec<Text>,
    transforms: Vec<Option<Arc<Function>>>,
    rows: Option<Text>,
}

/// `Html.Table(html, columnNameSelectorPairs, options)`.
pub(super) fn table(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let page = arguments.value(0).clone();
    if !matches!(page, Value::Text(_) | Value::Binary(_)) {
        return Err(conversion_error(&page, &Arc::new(Type::new(Form::Binary))));
    }
    let mut names: Vec<Text> = Vec::new();
    let mut wanted = Wanted { selectors: Vec::new(), transforms: Vec::new(), rows: None };
    for pair in arguments.list(1)?.values(ctx)? {
        let Value::List(list) = &pair else {
            return Err(conversion_error(&pair, &Arc::new(Type::new(Form::List(None)))));
        };
        let (name, selector, transform) = match list.values(ctx)?.as_slice() {
            [Value::Text(name), Value::Text(selector)] => (name.clone(), selector.clone(), None),
            [Value::Text(name), Value::Text(selector), Value::Function(transform)] => {
                (name.clone(), selector.clone(), Some(Arc::clone(transform)))
            }
            _ => {
                return Err(Error::expression(
                    "Each of columnNameSelectorPairs is a list of a column name, a CSS selector and, if wanted, a \
                     function of what was found.",
                )
                .with_detail(pair.clone()));
            }
        };
        if names.contains(&name) {
            return Err(field_exists(&name, Member::Ready(Value::Null)));
        }
        check(&selector)?;
        names.push(name);
        wanted.selectors.push(selector);
        wanted.transforms.push(transform);
    }
    if let Some(options) = arguments.optional_record(2)? {
        for (name, member) in options.fields() {
            match (name.as_str(), member.force(ctx)?) {
                ("RowSelector", Value::Null) => {}
                ("RowSelector", Value::Text(rows)) => {
                    check(&rows)?;
                    wanted.rows = Some(rows);
                }
                ("RowSelector", other) => {
                    return Err(conversion_error(&other, &Arc::new(Type::new(Form::Text))));
                }
                _ => {
                    return Err(Error::expression(format!(
                        "'{name}' isn't a valid Html.Table option. Valid options are: RowSelector."
                    ))
                    .with_detail(Value::Text(name.clone())));
                }
            }
        }
    }
    let wanted = Arc::new(wanted);
    let made = table::from_rows(Arc::new(Shape::new(names)), None, move || {
        Box::new(FoundRows { page: page.clone(), wanted: Arc::clone(&wanted), rows: None })
    });
    Ok(Value::Table(Arc::new(made)))
}

fn check(selector: &Text) -> Result<()> {
    html::check_selector(selector).map_err(|why| {
        Error::expression(format!("'{selector}' isn't a valid CSS selector: {why}"))
            .with_detail(Value::Text(selector.clone()))
    })
}

/// The text of a page: the encoding is what its byte order mark or `meta` element says.
fn text(ctx: &Context, page: &Value) -> Result<Text> {
    fn declared(bytes: &[u8]) -> Option<Encoding> {
        source::declaration(bytes, 1024, "charset")
    }
    source::whole_text(ctx, page, &Value::Null, declared)
}

/// Reads the page when its first row is asked for.
struct FoundRows {
    page: Value,
    wanted: Arc<Wanted>,
    rows: Option<std::vec::IntoIter<Vec<Option<Found>>>>,
}

impl RowSource for FoundRows {
    fn next(&mut self, ctx: &Context) -> Result<Option<Vec<Member>>> {
        let rows = match &mut self.rows {
            Some(rows) => rows,
            rows @ None => {
                let page = text(ctx, &self.page)?;
                let Wanted { selectors, rows: row, .. } = &*self.wanted;
                let found = html::select(&page, row.as_deref(), selectors).map_err(Error::expression)?;
                rows.insert(found.into_iter())
            }
        };
        let transforms = &self.wanted.transforms;
        Ok(rows
            .next()
            .map(|row| row.into_iter().zip(transforms).map(|(found, by)| cell(found, by)).collect()))
    }
}

/// The cell: the text that is shown, or what the function makes of the element.
fn cell(found: Option<Found>, transform: &Option<Arc<Function>>) -> Member {
    let Some(found) = found else { return Member::Ready(Value::Null) };
    let Some(transform) = transform else { return Member::Ready(Value::Text(found.shown)) };
    let fields = found.attributes.into_iter().map(|(name, value)| (name, Value::Text(value).into()));
    let attributes = Value::Record(Arc::new(Record::from_members(fields)));
    let element = Value::record([("TextContent", Value::Text(found.content)), ("Attributes", attributes)]);
    let transform = Arc::clone(transform);
    Member::lazy(move |ctx| ctx.call1(&transform, element.clone()))
}

/// `Web.Page(html)`.
pub(super) fn page(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let page = text(ctx, arguments.value(0))?;
    let mut columns: [Vec<Member>; 5] = Default::default();
    let mut add = |row: [Value; 4], data: Member| {
        for (column, cell) in columns.iter_mut().zip(row.map(Member::Ready).into_iter().chain([data])) {
            column.push(cell);
        }
    };
    let optional = |text: Option<Text>| text.map_or(Value::Null, Value::Text);
    let tables = html::tables(&page).map_err(Error::expression)?;
    let count = tables.len() + 1;
    for mut table in tables {
        let row = [table.caption.take(), Some(Text::new("Table")), table.class.take(), table.id.take()];
        add(row.map(optional), Value::Table(Arc::new(data(table))).into());
    }
    let document = [Value::text("Document"), Value::text("Service"), Value::Null, Value::Null];
    add(document, Member::lazy(move |_| Ok(level(&Arc::from(html::tree(&page)), &[0]))));
    let shape = Shape::new(["Caption", "Source", "ClassName", "Id", "Data"].map(Text::new));
    let made = table::from_columns(Arc::new(shape), columns.map(Column::any).into(), count);
    let text = Arc::new(Type::nullable(Form::Text));
    let mut types = vec![text; 4];
    types.push(Arc::new(Type::new(Form::Table(None))));
    Ok(Value::Table(Arc::new(made.with_types(types))))
}

/// The rows of a page's table, under its header or `Column1`, `Column2`, ...
fn data(table: PageTable) -> Table {
    let PageTable { header, rows, .. } = table;
    let width = header.as_ref().or(rows.first()).map_or(0, Vec::len);
    let mut names: Vec<Text> = Vec::with_capacity(width);
    for at in 0..width {
        let given = header.as_ref().and_then(|header| header.get(at)?.clone());
        let given = given.filter(|name| !name.is_empty());
        let name = given.unwrap_or_else(|| Text::from(format!("Column{}", at + 1)));
        let mut free = name.clone();
        let mut number = 1;
        while names.contains(&free) {
            number += 1;
            free = Text::from(format!("{name}{number}"));
        }
        names.push(free);
    }
    let count = rows.len();
    let mut columns: Vec<Vec<Member>> = vec![Vec::with_capacity(count); width];
    for row in rows {
        for (column, cell) in columns.iter_mut().zip(row) {
            column.push(cell.map_or(Value::Null, Value::Text).into());
        }
    }
    let columns = columns.into_iter().map(Column::any).collect();
    let made = table::from_columns(Arc::new(Shape::new(names)), columns, count);
    let text = Arc::new(Type::nullable(Form::Text));
    made.with_types(vec![text; width])
}

/// Nodes of a page as a table of Kind, Name, Children and Text.
fn level(nodes: &Arc<[PageNode]>, at: &[usize]) -> Value {
    let mut columns: [Vec<Member>; 4] = Default::default();
    for &place in at {
        let Some(node) = nodes.get(place) else { continue };
        let children = if node.name.is_some() {
            let nodes = Arc::clone(nodes);
            Member::lazy(move |_| Ok(level(&nodes, nodes.get(place).map_or(&[], |node| &node.children))))
        } else {
            Member::Ready(Value::Null)
        };
        let kind = if node.name.is_some() { "Element" } else { "Text" };
        let text = |text: &Option<Text>| text.clone().map_or(Value::Null, Value::Text).into();
        let row = [Value::text(kind).into(), text(&node.name), children, text(&node.text)];
        for (column, cell) in columns.iter_mut().zip(row) {
            column.push(cell);
        }
    }
    let shape = Shape::new(["Kind", "Name", "Children", "Text"].map(Text::new));
    let made = table::from_columns(Arc::new(shape), columns.map(Column::any).into(), at.len());
    let text = || Arc::new(Type::nullable(Form::Text));
    let types = vec![text(), text(), Arc::new(Type::nullable(Form::Table(None))), text()];
    Value::Table(Arc::new(made.with_types(types)))
}
