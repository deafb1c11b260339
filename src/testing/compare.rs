//! Comparing what a query gave with what was expected, cell by cell.

use crate::Evaluated;
use crate::eval::{Context, equal};
use crate::value::{Error, Member, Result, Value, error_line, literal_text};

/// One place where the two differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Row or item, from 1; 0 for what has none.
    pub row: u64,
    /// Column or field, or what it is about.
    pub place: String,
    /// What was expected, as M text.
    pub expected: String,
    /// What was found.
    pub found: String,
}

/// Where two values differ: the first places, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// The first places.
    pub shown: Vec<Difference>,
    /// How many there are.
    pub count: usize,
}

/// Places that are kept.
const MOST: usize = 20;
/// Characters of a value that are shown.
const LENGTH: usize = 80;
/// Rows that the SDK writes into an output file at most: a file with so many says nothing of further ones.
const SDK_ROWS: u64 = 1_000;
/// What stands where one of the two has nothing.
const NOTHING: &str = "(nothing)";

/// Compares two evaluated values. Rows are compared in their order, columns by name and order; claimed column types
/// do not count. Errors in cells are equal if reason and message are.
///
/// # Errors
/// What reading either raises outside of cells.
pub(super) fn compare(expected: &Evaluated, found: &Evaluated) -> Result<Differences> {
    let ctx = found.context();
    let mut all = Comparison { ctx: &ctx, differences: Differences::default() };
    match (expected.value().as_plain(), found.value().as_plain()) {
        (Value::Table(left), Value::Table(right)) => {
            let (left, right) = (left.names(), right.names());
            if left != right {
                let names = |names: &[crate::value::Text]| {
                    names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ")
                };
                all.add(0, "columns", names(left), names(right));
            }
            let columns: Vec<&str> = left
                .iter()
                .map(|name| name.as_str())
                .filter(|name| right.iter().any(|other| other.as_str() == *name))
                .collect();
            let (mut left, mut right) = (expected.rows()?, found.rows()?);
            let (mut row, mut extra) = (0, (0, 0));
            loop {
                row += 1;
                match (left.next().transpose()?, right.next().transpose()?) {
                    (None, None) => break,
                    (None, Some(_)) if row == SDK_ROWS + 1 => break,
                    (Some(left), Some(right)) => {
                        for &column in &columns {
                            if let (Some(left), Some(right)) = (left.get(column), right.get(column)) {
                                all.cell(row, column, left, right)?;
                            }
                        }
                    }
                    (Some(_), None) => extra.0 += 1,
                    (None, Some(_)) => extra.1 += 1,
                }
            }
            if extra != (0, 0) {
                let both = row - 1 - extra.0 - extra.1;
                all.add(0, "number of rows", (both + extra.0).to_string(), (both + extra.1).to_string());
            }
        }
        (Value::List(left), Value::List(right)) => {
            let (mut left, mut right) = (left.items(), right.items());
            let mut row = 0;
            loop {
                row += 1;
                match (left.next(&ctx)?, right.next(&ctx)?) {
                    (None, None) => break,
                    (left, right) => all.members(row, "item", left, right)?,
                }
            }
        }
        (Value::Record(left), Value::Record(right)) => {
            for (name, member) in left.fields() {
                all.members(0, name, Some(member), right.get(name))?;
            }
            for (name, member) in right.fields().filter(|(name, _)| left.get(name).is_none()) {
                all.members(0, name, None, Some(member))?;
            }
        }
        (left, right) => all.cell(0, "value", &Ok(left.clone()), &Ok(right.clone()))?,
    }
    Ok(all.differences)
}

/// Whether two errors say the same: reason and message.
pub(super) fn same_error(left: &Error, right: &Error) -> bool {
    left.reason() == right.reason() && left.message() == right.message()
}

struct Comparison<'c> {
    ctx: &'c Context,
    differences: Differences,
}

impl Comparison<'_> {
    fn add(&mut self, row: u64, place: &str, expected: String, found: String) {
        self.differences.count += 1;
        if self.differences.shown.len() < MOST {
            self.differences.shown.push(Difference { row, place: place.to_owned(), expected, found });
        }
    }

    fn members(&mut self, row: u64, place: &str, left: Option<Member>, right: Option<Member>) -> Result<()> {
        let force = |member: Member| match member.force(self.ctx) {
            Err(error) if error.is_stop() => Err(error),
            cell => Ok(cell),
        };
        match (left.map(force).transpose()?, right.map(force).transpose()?) {
            (Some(left), Some(right)) => self.cell(row, place, &left, &right)?,
            (Some(left), None) => {
                let left = shown(self.ctx, &left)?;
                self.add(row, place, left, NOTHING.to_owned());
            }
            (None, Some(right)) => {
                let right = shown(self.ctx, &right)?;
                self.add(row, place, NOTHING.to_owned(), right);
            }
            (None, None) => {}
        }
        Ok(())
    }

    fn cell(&mut self, row: u64, place: &str, left: &Result<Value>, right: &Result<Value>) -> Result<()> {
        let same = match (left, right) {
            (Ok(left), Ok(right)) => match equal(self.ctx, left, right) {
                Ok(same) => same,
                Err(error) if error.is_stop() => return Err(error),
                // Something nested holds an error: the texts say which.
                Err(_) => literal_text(self.ctx, left)? == literal_text(self.ctx, right)?,
            },
            (Err(left), Err(right)) => same_error(left, right),
            _ => false,
        };
        if !same {
            let (left, right) = (shown(self.ctx, left)?, shown(self.ctx, right)?);
            self.add(row, place, left, right);
        }
        Ok(())
    }
}

fn shown(ctx: &Context, cell: &Result<Value>) -> Result<String> {
    let text = match cell {
        Ok(value) => literal_text(ctx, value)?,
        Err(error) => error_line(ctx, error)?,
    };
    Ok(match text.char_indices().nth(LENGTH) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text,
    })
}
