//! CSV as a keyed file: a header, quotes where they are needed, an empty field for null and `""` for the
//! empty text.

use std::io::{self, Write};

use serde_json::Value;

use super::Cell;
use super::keyed_file::{FileContent, FileFormat, StoredRow};

/// The CSV format with its delimiter.
#[derive(Clone)]
pub struct CsvFormat {
    delimiter: u8,
}

impl CsvFormat {
    /// CSV with this delimiter, an ASCII character.
    pub fn new(delimiter: u8) -> Self {
        Self { delimiter }
    }

    fn write_field(&self, value: &Value, out: &mut dyn Write) -> io::Result<()> {
        let Value::String(text) = value else { return Ok(()) };
        let special = |b: u8| b == self.delimiter || matches!(b, b'"' | b'\r' | b'\n');
        // A BOM at the start of the first field would vanish on reading.
        if text.is_empty() || text.starts_with('\u{feff}') || text.bytes().any(special) {
            write!(out, "\"{}\"", text.replace('"', "\"\""))
        } else {
            out.write_all(text.as_bytes())
        }
    }
}

impl FileFormat for CsvFormat {
    const NAME: &'static str = "a CSV file";

    fn read(&self, text: &str) -> Result<FileContent, String> {
        let mut records = parse(text, char::from(self.delimiter))?.into_iter();
        let Some((_, header)) = records.next() else {
            return Ok(FileContent { header: Vec::new(), rows: Vec::new() });
        };
        let header: Vec<String> = header.into_iter().map(Option::unwrap_or_default).collect();
        for (i, name) in header.iter().enumerate() {
            if header.iter().take(i).any(|other| other == name) {
                return Err(format!("its header names the column {name:?} twice"));
            }
        }
        let mut rows = Vec::new();
        for (line, fields) in records {
            if fields.len() != header.len() {
                return Err(format!(
                    "line {line} has {} fields where the header has {}",
                    fields.len(),
                    header.len()
                ));
            }
            let values = fields.into_iter().map(|field| field.map_or(Value::Null, Value::String));
            rows.push((line, header.iter().cloned().zip(values).collect()));
        }
        Ok(FileContent { header, rows })
    }

    fn write(
        &self,
        header: &[String],
        rows: &mut dyn Iterator<Item = &StoredRow>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let delimiter = [self.delimiter];
        for (i, name) in header.iter().enumerate() {
            if i > 0 {
                out.write_all(&delimiter)?;
            }
            self.write_field(&Value::String(name.clone()), out)?;
        }
        out.write_all(b"\n")?;
        for row in rows {
            for (i, name) in header.iter().enumerate() {
                if i > 0 {
                    out.write_all(&delimiter)?;
                }
                self.write_field(row.get(name).unwrap_or(&Value::Null), out)?;
            }
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    fn store(&self, cell: &Cell) -> Result<Value, String> {
        Ok(match cell {
            Cell::Null => Value::Null,
            other => Value::String(other.to_string()),
        })
    }

    fn has_header(&self) -> bool {
        true
    }
}

/// The line a record starts at, and its fields; a field is none when it is empty and has no quotes.
type Record = (usize, Vec<Option<String>>);

fn parse(text: &str, delimiter: char) -> Result<Vec<Record>, String> {
    let mut records = Vec::new();
    let mut chars = text.chars().peekable();
    let mut line = 1;
    while chars.peek().is_some() {
        let start = line;
        let mut fields = Vec::new();
        loop {
            let mut field = String::new();
            let quoted = chars.next_if_eq(&'"').is_some();
            if quoted {
                let opened = line;
                loop {
                    match chars.next() {
                        Some('"') if chars.next_if_eq(&'"').is_some() => field.push('"'),
                        Some('"') => break,
                        Some(c) => {
                            line += usize::from(c == '\n');
                            field.push(c);
                        }
                        None => return Err(format!("the quote opened in line {opened} is not closed")),
                    }
                }
            }
            while let Some(c) = chars.next_if(|&c| c != delimiter && c != '\n' && c != '\r') {
                if quoted {
                    return Err(format!("line {line} has text after a closing quote"));
                }
                field.push(c);
            }
            fields.push((quoted || !field.is_empty()).then_some(field));
            match chars.next() {
                Some(c) if c == delimiter => {}
                Some('\r') => {
                    chars.next_if_eq(&'\n');
                    line += 1;
                    break;
                }
                Some(_) => {
                    line += 1;
                    break;
                }
                None => break,
            }
        }
        records.push((start, fields));
    }
    Ok(records)
}
