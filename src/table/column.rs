use arrow_array::{Array, StringArray, builder::StringBuilder};
use arrow_buffer::NullBuffer;

use crate::value::{Member, Value};

/// The cells of one column in a [`Batch`](super::Batch). The physical form follows the data, never the claimed type.
#[derive(Clone, Debug)]
pub struct Column(Form);

#[derive(Clone, Debug)]
enum Form {
    /// Cells of any kind, errors and unevaluated ones among them.
    Any(Vec<Member>),
    /// Texts and nulls.
    Text(StringArray),
    /// The same cell in each row.
    Same(Member, usize),
    /// Nobody asked for this column.
    Unread(usize),
}

impl Column {
    /// A column of any cells.
    pub fn any(members: Vec<Member>) -> Column {
        Column(Form::Any(members))
    }

    /// A column of texts and nulls.
    pub fn text(texts: StringArray) -> Column {
        Column(Form::Text(texts))
    }

    /// A column with the same cell in each of `len` rows.
    pub fn same(member: Member, len: usize) -> Column {
        Column(Form::Same(member, len))
    }

    /// A column that was not read because nobody asked for it.
    pub fn unread(len: usize) -> Column {
        Column(Form::Unread(len))
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        match &self.0 {
            Form::Any(members) => members.len(),
            Form::Text(texts) => texts.len(),
            Form::Same(_, len) | Form::Unread(len) => *len,
        }
    }

    /// Whether there is no cell.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The texts, if the column holds nothing else (but nulls).
    pub fn as_text(&self) -> Option<&StringArray> {
        match &self.0 {
            Form::Text(texts) => Some(texts),
            _ => None,
        }
    }

    /// The cells, if they are held as members.
    pub fn as_any(&self) -> Option<&[Member]> {
        match &self.0 {
            Form::Any(members) => Some(members),
            _ => None,
        }
    }

    /// The cell in a row; `null` outside of the column.
    pub fn get(&self, row: usize) -> Member {
        match &self.0 {
            Form::Any(members) => members.get(row).cloned().unwrap_or(Member::Ready(Value::Null)),
            Form::Text(texts) if row < texts.len() && texts.is_valid(row) => {
                Member::Ready(Value::text(texts.value(row)))
            }
            Form::Same(member, _) => member.clone(),
            Form::Text(_) | Form::Unread(_) => Member::Ready(Value::Null),
        }
    }

    /// The cells at `rows`, in that order.
    pub fn take(&self, rows: &[u32]) -> Column {
        match &self.0 {
            Form::Same(member, _) => Column::same(member.clone(), rows.len()),
            Form::Unread(_) => Column::unread(rows.len()),
            Form::Text(texts) => {
                let mut builder = StringBuilder::with_capacity(rows.len(), rows.len() * 16);
                for &row in rows {
                    let row = row as usize;
                    if row < texts.len() && texts.is_valid(row) {
                        builder.append_value(texts.value(row));
                    } else {
                        builder.append_null();
                    }
                }
                Column::text(builder.finish())
            }
            Form::Any(_) => Column::any(rows.iter().map(|&row| self.get(row as usize)).collect()),
        }
    }

    /// `len` cells from `start` on; the range must lie inside the column.
    pub fn slice(&self, start: usize, len: usize) -> Column {
        match &self.0 {
            Form::Same(member, _) => Column::same(member.clone(), len),
            Form::Unread(_) => Column::unread(len),
            Form::Text(texts) => Column::text(texts.slice(start, len)),
            Form::Any(members) => Column::any(members.iter().skip(start).take(len).cloned().collect()),
        }
    }

    /// Whether each cell is `null`, where that is known without evaluating: for text columns.
    pub fn nulls(&self) -> Option<&NullBuffer> {
        self.as_text().and_then(|texts| texts.nulls())
    }
}

/// Collects cells; texts and nulls alone become a text column.
#[derive(Default)]
pub struct ColumnBuilder {
    members: Vec<Member>,
}

impl ColumnBuilder {
    /// A builder with room for `capacity` cells.
    pub fn with_capacity(capacity: usize) -> ColumnBuilder {
        ColumnBuilder { members: Vec::with_capacity(capacity) }
    }

    /// Adds a cell.
    pub fn push(&mut self, member: Member) {
        self.members.push(member);
    }

    /// Number of cells so far.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there is no cell yet.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The column.
    pub fn finish(self) -> Column {
        Column::any(self.members)
    }
}
