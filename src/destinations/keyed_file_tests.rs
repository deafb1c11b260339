use super::*;
use crate::destinations::{Column, CsvFormat, JsonLinesFormat};

fn entity() -> Entity {
    let columns = ["id", "text", "n"].map(|name| Column { name: name.to_owned(), kind: None });
    Entity::new("t", columns.to_vec(), &["id".to_owned()]).unwrap()
}

fn row(number: u64, id: &str, text: Cell, n: Cell) -> Row {
    Row { number, cells: vec![Cell::text(id), text, n] }
}

fn awkward() -> Vec<Row> {
    vec![
        row(1, "a", Cell::text("plain"), Cell::Whole(1)),
        row(2, "b", Cell::text("comma, \"quote\"\r\nand line"), Cell::Double(0.1)),
        row(3, "c", Cell::text(""), Cell::Null),
        row(4, "d", Cell::Null, Cell::Decimal("1.10".parse().unwrap())),
        row(5, "\u{feff}é", Cell::text(" 東京 "), Cell::Logical(false)),
    ]
}

fn upsert<F: FileFormat>(path: &Path, format: F, rows: &[Row]) -> Vec<Outcome> {
    let mut writer =
        Box::new(KeyedFileWriter::open(path, entity(), format, WriteOptions::default()).unwrap());
    let outcomes = writer.write(rows).unwrap();
    writer.checkpoint().unwrap();
    writer.finish().unwrap();
    outcomes
}

fn open_error<F: FileFormat>(content: &str, format: F) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    fs::write(&path, content).unwrap();
    match KeyedFileWriter::open(&path, entity(), format, WriteOptions::default()) {
        Ok(_) => panic!("opened"),
        Err(error) => error.to_string(),
    }
}

fn round_trip<F: FileFormat>(format: impl Fn() -> F) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t");
    assert_eq!(upsert(&path, format(), &awkward()), vec![Outcome::Inserted; 5]);
    let written = fs::read(&path).unwrap();
    let time = fs::metadata(&path).unwrap().modified().unwrap();
    assert_eq!(upsert(&path, format(), &awkward()), vec![Outcome::Unchanged; 5]);
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), time, "touched without a change");
    let mut changed = awkward();
    changed[1].cells[1] = Cell::Null;
    changed.push(row(6, "a", Cell::Null, Cell::Null));
    changed.push(row(7, " ", Cell::Null, Cell::Null));
    let outcomes = upsert(&path, format(), &changed);
    assert_eq!(outcomes[1], Outcome::Updated(Vec::new()));
    let codes: Vec<_> = outcomes[5..]
        .iter()
        .map(|o| match o {
            Outcome::Rejected(r) => r.code,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(codes, [RejectionCode::KeyDuplicate, RejectionCode::KeyMissing]);
    upsert(&path, format(), &awkward());
    assert_eq!(fs::read(&path).unwrap(), written);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "a temporary file stayed");
}

#[test]
fn csv_keeps_every_value() {
    round_trip(|| CsvFormat::new(b','));
    round_trip(|| CsvFormat::new(b';'));
}

#[test]
fn json_lines_keeps_every_value() {
    round_trip(|| JsonLinesFormat);
}

#[test]
fn csv_is_quoted_only_where_needed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    upsert(&path, CsvFormat::new(b','), &awkward()[..4]);
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        "id,text,n\na,plain,1\nb,\"comma, \"\"quote\"\"\r\nand line\",0.1\nc,\"\",\nd,,1.1\n"
    );
}

#[test]
fn rows_and_columns_of_others_stay() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    fs::write(&path, "\u{feff}n,extra,text,id\r\n9,kept,x,z\r\n8,also,y,a\r\n").unwrap();
    upsert(&path, CsvFormat::new(b','), &awkward()[..1]);
    assert_eq!(fs::read_to_string(&path).unwrap(), "n,extra,text,id\n9,kept,x,z\n1,also,plain,a\n");
}

#[test]
fn a_file_of_other_content_is_refused_with_its_line() {
    let csv = || CsvFormat::new(b',');
    for (content, part) in [
        ("id,text,n\na,b\n", "line 2 has 2 fields"),
        ("id,text,n\n\"a\nb,c,d\n", "quote opened in line 2"),
        ("id,text\n", "no column n"),
        ("id,text,n\n\"a\"b,c,d\n", "text after a closing quote"),
        ("id,text,n\na,,\nb,,\na,,\n", "at line 2 and line 4"),
    ] {
        let found = open_error(content, csv());
        assert!(found.contains(part), "{found}");
    }
    assert!(open_error("{\"id\": 1}\nnonsense\n", JsonLinesFormat).contains("line 2"));
    assert!(open_error("[1]\n", JsonLinesFormat).contains("line 1"));
}

#[test]
fn giving_up_leaves_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    upsert(&path, CsvFormat::new(b','), &awkward()[..1]);
    let before = fs::read(&path).unwrap();
    let mut writer =
        KeyedFileWriter::open(&path, entity(), CsvFormat::new(b','), WriteOptions::default()).unwrap();
    writer.write(&awkward()).unwrap();
    writer.checkpoint().unwrap();
    drop(writer);
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn folders_and_read_only_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let open =
        |path: &Path| KeyedFileWriter::open(path, entity(), JsonLinesFormat, WriteOptions::default()).err();
    assert!(matches!(open(folder.path()), Some(DestinationError::IsFolder { .. })));
    let path = folder.path().join("t");
    fs::write(&path, "").unwrap();
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    assert!(matches!(open(&path), Some(DestinationError::ReadOnly { .. })));
}

#[test]
fn deleted_rows_are_gone_and_a_plan_leaves_the_file_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    upsert(&path, CsvFormat::new(b','), &awkward());
    let before = fs::read(&path).unwrap();
    let plan = WriteOptions { mode: Mode::Plan, ..WriteOptions::default() };
    for (options, kept) in [(plan, 5), (WriteOptions::default(), 4)] {
        let mut writer =
            Box::new(KeyedFileWriter::open(&path, entity(), CsvFormat::new(b','), options).unwrap());
        let gone = [row(0, "a", Cell::Null, Cell::Null), row(0, "zzz", Cell::Null, Cell::Null)];
        assert_eq!(writer.delete(&gone).unwrap(), [Outcome::Deleted, Outcome::Unchanged]);
        let outcomes = writer.write(&[row(1, "b", Cell::text("new"), Cell::Null)]).unwrap();
        match (&outcomes[0], options.mode) {
            (Outcome::Updated(changes), Mode::Plan) => {
                assert_eq!((changes[0].column.as_str(), changes[0].to.as_deref()), ("text", Some("new")));
                assert_eq!((changes[1].from.as_deref(), changes[1].to.as_deref()), (Some("0.1"), None));
            }
            (outcome, _) => assert_eq!(*outcome, Outcome::Updated(Vec::new())),
        }
        writer.finish().unwrap();
        let store = FileStore::new(folder.path(), CsvFormat::new(b','));
        assert_eq!(store.describe("t.csv").unwrap().unwrap().columns.len(), 3);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(CsvFormat::new(b',').read(&text).unwrap().rows.len(), kept);
        assert_eq!(text.as_bytes() == before, options.mode == Mode::Plan);
    }
}
