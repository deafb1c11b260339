//! The columns of tables, where the text itself says which they are.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::demands::{firsts, texts};
use super::subject::Subject;
use crate::syntax::{Node, NodeId};

/// The names of all columns of a table, in no certain order; `None` if any is unknown.
pub(super) type Names = Option<Rc<Vec<Rc<str>>>>;

/// What is known of the columns of expressions, each looked at once.
pub(super) struct Columns<'s> {
    subject: &'s Subject,
    known: FxHashMap<NodeId, Names>,
}

impl<'s> Columns<'s> {
    pub(super) fn new(subject: &'s Subject) -> Columns<'s> {
        Columns { subject, known: FxHashMap::default() }
    }

    /// The columns of the table that an expression gives. Known columns also mean that it is a table.
    pub(super) fn of(&mut self, id: NodeId) -> Names {
        let at = self.subject.value(id);
        if let Some(known) = self.known.get(&at) {
            return known.clone();
        }
        // A table that is made of itself has no known columns.
        self.known.insert(at, None);
        let names = stacker::maybe_grow(64 * 1024, 2 * 1024 * 1024, || self.find(at));
        self.known.insert(at, names.clone());
        names
    }

    fn find(&mut self, id: NodeId) -> Names {
        if let Node::If { then, otherwise, .. } = self.subject.node(id) {
            let (then, otherwise) = (self.of(then)?, self.of(otherwise)?);
            return (then == otherwise).then_some(then);
        }
        let (name, arguments) = self.subject.call(id)?;
        let argument = |at: usize| arguments.get(at).copied();
        let subject = self.subject;
        match name.as_str() {
            "#table" | "Table.FromRows" | "Table.FromColumns" => {
                listed(subject, argument(usize::from(name != "#table"))?)
            }
            "Table.FromRecords" => match argument(1) {
                Some(columns) => listed(subject, columns),
                None => records(subject, argument(0)?),
            },
            "Table.SelectColumns" => match argument(2).map(|missing| subject.library_name(missing)) {
                None => names(texts(subject, argument(1)?)?),
                Some(Some(name)) if name == "MissingField.UseNull" => names(texts(subject, argument(1)?)?),
                Some(_) => None,
            },
            "Table.UnpivotOtherColumns" => {
                let mut all = texts(subject, argument(1)?)?;
                all.push(subject.literal_text(argument(2)?)?);
                all.push(subject.literal_text(argument(3)?)?);
                names(all)
            }
            "Table.Group" => {
                let mut all = texts(subject, argument(1)?)?;
                all.extend(firsts(subject, argument(2)?)?);
                names(all)
            }
            "Table.SelectRows"
            | "Table.Sort"
            | "Table.Distinct"
            | "Table.Buffer"
            | "Table.StopFolding"
            | "Table.FirstN"
            | "Table.LastN"
            | "Table.Skip"
            | "Table.RemoveFirstN"
            | "Table.RemoveLastN"
            | "Table.Range"
            | "Table.ReverseRows"
            | "Table.FillDown"
            | "Table.FillUp"
            | "Table.ReplaceValue"
            | "Table.ReplaceErrorValues"
            | "Table.RemoveRowsWithErrors"
            | "Table.SelectRowsWithErrors"
            | "Table.AlternateRows"
            | "Table.Repeat"
            | "Table.RemoveMatchingRows" => self.of(argument(0)?),
            "Table.TransformColumnTypes" => {
                let missing = argument(2).and_then(|options| {
                    let fields = subject.fields(options)?;
                    fields.into_iter().find(|(name, _)| name == "MissingField").map(|(_, value)| value)
                });
                // A record that is not written out may say anything.
                let unknown = argument(2).is_some_and(|options| {
                    subject.literal_text(options).is_none() && subject.fields(options).is_none()
                });
                let named = || firsts(subject, argument(1)?);
                if unknown { None } else { self.and_missing(argument(0)?, missing, named) }
            }
            "Table.TransformColumns" => {
                self.and_missing(argument(0)?, argument(3), || firsts(subject, argument(1)?))
            }
            "Table.ReorderColumns" => {
                self.and_missing(argument(0)?, argument(2), || texts(subject, argument(1)?))
            }
            "Table.RemoveColumns" => {
                let gone = texts(subject, argument(1)?)?;
                self.changed(argument(0)?, &gone, Vec::new())
            }
            "Table.RenameColumns" => {
                if argument(2).is_some() {
                    return None;
                }
                let (from, to) = renames(subject, argument(1)?)?;
                self.changed(argument(0)?, &from, to)
            }
            "Table.AddColumn" | "Table.AddIndexColumn" => {
                let new = subject.literal_text(argument(1)?)?;
                self.changed(argument(0)?, &[], vec![new])
            }
            "Table.DuplicateColumn" => {
                let new = subject.literal_text(argument(2)?)?;
                self.changed(argument(0)?, &[], vec![new])
            }
            "Table.ExpandRecordColumn" | "Table.ExpandTableColumn" => {
                let new = texts(subject, argument(3).or(argument(2))?)?;
                self.changed(argument(0)?, &[subject.literal_text(argument(1)?)?], new)
            }
            "Table.ExpandListColumn" => self.of(argument(0)?),
            "Table.SplitColumn" => {
                let new = texts(subject, argument(3)?)?;
                self.changed(argument(0)?, &[subject.literal_text(argument(1)?)?], new)
            }
            "Table.CombineColumns" => {
                let gone = texts(subject, argument(1)?)?;
                self.changed(argument(0)?, &gone, vec![subject.literal_text(argument(3)?)?])
            }
            "Table.Unpivot" => {
                let gone = texts(subject, argument(1)?)?;
                let new = vec![subject.literal_text(argument(2)?)?, subject.literal_text(argument(3)?)?];
                self.changed(argument(0)?, &gone, new)
            }
            "Table.NestedJoin" => {
                let new = subject.literal_text(argument(4)?)?;
                self.changed(argument(0)?, &[], vec![new])
            }
            "Table.Join" => {
                let right = self.of(argument(2)?)?;
                self.changed(argument(0)?, &[], right.iter().map(|name| name.to_string()).collect())
            }
            "Table.Combine" => {
                if argument(1).is_some() {
                    return None;
                }
                let mut all = Vec::new();
                for &table in subject.list(argument(0)?)? {
                    all.extend(self.of(table)?.iter().map(|name| name.to_string()));
                }
                names(all)
            }
            _ => None,
        }
    }

    /// The columns of a table after a step that names some: with `MissingField.UseNull` it has all of those.
    fn and_missing(
        &mut self,
        table: NodeId,
        missing: Option<NodeId>,
        named: impl Fn() -> Option<Vec<String>>,
    ) -> Names {
        let Some(missing) = missing else { return self.of(table) };
        match self.subject.library_name(missing).as_deref() {
            Some("MissingField.UseNull") => self.changed(table, &[], named()?),
            Some("MissingField.Error" | "MissingField.Ignore") => self.of(table),
            _ => None,
        }
    }

    /// The columns of a table without some and with others.
    fn changed(&mut self, table: NodeId, gone: &[String], new: Vec<String>) -> Names {
        let before = self.of(table)?;
        let mut after: Vec<Rc<str>> =
            before.iter().filter(|name| !gone.iter().any(|gone| **gone == ***name)).cloned().collect();
        for name in new {
            if !after.iter().any(|known| **known == *name) {
                after.push(Rc::from(name));
            }
        }
        Some(Rc::new(after))
    }
}

fn names(all: Vec<String>) -> Names {
    Some(Rc::new(all.into_iter().map(Rc::from).collect()))
}

/// A list of names, or a table type.
fn listed(subject: &Subject, id: NodeId) -> Names {
    if subject.list(id).is_some() {
        return names(texts(subject, id)?);
    }
    let Node::Type(inner) = subject.node(subject.value(id)) else { return None };
    let Node::TableType(row) = subject.node(inner) else { return None };
    let Node::RecordType { fields, open: false } = subject.node(row) else { return None };
    let field = |&field: &NodeId| match subject.node(field) {
        Node::FieldType { name, .. } => Some(subject.name(name)),
        _ => None,
    };
    names(subject.tree().list(fields).iter().map(field).collect::<Option<Vec<_>>>()?)
}

/// Records that are written out: the first one says what the columns are.
fn records(subject: &Subject, id: NodeId) -> Names {
    let first = subject.list(id)?.first()?;
    names(subject.fields(*first)?.into_iter().map(|(name, _)| name).collect())
}

/// Old and new names of `{{"a", "b"}, ...}` or `{"a", "b"}`.
fn renames(subject: &Subject, id: NodeId) -> Option<(Vec<String>, Vec<String>)> {
    let items = subject.list(id)?;
    let pair = |items: &[NodeId]| match items {
        [from, to] => Some((subject.literal_text(*from)?, subject.literal_text(*to)?)),
        _ => None,
    };
    if let Some(one) = pair(items) {
        return Some((vec![one.0], vec![one.1]));
    }
    items
        .iter()
        .map(|&item| pair(subject.list(item)?))
        .collect::<Option<Vec<_>>>()
        .map(|pairs| pairs.into_iter().unzip())
}
