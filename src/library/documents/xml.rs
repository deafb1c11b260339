//! Xml.Tables, Xml.Document.
//!
//! The reference says little of what these give; the shape follows what queries written by the editor against public
//! documents (feeds, SDMX, OData metadata) read from it:
//!
//! * The elements of one name that stand in one element become a table, with a column for each child's name.
//! * A child that is only a text is the cell; one that is repeated, or has attributes or children, is a table.
//! * Attributes become columns `Attribute:name`, text beside attributes becomes `Element:Text`.
//! * What stands in another namespace than its element is held by a table in a column called like the namespace,
//!   or `Namespace:` for none.
//! * Where the whole would be a single row that has nothing but tables, it becomes a table of `Name` and `Table`.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::source;
use crate::eval::{Arguments, Context};
use crate::sources::encoding::Encoding;
use crate::sources::xml::{Content, Document, Element};
use crate::table::{self, RowSource, Table};
use crate::value::types::Form;
use crate::value::{Error, Member, Result, Shape, Text, Type, Value};

/// `Xml.Tables(contents, options, encoding)`.
pub(super) fn tables(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    if let Some(name) = arguments.optional_record(1)?.and_then(|options| options.names().first().cloned()) {
        return Err(Error::expression(format!("'{name}' isn't a valid Xml.Tables option. There are none."))
            .with_detail(Value::Text(name)));
    }
    let document = parse(ctx, arguments.value(0), arguments.value(2))?;
    navigation(&document, &[Part { element: 0, side: None }])
}

/// `Xml.Document(contents, encoding)`.
pub(super) fn document(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let document = parse(ctx, arguments.value(0), arguments.value(1))?;
    Ok(hierarchy(&document, vec![Content::Element(0)]))
}

fn parse(ctx: &Context, contents: &Value, encoding: &Value) -> Result<Arc<Document>> {
    let text = source::whole_text(ctx, contents, encoding, declared)?;
    Document::parse(ctx, &text).map(Arc::new)
}

/// The encoding of the XML declaration.
fn declared(bytes: &[u8]) -> Option<Encoding> {
    let end = bytes.windows(2).take(1024).position(|pair| pair == b"?>")?;
    bytes.starts_with(b"<?xml").then(|| source::declaration(bytes, end, "encoding"))?
}

/// What a row is made of: an element, or only what it has of one other namespace.
#[derive(Clone)]
struct Part {
    element: usize,
    side: Option<Text>,
}

/// What a column shows of a part.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Source {
    /// The text beside attributes or children.
    Text,
    /// Children of that name.
    Children(Text),
    /// What stands in another namespace.
    Side(Text),
    /// The attribute of that name.
    Attribute(Text),
}

impl Part {
    /// The namespace whose names need no column of their own.
    fn namespace<'d>(&'d self, element: &'d Element) -> &'d Text {
        self.side.as_ref().unwrap_or(&element.namespace)
    }

    /// Tells `found` of each thing the part has, in document order, attributes last.
    fn each(&self, document: &Document, mut found: impl FnMut(Source, Content)) {
        let Some(element) = document.element(self.element) else { return };
        let own = self.namespace(element);
        if self.side.is_none()
            && let Some(text) = element.text()
        {
            found(Source::Text, Content::Text(text));
        }
        for at in element.children() {
            let Some(child) = document.element(at) else { continue };
            if child.namespace == *own {
                found(Source::Children(child.name.clone()), Content::Element(at));
            } else if self.side.is_none() {
                found(Source::Side(child.namespace.clone()), Content::Element(self.element));
            }
        }
        for attribute in &element.attributes {
            // Attributes without prefix belong to their element.
            let is_own = if self.side.is_none() {
                attribute.namespace.is_empty() || attribute.namespace == *own
            } else {
                attribute.namespace == *own && !own.is_empty()
            };
            if is_own {
                let value = Content::Text(attribute.value.clone());
                found(Source::Attribute(attribute.name.clone()), value);
            } else if self.side.is_none() {
                found(Source::Side(attribute.namespace.clone()), Content::Element(self.element));
            }
        }
    }
}

/// The columns of some parts: names and sources. Text first, then children, other namespaces, attributes.
struct Columns {
    shape: Arc<Shape>,
    sources: Vec<Source>,
}

impl Columns {
    fn of(document: &Document, parts: &[Part]) -> Columns {
        let mut seen = FxHashSet::default();
        let mut sources: Vec<Source> = Vec::new();
        for part in parts {
            part.each(document, |source, _| {
                if !seen.contains(&source) {
                    seen.insert(source.clone());
                    sources.push(source);
                }
            });
        }
        sources.sort_by_key(|source| match source {
            Source::Text => 0,
            Source::Children(_) => 1,
            Source::Side(_) => 2,
            Source::Attribute(_) => 3,
        });
        let mut taken = FxHashSet::default();
        let names = sources.iter().map(|source| {
            let mut name = match source {
                Source::Text => Text::new("Element:Text"),
                Source::Children(name) => name.clone(),
                Source::Side(namespace) if namespace.is_empty() => Text::new("Namespace:"),
                Source::Side(namespace) => namespace.clone(),
                Source::Attribute(name) => Text::from(format!("Attribute:{name}")),
            };
            while !taken.insert(name.clone()) {
                name = Text::from(format!("Namespace:{name}"));
            }
            name
        });
        let shape = Arc::new(Shape::new(names.collect::<Vec<_>>()));
        Columns { shape, sources }
    }
}

/// The table of some parts: a row each.
fn rows(document: &Arc<Document>, parts: Arc<[Part]>) -> Table {
    let columns = Columns::of(document, &parts);
    let positions: FxHashMap<Source, usize> =
        columns.sources.iter().enumerate().map(|(at, source)| (source.clone(), at)).collect();
    let (document, positions) = (Arc::clone(document), Arc::new(positions));
    table::from_rows(Arc::clone(&columns.shape), Some(parts.len()), move || {
        Box::new(Rows {
            document: Arc::clone(&document),
            parts: Arc::clone(&parts),
            positions: Arc::clone(&positions),
            at: 0,
        })
    })
}

struct Rows {
    document: Arc<Document>,
    parts: Arc<[Part]>,
    positions: Arc<FxHashMap<Source, usize>>,
    at: usize,
}

impl RowSource for Rows {
    fn next(&mut self, _: &Context) -> Result<Option<Vec<Member>>> {
        let Some(part) = self.parts.get(self.at) else { return Ok(None) };
        self.at += 1;
        Ok(Some(cells(&self.document, part, &self.positions)))
    }
}

/// What a cell is being made of.
enum Found {
    Nothing,
    Text(Text),
    Parts(Vec<Part>),
}

fn cells(document: &Arc<Document>, part: &Part, positions: &FxHashMap<Source, usize>) -> Vec<Member> {
    let mut found: Vec<Found> = std::iter::repeat_with(|| Found::Nothing).take(positions.len()).collect();
    part.each(document, |source, content| {
        let Some(cell) = positions.get(&source).and_then(|at| found.get_mut(*at)) else { return };
        match (source, content) {
            (Source::Side(side), Content::Element(element)) => {
                *cell = Found::Parts(vec![Part { element, side: Some(side) }]);
            }
            (_, Content::Element(element)) => match cell {
                Found::Parts(parts) => parts.push(Part { element, side: None }),
                _ => *cell = Found::Parts(vec![Part { element, side: None }]),
            },
            (_, Content::Text(text)) => *cell = Found::Text(text),
        }
    });
    found.into_iter().map(|found| cell(document, found)).collect()
}

fn cell(document: &Arc<Document>, found: Found) -> Member {
    match found {
        Found::Nothing => Member::Ready(Value::Null),
        Found::Text(text) => Member::Ready(Value::Text(text)),
        Found::Parts(parts) => match simple(document, &parts) {
            Some(text) => Member::Ready(Value::Text(text)),
            None => {
                let (document, parts) = (Arc::clone(document), Arc::<[Part]>::from(parts));
                Member::lazy(move |_| Ok(Value::Table(Arc::new(rows(&document, Arc::clone(&parts))))))
            }
        },
    }
}

/// The text of a single element that is nothing else.
fn simple(document: &Document, parts: &[Part]) -> Option<Text> {
    let [Part { element, side: None }] = parts else { return None };
    let element = document.element(*element)?;
    element.is_simple().then(|| element.text().unwrap_or_default())
}

/// The table of some parts, or, where that is one row of nothing but tables, a table of those by name.
fn navigation(document: &Arc<Document>, parts: &[Part]) -> Result<Value> {
    let columns = Columns::of(document, parts);
    let (Some(entries), false) = (entries(document, parts, &columns), columns.sources.is_empty()) else {
        return Ok(Value::Table(Arc::new(rows(document, Arc::from(parts)))));
    };
    let (shape, ty) = (Shape::new(["Name", "Table"].map(Text::new)), [Form::Text, Form::Table(None)]);
    let count = entries.len();
    let names: Vec<Text> = columns.shape.names().to_vec();
    let (document, entries) = (Arc::clone(document), Arc::<[Vec<Part>]>::from(entries));
    let made = table::from_columns(
        Arc::new(shape),
        vec![
            table::Column::any(names.into_iter().map(|name| Member::Ready(Value::Text(name))).collect()),
            table::Column::any(
                (0..count)
                    .map(|at| {
                        let (document, entries) = (Arc::clone(&document), Arc::clone(&entries));
                        Member::lazy(move |_| {
                            navigation(&document, entries.get(at).map_or(&[], Vec::as_slice))
                        })
                    })
                    .collect(),
            ),
        ],
        count,
    );
    Ok(Value::Table(Arc::new(made.with_types(ty.map(|form| Arc::new(Type::new(form))).into()))))
}

/// The parts behind each column, if there is one row and they all are tables.
fn entries(document: &Document, parts: &[Part], columns: &Columns) -> Option<Vec<Vec<Part>>> {
    let [part] = parts else { return None };
    let mut entries: Vec<Vec<Part>> = vec![Vec::new(); columns.sources.len()];
    let mut only_tables = true;
    part.each(document, |source, content| {
        let entry =
            columns.sources.iter().position(|known| *known == source).and_then(|at| entries.get_mut(at));
        match (source, content, entry) {
            (Source::Side(side), Content::Element(element), Some(entry)) => {
                *entry = vec![Part { element, side: Some(side) }];
            }
            (_, Content::Element(element), Some(entry)) => entry.push(Part { element, side: None }),
            _ => only_tables = false,
        }
    });
    let holds = only_tables && entries.iter().all(|parts| simple(document, parts).is_none());
    holds.then_some(entries)
}

/// What stands in an element, as a table of `Name`, `Namespace`, `Value` and `Attributes`. Text between elements is
/// a row without a name.
fn hierarchy(document: &Arc<Document>, content: Vec<Content>) -> Value {
    let mut columns: [Vec<Member>; 4] = Default::default();
    let count = content.len();
    for part in content {
        let row = match part {
            Content::Text(text) => {
                [Value::Null.into(), Value::Null.into(), Value::Text(text).into(), attributes(document, None)]
            }
            Content::Element(at) => {
                let Some(element) = document.element(at) else { continue };
                [
                    Value::Text(element.name.clone()).into(),
                    Value::Text(element.namespace.clone()).into(),
                    inside(document, at, element),
                    attributes(document, Some(at)),
                ]
            }
        };
        for (column, cell) in columns.iter_mut().zip(row) {
            column.push(cell);
        }
    }
    let shape = Shape::new(["Name", "Namespace", "Value", "Attributes"].map(Text::new));
    let types = [
        Type::nullable(Form::Text),
        Type::nullable(Form::Text),
        (*Type::any()).clone(),
        Type::new(Form::Table(None)),
    ];
    let made = table::from_columns(Arc::new(shape), columns.map(table::Column::any).into(), count);
    Value::Table(Arc::new(made.with_types(types.map(Arc::new).into())))
}

/// The value of an element: its text, or a table of what is in it.
fn inside(document: &Arc<Document>, at: usize, element: &Element) -> Member {
    if element.children().next().is_none() {
        return Member::Ready(Value::Text(element.text().unwrap_or_default()));
    }
    let document = Arc::clone(document);
    Member::lazy(move |_| {
        let content = document.element(at).map_or(&[][..], |element| &element.content);
        let content = content.iter().map(|part| match part {
            Content::Element(at) => Content::Element(*at),
            Content::Text(text) => Content::Text(text.clone()),
        });
        Ok(hierarchy(&document, content.collect()))
    })
}

fn attributes(document: &Arc<Document>, element: Option<usize>) -> Member {
    let document = Arc::clone(document);
    Member::lazy(move |_| {
        let element = element.and_then(|at| document.element(at));
        let attributes = element.map_or(&[][..], |element| &element.attributes);
        let mut columns: [Vec<Member>; 3] = Default::default();
        for attribute in attributes {
            let row = [&attribute.name, &attribute.namespace, &attribute.value];
            for (column, text) in columns.iter_mut().zip(row) {
                column.push(Value::Text(text.clone()).into());
            }
        }
        let shape = Shape::new(["Name", "Namespace", "Value"].map(Text::new));
        let made =
            table::from_columns(Arc::new(shape), columns.map(table::Column::any).into(), attributes.len());
        let text = Arc::new(Type::new(Form::Text));
        Ok(Value::Table(Arc::new(made.with_types(vec![text; 3]))))
    })
}
