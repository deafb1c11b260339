//! Keys and rows in the form in which the history remembers them.

use ring::digest::{Context, SHA256};

use crate::destinations::{Cell, Entity};
use crate::project::history::Hash;

/// The key of a row as text from which it can be made again; none if a part of it is blank or unknown.
pub(super) fn encode<'c>(entity: &Entity, cell: impl Fn(usize) -> Option<&'c Cell>) -> Option<String> {
    let parts = entity.key_columns().map(|i| cell(i).filter(|cell| !cell.is_blank()).map(tagged));
    let parts: Vec<String> = parts.collect::<Option<_>>()?;
    Some(serde_json::Value::from(parts).to_string())
}

/// A row that has the key and nothing else.
pub(super) fn decode(entity: &Entity, key: &str) -> Option<Vec<Cell>> {
    let parts: Vec<String> = serde_json::from_str(key).ok()?;
    let mut cells = vec![Cell::Null; entity.columns().len()];
    for (i, part) in entity.key_columns().zip(&parts) {
        *cells.get_mut(i)? = untagged(part)?;
    }
    Some(cells)
}

/// The key as people read it.
pub(super) fn readable(key: &str) -> String {
    let parts: Vec<String> = serde_json::from_str(key).unwrap_or_default();
    let values: Vec<&str> = parts.iter().map(|part| part.get(1..).unwrap_or_default()).collect();
    values.join(", ")
}

/// A letter for the kind, then the value. Numbers that are equal are written alike, whatever kind they are of.
fn tagged(cell: &Cell) -> String {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let tag = match cell {
        Cell::Null => '-',
        Cell::Logical(_) => 'b',
        Cell::Double(value) if value.fract() == 0.0 && value.abs() <= EXACT => {
            return format!("i{}", *value as i64);
        }
        Cell::Decimal(value) if value.fract().is_zero() => return format!("i{}", value.normalize()),
        Cell::Whole(_) => 'i',
        Cell::Double(_) => 'f',
        Cell::Decimal(_) => 'n',
        Cell::Text(_) => 't',
        Cell::Date(_) => 'd',
        Cell::Time(_) => 'c',
        Cell::DateTime(_) => 's',
        Cell::DateTimeZone(_) => 'z',
        Cell::Duration(_) => 'p',
        Cell::Binary(bytes) => {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            return format!("x{hex}");
        }
    };
    format!("{tag}{cell}")
}

fn untagged(part: &str) -> Option<Cell> {
    let value = part.get(1..)?;
    Some(match part.get(..1)? {
        "b" => Cell::Logical(value == "true"),
        // A whole number past 64 bits was a decimal.
        "i" => value.parse().map(Cell::Whole).or_else(|_| value.parse().map(Cell::Decimal)).ok()?,
        "f" => Cell::Double(value.parse().ok()?),
        "n" => Cell::Decimal(value.parse().ok()?),
        "t" => Cell::text(value),
        "d" => Cell::Date(value.into()),
        "c" => Cell::Time(value.into()),
        "s" => Cell::DateTime(value.into()),
        "z" => Cell::DateTimeZone(value.into()),
        "p" => Cell::Duration(value.into()),
        "x" => {
            let digit = |at: usize| value.get(at..at + 2).and_then(|two| u8::from_str_radix(two, 16).ok());
            Cell::Binary((0..value.len()).step_by(2).map(digit).collect::<Option<Vec<u8>>>()?.into())
        }
        _ => return None,
    })
}

/// Makes the hashes of a task's rows: equal for rows that are equal in every cell, as long as the mapping gives the
/// same columns.
pub(super) struct RowHasher {
    columns: Context,
}

impl RowHasher {
    pub(super) fn new(entity: &Entity) -> Self {
        let mut columns = Context::new(&SHA256);
        for column in entity.columns() {
            columns.update(&column.name.len().to_le_bytes());
            columns.update(column.name.as_bytes());
        }
        Self { columns }
    }

    pub(super) fn hash(&self, cells: &[Cell]) -> Hash {
        let mut context = self.columns.clone();
        for cell in cells {
            let text = tagged(cell);
            context.update(&text.len().to_le_bytes());
            context.update(text.as_bytes());
        }
        let mut hash = Hash::default();
        for (to, from) in hash.iter_mut().zip(context.finish().as_ref()) {
            *to = *from;
        }
        hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::destinations::Column;

    fn entity() -> Entity {
        let columns = ["a", "b", "c"].map(|name| Column { name: name.to_owned(), kind: None });
        Entity::new("t", columns.to_vec(), &["a".to_owned(), "c".to_owned()]).unwrap()
    }

    #[test]
    fn a_key_can_be_made_again() {
        let entity = entity();
        for cell in [
            Cell::Logical(true),
            Cell::Whole(-7),
            Cell::Double(0.5),
            Cell::Decimal("1.25".parse().unwrap()),
            Cell::text("é, \"x\""),
            Cell::Date("2026-01-02".into()),
            Cell::DateTimeZone("2026-01-02T03:04:05+01:00".into()),
            Cell::Binary(Box::new([0, 255])),
        ] {
            let row = [cell.clone(), Cell::text("not part of it"), Cell::text("c")];
            let key = encode(&entity, |i| row.get(i)).unwrap();
            assert_eq!(decode(&entity, &key).unwrap(), [cell, Cell::Null, Cell::text("c")]);
        }
        let row = [Cell::Double(7.0), Cell::Null, Cell::text("c")];
        assert_eq!(decode(&entity, &encode(&entity, |i| row.get(i)).unwrap()).unwrap()[0], Cell::Whole(7));
        let row = [Cell::text(" "), Cell::Null, Cell::text("c")];
        assert_eq!(encode(&entity, |i| row.get(i)), None);
        assert_eq!(readable("[\"ta, b\",\"i7\"]"), "a, b, 7");
    }

    #[test]
    fn rows_that_differ_anywhere_have_different_hashes() {
        let hasher = RowHasher::new(&entity());
        let rows = [
            [Cell::text("ab"), Cell::text("c"), Cell::Null],
            [Cell::text("a"), Cell::text("bc"), Cell::Null],
            [Cell::text("ab"), Cell::Null, Cell::text("c")],
            [Cell::text("1"), Cell::Null, Cell::Null],
            [Cell::Whole(1), Cell::Null, Cell::Null],
        ];
        let mut hashes: Vec<Hash> = rows.iter().map(|row| hasher.hash(row)).collect();
        assert_eq!(hasher.hash(&rows[0]), hashes[0]);
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), rows.len());
    }
}
