//! The steps that open a source, as the editor writes them.

use std::io::Read;
use std::path::Path;

use super::steps::Step;
use crate::ide::name_text;
use crate::project::Project;
use crate::project::model::{Connection, ConnectionKind};
use crate::sources::csv::Delimiter;
use crate::value::quote;

/// The first steps of a query over a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The steps.
    pub steps: Vec<Step>,
    /// What is still to be found out from the data: the list of records to expand, the types of columns.
    pub detect: bool,
}

/// Bytes of a file that are looked at.
const LOOK: u64 = 64 * 1024;
/// Lines of it.
const LINES: usize = 50;
/// The delimiters the editor knows, the likeliest first.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// The steps for a file, folder or address.
///
/// # Errors
/// Why it cannot be opened, in a sentence for people.
pub fn plan(given: &str, base: &Path) -> Result<Planned, String> {
    let is_address = given.starts_with("http://") || given.starts_with("https://");
    let path = base.join(given);
    let content = literal_call(if is_address { "Web.Contents" } else { "File.Contents" }, given);
    if !is_address && path.is_dir() {
        return Ok(Planned {
            steps: vec![Step::new("Source", literal_call("Folder.Files", given))],
            detect: false,
        });
    }
    let file = given.split(['?', '#']).next().filter(|_| is_address).unwrap_or(given);
    let ending = Path::new(file).extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let sample = if is_address { Vec::new() } else { sample(&path)? };
    let kind = ending.as_deref().unwrap_or("");
    let source = match kind {
        "csv" | "tsv" | "txt" | "tab" | "psv" => {
            let look = CsvLook::of(&sample, kind);
            return Ok(csv(&content, &look));
        }
        "json" => format!("Json.Document({})", with_encoding(&content, &sample)),
        "jsonl" | "ndjson" => return Ok(json_lines(&content)),
        "xlsx" | "xlsm" | "xls" | "xlsb" => format!("Excel.Workbook({content}, null, true)"),
        "xml" => format!("Xml.Tables({content})"),
        "parquet" => format!("Parquet.Document({content})"),
        "htm" | "html" => format!("Html.Table({content}, {{}})"),
        "sqlite" | "sqlite3" | "db" => literal_call("Sqlite.Database", given),
        "pq" | "m" => return Err(format!("'{given}' is M text. `:load {given}` opens its steps.")),
        _ if is_address => content,
        _ if sample.contains(&0) => content,
        _ => return Ok(csv(&content, &CsvLook::of(&sample, kind))),
    };
    let detect = matches!(kind, "json" | "parquet");
    Ok(Planned { steps: vec![Step::new("Source", source)], detect })
}

/// The steps for an entity of a connection of a project.
pub fn plan_entity(project: &Project, connection: &Connection, entity: &str) -> Planned {
    let path = match connection.kind.is_http() {
        true => connection.address.clone(),
        false => project.entity_path(connection, entity).to_string_lossy().into_owned(),
    };
    let content = literal_call("File.Contents", &path);
    let options = connection.options.as_ref();
    let navigated = |call: &str, row: &str| Planned {
        steps: vec![
            Step::new("Source", literal_call(call, &path)),
            Step::new("Navigation 1", format!("Source{{[{row}]}}[Data]")),
        ],
        detect: false,
    };
    let mut item = String::new();
    quote(entity, &mut item);
    match connection.kind {
        ConnectionKind::Csv => {
            let sample = sample(Path::new(&path)).unwrap_or_default();
            let mut look = CsvLook::of(&sample, "csv");
            look.delimiter = options.and_then(|o| o.delimiter.clone()).unwrap_or_else(|| ",".to_owned());
            look.encoding = options.and_then(|o| o.encoding).map_or(65001, i64::from);
            look.count_columns(&sample);
            csv(&content, &look)
        }
        ConnectionKind::Json => {
            Planned { steps: vec![Step::new("Source", format!("Json.Document({content})"))], detect: true }
        }
        ConnectionKind::JsonLines => json_lines(&content),
        ConnectionKind::Sqlite => navigated("Sqlite.Database", &format!("Schema = \"main\", Item = {item}")),
        ConnectionKind::PostgreSql => postgres(&connection.address, entity),
        ConnectionKind::Odata | ConnectionKind::Dataverse => {
            navigated("OData.Feed", &format!("Name = {item}, Signature = \"table\""))
        }
    }
}

/// The steps for a table of a PostgreSQL database; without a schema it is one of the usual one.
fn postgres(address: &str, entity: &str) -> Planned {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let (server, database) = rest.split_once('/').unwrap_or((rest, ""));
    let database = database.split('?').next().unwrap_or_default();
    let server = server.rsplit_once('@').map_or(server, |(_, server)| server);
    let (schema, item) = entity.split_once('.').unwrap_or(("public", entity));
    let text = |text: &str| {
        let mut quoted = String::new();
        quote(text, &mut quoted);
        quoted
    };
    Planned {
        steps: vec![
            Step::new("Source", format!("PostgreSQL.Database({}, {})", text(server), text(database))),
            Step::new(
                "Navigation 1",
                format!("Source{{[Schema = {}, Item = {}]}}[Data]", text(schema), text(item)),
            ),
        ],
        detect: false,
    }
}

fn literal_call(function: &str, argument: &str) -> String {
    let mut text = format!("{function}(");
    quote(argument, &mut text);
    text.push(')');
    text
}

/// The beginning of a file.
fn sample(path: &Path) -> Result<Vec<u8>, String> {
    let read = || {
        let mut bytes = Vec::new();
        std::fs::File::open(path)?.take(LOOK).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => format!("There is no file '{}'.", path.display()),
        _ => format!("Cannot read '{}': {error}.", path.display()),
    })
}

fn csv(content: &str, look: &CsvLook) -> Planned {
    let mut delimiter = String::new();
    quote(&look.delimiter, &mut delimiter);
    // Not the editor's QuoteStyle.None, which cuts rows at line breaks inside quotes.
    let source = format!(
        "Csv.Document({content}, [Delimiter = {delimiter}{}, Encoding = {}, QuoteStyle = QuoteStyle.Csv])",
        look.columns.map(|columns| format!(", Columns = {columns}")).unwrap_or_default(),
        look.encoding
    );
    let promoted = "Table.PromoteHeaders(Source, [PromoteAllScalars = true])";
    Planned {
        steps: vec![Step::new("Source", source), Step::new("Promoted headers", promoted)],
        detect: true,
    }
}

fn json_lines(content: &str) -> Planned {
    let lines = format!("Lines.FromBinary({content}, null, null, TextEncoding.Utf8)");
    let source = format!(
        "Table.FromRecords(List.Transform(List.Select({lines}, each Text.Trim(_) <> \"\"), Json.Document), null, MissingField.UseNull)"
    );
    Planned { steps: vec![Step::new("Source", source)], detect: true }
}

fn with_encoding(content: &str, sample: &[u8]) -> String {
    match encoding(sample) {
        65001 => content.to_owned(),
        other => format!("{content}, {other}"),
    }
}

/// The code page of a text: what its byte order mark says, else UTF-8 if it is that, else Windows-1252.
fn encoding(sample: &[u8]) -> i64 {
    match sample {
        [0xFF, 0xFE, ..] => return 1200,
        [0xFE, 0xFF, ..] => return 1201,
        _ => {}
    }
    match std::str::from_utf8(sample) {
        Ok(_) => 65001,
        // The sample may end within a character.
        Err(error) if error.error_len().is_none() => 65001,
        Err(_) => 1252,
    }
}

/// What a CSV file looks like.
struct CsvLook {
    delimiter: String,
    encoding: i64,
    columns: Option<usize>,
}

impl CsvLook {
    fn of(sample: &[u8], kind: &str) -> CsvLook {
        let encoding = encoding(sample);
        let text = decoded(sample, encoding);
        // The delimiter that cuts the most lines into the same number of cells, more than one.
        let score = |delimiter: char| {
            let widths = widths(&text, delimiter);
            let first = widths.first().copied().unwrap_or(1);
            let same = widths.iter().filter(|width| **width == first).count();
            (first > 1).then_some((same, first))
        };
        let best = DELIMITERS
            .iter()
            .filter_map(|delimiter| Some((score(*delimiter)?, *delimiter)))
            .reduce(|best, next| if next.0 > best.0 { next } else { best });
        let fallback = if matches!(kind, "tsv" | "tab") { '\t' } else { ',' };
        let delimiter = best.map_or(fallback, |(_, delimiter)| delimiter).to_string();
        let mut look = CsvLook { delimiter, encoding, columns: None };
        look.count_columns(sample);
        look
    }

    fn count_columns(&mut self, sample: &[u8]) {
        let Delimiter::Byte(delimiter) = Delimiter::text(&self.delimiter) else { return };
        let widths = widths(&decoded(sample, self.encoding), char::from(delimiter));
        self.columns = widths.into_iter().max();
    }
}

fn decoded(sample: &[u8], encoding: i64) -> String {
    let encoding = match encoding {
        1200 => encoding_rs::UTF_16LE,
        1201 => encoding_rs::UTF_16BE,
        1252 => encoding_rs::WINDOWS_1252,
        _ => encoding_rs::UTF_8,
    };
    encoding.decode(sample).0.into_owned()
}

/// How many cells the first lines have; line breaks and delimiters inside quotes do not count.
fn widths(text: &str, delimiter: char) -> Vec<usize> {
    let (mut widths, mut width, mut quoted, mut any) = (Vec::new(), 1, false, false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '\n' if !quoted => {
                if any {
                    widths.push(width);
                }
                (width, any) = (1, false);
                if widths.len() == LINES {
                    return widths;
                }
            }
            '\r' => {}
            c => {
                width += usize::from(c == delimiter && !quoted);
                any = true;
            }
        }
    }
    // A last line that the sample may have cut counts only if it is the only one.
    if widths.is_empty() && any {
        widths.push(width);
    }
    widths
}

/// The steps that make a table of what a JSON document gave: a list of records is expanded, as the editor does.
pub fn expanded(input: &str, columns: &[String]) -> Vec<Step> {
    let names: Vec<String> = columns
        .iter()
        .map(|name| {
            let mut text = String::new();
            quote(name, &mut text);
            text
        })
        .collect();
    let names = names.join(", ");
    let converted = format!(
        "Table.FromList({}, Splitter.SplitByNothing(), null, null, ExtraValues.Error)",
        name_text(input)
    );
    let converted_name = "Converted to table";
    vec![
        Step::new(converted_name, converted),
        Step::new(
            "Expanded Column1",
            format!(
                "Table.ExpandRecordColumn({}, \"Column1\", {{{names}}}, {{{names}}})",
                name_text(converted_name)
            ),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(name: &str, bytes: &[u8]) -> Planned {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(name), bytes).unwrap();
        plan(name, folder.path()).unwrap()
    }

    #[test]
    fn csv_files_are_looked_into() {
        let found = planned("a.csv", "id;name\n1;\"x; y\n z\"\n2;\n".as_bytes());
        assert_eq!(
            found.steps[0].text,
            "Csv.Document(File.Contents(\"a.csv\"), [Delimiter = \";\", Columns = 2, Encoding = 65001, QuoteStyle = QuoteStyle.Csv])"
        );
        assert_eq!(found.steps[1].name, "Promoted headers");
        let found = planned("b.txt", b"a\tb\tc\n1\t2,5\t\xE9\n");
        assert!(
            found.steps[0].text.contains("Delimiter = \"#(tab)\", Columns = 3, Encoding = 1252"),
            "{found:?}"
        );
    }

    #[test]
    fn other_files_by_their_ending() {
        assert_eq!(planned("a.json", b"[]").steps[0].text, "Json.Document(File.Contents(\"a.json\"))");
        let address = plan("https://example.com/a.csv?x=1", Path::new("/")).unwrap();
        assert!(address.steps[0].text.starts_with(
            "Csv.Document(Web.Contents(\"https://example.com/a.csv?x=1\"), [Delimiter = \",\", Encoding"
        ));
        assert!(plan("no.csv", Path::new("/nowhere")).unwrap_err().starts_with("There is no file"));
        assert!(plan("x.pq", Path::new("/nowhere")).is_err());
    }
}
