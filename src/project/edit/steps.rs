//! Fn transforms as applied steps, as the editor would write them.

use std::collections::BTreeSet;

use crate::project::model::{CodeFormat, FieldMapping, Scalar, Side, Transform};
use crate::project::run::{COUNTRY_REGION_CODE, ORGANIZATION_DESTINATION, ORGANIZATION_SOURCE};
use crate::value::{Value, identifier, quote};

/// A column of the rows, and whether it holds texts and nothing else.
pub(super) struct Known {
    pub(super) name: String,
    pub(super) is_text: bool,
}

/// Applied steps that are being written.
pub(super) struct Steps {
    /// Names that are taken.
    steps: BTreeSet<String>,
    columns: BTreeSet<String>,
    last: String,
    pub(super) written: Vec<(String, String)>,
}

impl Steps {
    /// Steps that go on from the step `last`.
    pub(super) fn new(taken: BTreeSet<String>, columns: &[Known], last: &str) -> Self {
        let columns = columns.iter().map(|column| column.name.clone()).collect();
        Self { steps: taken, columns, last: last.to_owned(), written: Vec::new() }
    }

    /// The name of the last step.
    pub(super) fn last(&self) -> &str {
        &self.last
    }

    fn add(&mut self, name: &str, expression: impl FnOnce(&str) -> String) {
        let mut previous = String::new();
        identifier(&self.last, &mut previous);
        let name = unique(name, &mut self.steps);
        self.written.push((name.clone(), expression(&previous)));
        self.last = name;
    }

    fn add_column(&mut self, step: &str, name: &str, each: &str) -> String {
        let column = unique(name, &mut self.columns);
        let literal = text(&column);
        self.add(step, |previous| format!("Table.AddColumn({previous}, {literal}, each {each})"));
        column
    }

    /// Writes the transforms of a mapping as steps, and answers the mapping that is left: the new column as it is.
    pub(super) fn mapping(&mut self, mapping: &FieldMapping, is_shared: bool, is_text: bool) -> FieldMapping {
        if mapping.transforms().is_empty() {
            return mapping.clone();
        }
        let name = &mapping.destination;
        let mut column = mapping.source.clone();
        let mut is_text = is_text;
        // Steps that change a column in place would change what other mappings read.
        let changes_in_place = |t: &Transform| {
            matches!(
                t,
                Transform::Default { .. } | Transform::Truncate { .. } | Transform::Organization { .. }
            )
        };
        if let Some(source) = &column
            && is_shared
            && mapping.transforms().first().is_some_and(changes_in_place)
        {
            let copy = unique(name, &mut self.columns);
            let (from, to) = (text(source), text(&copy));
            self.add("Duplicated column", |previous| {
                format!("Table.DuplicateColumn({previous}, {from}, {to})")
            });
            column = Some(copy);
        }
        for transform in mapping.transforms() {
            let made = self.transform(transform, name, column.as_deref(), is_text);
            is_text = match transform {
                Transform::CountryRegionCode { .. } => true,
                Transform::ValueMap { .. } => false,
                Transform::Default { value } => is_text && matches!(value, Scalar::Text(_)),
                Transform::Truncate { .. } | Transform::Organization { .. } => is_text,
            };
            column = Some(made);
        }
        FieldMapping { source: column, transform: None, ..mapping.clone() }
    }

    /// One transform of a column, or of none; answers the column with the result.
    fn transform(
        &mut self,
        transform: &Transform,
        name: &str,
        column: Option<&str>,
        is_text: bool,
    ) -> String {
        let field = column.map(|column| format!("[{}]", field(column)));
        match (transform, column, field) {
            (Transform::Default { value }, None, _) => {
                self.add_column("Inserted conditional column", name, &literal(value))
            }
            (Transform::Organization { side }, None, _) => {
                self.add_column("Inserted conditional column", name, organization(*side))
            }
            (Transform::Default { value }, Some(column), _) => self.replace_missing(column, &literal(value)),
            (Transform::Organization { side }, Some(column), _) => {
                self.replace_missing(column, organization(*side))
            }
            (Transform::Truncate { length }, Some(column), _) => {
                let Some(length) = length else { return column.to_owned() };
                let column_text = text(column);
                let (each, claimed) = if is_text {
                    (format!("Text.Start(_, {length})"), ", type nullable text")
                } else {
                    // Only what is too long becomes text.
                    (
                        format!(
                            "if _ = null or Text.Length(Text.From(_)) <= {length} then _ else Text.Start(Text.From(_), {length})"
                        ),
                        "",
                    )
                };
                self.add("Extracted first characters", |previous| {
                    format!("Table.TransformColumns({previous}, {{{{{column_text}, each {each}{claimed}}}}})")
                });
                column.to_owned()
            }
            (Transform::ValueMap { map, default }, Some(_), Some(field)) => {
                let value = if is_text { field.clone() } else { format!("Text.From({field})") };
                let mut each = String::new();
                for (from, to) in map {
                    each.push_str(&format!("if {value} = {} then {} else ", text(from), literal(to)));
                }
                match default {
                    Some(default) => each.push_str(&literal(default)),
                    None => each.push_str(&format!(
                        "if {field} = null then null else error Error.Record(\"Expression.Error\", \
                         \"The value map does not list the value and has no default.\", {field})"
                    )),
                }
                self.add_column("Inserted conditional column", name, &each)
            }
            (Transform::CountryRegionCode { format, default }, Some(_), Some(field)) => {
                let format = match format {
                    CodeFormat::Alpha2 => "",
                    CodeFormat::Alpha3 => ", \"alpha-3\"",
                    CodeFormat::Numeric => ", \"numeric\"",
                };
                let call = format!("{COUNTRY_REGION_CODE}({field}{format})");
                let each = match default {
                    None => call,
                    Some(default) => format!("(try {call} otherwise null) ?? {}", literal(default)),
                };
                self.add_column("Invoked custom function", name, &each)
            }
            // Loading refuses mappings without a source that do not start with a value of their own.
            (_, None, _) | (_, _, None) => name.to_owned(),
        }
    }

    /// Null and empty texts of a column become a value.
    fn replace_missing(&mut self, column: &str, value: &str) -> String {
        let name = text(column);
        for missing in ["null", "\"\""] {
            self.add("Replaced value", |previous| {
                format!(
                    "Table.ReplaceValue({previous}, {missing}, {value}, Replacer.ReplaceValue, {{{name}}})"
                )
            });
        }
        column.to_owned()
    }
}

fn organization(side: Side) -> &'static str {
    match side {
        Side::Source => ORGANIZATION_SOURCE,
        Side::Destination => ORGANIZATION_DESTINATION,
    }
}

/// The name, or the name with the first number that is free; it is taken from then on.
fn unique(name: &str, taken: &mut BTreeSet<String>) -> String {
    let mut candidate = name.to_owned();
    let mut number = 0;
    while !taken.insert(candidate.clone()) {
        number += 1;
        candidate = format!("{name} {number}");
    }
    candidate
}

fn text(value: &str) -> String {
    let mut out = String::new();
    quote(value, &mut out);
    out
}

/// A field name between brackets: plain names with spaces need no quotes there.
fn field(name: &str) -> String {
    let words = name.split(' ').all(crate::syntax::is_regular_identifier);
    if words && !name.contains('.') {
        return name.to_owned();
    }
    let mut out = String::new();
    identifier(name, &mut out);
    out
}

fn literal(value: &Scalar) -> String {
    match value {
        Scalar::Logical(value) => value.to_string(),
        Scalar::Whole(value) => value.to_string(),
        Scalar::Double(value) => crate::value::to_literal(&Value::Double(*value)),
        Scalar::Text(value) => text(value),
    }
}
