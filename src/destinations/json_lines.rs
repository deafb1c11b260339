//! JSON Lines as a keyed file: one object per line, in the order of the columns.

use std::io::{self, Write};

use serde_json::{Number, Value};

use super::Cell;
use super::keyed_file::{FileContent, FileFormat, StoredRow};

/// Digits of a decimal that survive as a JSON number read in double precision.
const EXACT_DIGITS: usize = 15;

/// The JSON Lines format.
#[derive(Clone)]
pub struct JsonLinesFormat;

impl FileFormat for JsonLinesFormat {
    const NAME: &'static str = "a JSON Lines file";

    fn read(&self, text: &str) -> Result<FileContent, String> {
        let mut rows = Vec::new();
        for (i, line) in text.lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            match serde_json::from_str(line) {
                Ok(Value::Object(row)) => rows.push((i + 1, row)),
                Ok(_) => return Err(format!("line {} is no JSON object", i + 1)),
                Err(error) => return Err(format!("line {}: {error}", i + 1)),
            }
        }
        Ok(FileContent { header: Vec::new(), rows })
    }

    fn write(
        &self,
        _: &[String],
        rows: &mut dyn Iterator<Item = &StoredRow>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        for row in rows {
            serde_json::to_writer(&mut *out, row)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    fn store(&self, cell: &Cell) -> Result<Value, String> {
        Ok(match cell {
            Cell::Null => Value::Null,
            Cell::Logical(value) => Value::Bool(*value),
            Cell::Whole(value) => Value::from(*value),
            Cell::Double(value) => Number::from_f64(*value)
                .map(Value::Number)
                .ok_or_else(|| format!("JSON has no number {value}"))?,
            Cell::Decimal(_) => {
                let text = cell.to_string();
                let exact = text.bytes().filter(u8::is_ascii_digit).count() <= EXACT_DIGITS;
                match text.parse::<f64>().ok().filter(|_| exact).and_then(Number::from_f64) {
                    Some(number) => Value::Number(number),
                    None => Value::String(text),
                }
            }
            other => Value::String(other.to_string()),
        })
    }

    fn has_header(&self) -> bool {
        false
    }
}
