//! Files: what is read, what is written, and what is left alone.

use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type};
use arrow_array::{Array, RecordBatch};

use crate::program::{pqm_in, pqm_reading};

fn folder_with(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

const SECTION: &str = "section Sales; Region = \"EU\"; shared Total = Region & \"!\"; shared Other = 1;";

#[test]
fn the_output_files_ending_says_the_format() {
    let folder = folder_with(&[("q.pq", "#table({\"a\"}, {{1}})")]);
    for (name, expected) in [
        ("x.csv", "a\n1\n"),
        ("x.json", "[\n{\"a\":1}\n]\n"),
        ("x.jsonl", "{\"a\":1}\n"),
        ("x.pq", "#table(type table [a = any], {{1}})\n"),
    ] {
        let ran = pqm_in(folder.path(), &["run", "q.pq", "-o", name]);
        assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
        assert_eq!(std::fs::read_to_string(folder.path().join(name)).unwrap(), expected);
    }
}

/// Texts, numbers with nulls, dates: written to a file, and how many rows of three columns are in it.
fn rows_written(name: &str, extra: &[&str], read: impl FnOnce(std::fs::File) -> Vec<RecordBatch>) -> usize {
    let query = "Table.FromRecords(List.Transform({1 .. 10000}, each [t = \"row \" & Text.From(_), \
                 n = if Number.Mod(_, 3) = 0 then null else _ / 2, d = #date(2024, 1, 1) + #duration(_, 0, 0, 0)]), \
                 type table [t = text, n = nullable number, d = date])";
    let folder = folder_with(&[("q.pq", query)]);
    let ran = pqm_in(folder.path(), &[&["run", "q.pq", "-o", name], extra].concat());
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    let batches = read(std::fs::File::open(folder.path().join(name)).unwrap());
    let first = batches.first().unwrap();
    let texts = first.column_by_name("t").unwrap().as_string::<i32>();
    assert_eq!(texts.value(0), "row 1");
    let numbers = first.column_by_name("n").unwrap().as_primitive::<Float64Type>();
    assert_eq!((numbers.value(0), numbers.is_null(2)), (0.5, true));
    let dates = first.column_by_name("d").unwrap().as_primitive::<Date32Type>();
    assert_eq!(dates.value(0), 19_724);
    batches.iter().map(RecordBatch::num_rows).sum()
}

#[test]
fn an_arrow_file_holds_the_rows() {
    let read = |file| {
        let reader = arrow_ipc::reader::FileReader::try_new(file, None).unwrap();
        reader.collect::<Result<Vec<_>, _>>().unwrap()
    };
    assert_eq!(rows_written("x.arrow", &[], read), 10_000);
    assert_eq!(rows_written("x.feather", &["--limit", "7"], read), 7);
}

#[cfg(feature = "parquet")]
#[test]
fn a_parquet_file_holds_the_rows() {
    let read = |file| {
        let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReader::try_new(file, 4096).unwrap();
        reader.collect::<Result<Vec<_>, _>>().unwrap()
    };
    assert_eq!(rows_written("x.parquet", &[], read), 10_000);
}

#[test]
fn only_tables_become_arrow_files() {
    let folder = folder_with(&[("q.pq", "{1, 2}")]);
    let ran = pqm_in(folder.path(), &["run", "q.pq", "-o", "x.arrow"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("hold tables"), "{}", ran.err);
    assert_eq!(names(folder.path()), ["q.pq"]);
}

#[test]
fn threads_do_not_change_what_is_written() {
    let rows: String = (0..60_000).map(|row| format!("{row},\"name, {row}\",{}.5\n", row % 97)).collect();
    let query = "Table.SelectColumns(Csv.Document(File.Contents(\"in.csv\"), [Columns = 3]), \
                 {\"Column3\", \"Column2\", \"Column1\"})";
    let folder = folder_with(&[("q.pq", query), ("in.csv", &rows)]);
    let written = |threads: &str, name: &str| {
        let ran = pqm_in(folder.path(), &["run", "q.pq", "--threads", threads, "-o", name]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        std::fs::read_to_string(folder.path().join(name)).unwrap()
    };
    let expected: String = (0..60_000).map(|row| format!("{}.5,\"name, {row}\",{row}\n", row % 97)).collect();
    let expected = format!("Column3,Column2,Column1\n{expected}");
    for threads in ["1", "2", "5"] {
        assert!(written(threads, "x.csv") == expected);
    }
    assert_eq!(written("1", "x.jsonl"), written("3", "y.jsonl"));
    assert_eq!(written("1", "x.json"), written("3", "y.json"));
    assert_eq!(pqm_in(folder.path(), &["run", "q.pq", "--threads", "0"]).code, 2);
}

#[test]
fn a_failed_run_leaves_the_old_file_and_nothing_else() {
    let folder = folder_with(&[("q.pq", "#table({\"a\"}, {{1}, {error \"x\"}})"), ("x.csv", "old")]);
    assert_eq!(pqm_in(folder.path(), &["run", "q.pq", "-o", "x.csv"]).code, 1);
    assert_eq!(std::fs::read_to_string(folder.path().join("x.csv")).unwrap(), "old");
    assert_eq!(pqm_in(folder.path(), &["run", "q.pq", "-o", "new.csv"]).code, 1);
    assert_eq!(names(folder.path()), ["q.pq", "x.csv"]);
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let folder = folder_with(&[("q.pq", "1")]);
    let ran = pqm_in(folder.path(), &["run", "q.pq", "-o", "no/x.csv"]);
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (5, "error: Cannot write into the folder 'no': it does not exist.\n")
    );
}

#[cfg(target_os = "linux")]
#[test]
fn files_in_memory_are_written_like_others_and_what_a_link_in_dev_leads_to_is_written_on() {
    let folder = folder_with(&[("q.pq", "12")]);
    let memory = Path::new("/dev/shm");
    if memory.is_dir()
        && let Ok(kept) = tempfile::tempdir_in(memory)
    {
        let path = kept.path().join("x.json");
        for _ in 0..2 {
            let ran = pqm_in(folder.path(), &["run", "q.pq", "-o", path.to_str().unwrap()]);
            assert_eq!(ran.code, 0, "{}", ran.err);
            assert_eq!(std::fs::read_to_string(&path).unwrap(), "12\n");
        }
    }
    let ran = pqm_in(folder.path(), &["run", "q.pq", "-o", "/dev/stderr"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, "12\n"));
}

#[test]
fn the_script_may_be_standard_input_and_have_a_byte_order_mark() {
    assert_eq!(pqm_reading("{1, 2}", &["run", "-", "-f", "m"]).out, "{1, 2}\n");
    assert_eq!(pqm_reading("\u{feff}{1, 2}", &["eval", "-"]).out, "{1, 2}\n");
}

#[test]
fn a_query_of_a_section_is_chosen_by_name_or_by_being_the_only_shared_one() {
    let folder = folder_with(&[("s.pq", SECTION), ("one.pq", "section A; x = 20; shared y = x + 1;")]);
    assert_eq!(pqm_in(folder.path(), &["run", "one.pq"]).out, "21\n");
    assert_eq!(pqm_in(folder.path(), &["run", "one.pq", "--query", "x"]).out, "20\n");
    let ran = pqm_in(folder.path(), &["run", "s.pq"]);
    assert_eq!(ran.code, 2);
    assert_eq!(
        ran.err,
        "error: The section has several queries.\n  help: Choose one with --query: Region, Total, Other.\n"
    );
    let ran = pqm_in(folder.path(), &["run", "s.pq", "--query", "Totl"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("Did you mean Total?"), "{}", ran.err);
}

#[test]
fn parameters_are_texts_or_expressions_and_replace_members_of_the_section() {
    let folder = folder_with(&[("s.pq", SECTION), ("e.pq", "{Region, Year + 1}")]);
    assert_eq!(pqm_in(folder.path(), &["run", "s.pq", "-q", "Total"]).out, "EU!\n");
    assert_eq!(
        pqm_in(folder.path(), &["run", "s.pq", "-q", "Total", "--param", "Region=World"]).out,
        "World!\n"
    );
    let ran = pqm_in(folder.path(), &["run", "e.pq", "-f", "m", "-p", "Region=a=b", "-p", "Year:=2000 + 23"]);
    assert_eq!(ran.out, "{\"a=b\", 2024}\n");
    assert_eq!(pqm_in(folder.path(), &["run", "e.pq"]).code, 3);
}

#[cfg(unix)]
#[test]
fn links_stay_and_permissions_are_kept() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder_with(&[("q.pq", "{1}"), ("real.csv", "old")]);
    let real = folder.path().join("real.csv");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("real.csv", folder.path().join("link.csv")).unwrap();
    assert_eq!(pqm_in(folder.path(), &["run", "q.pq", "-o", "link.csv"]).code, 0);
    assert_eq!(std::fs::read_to_string(&real).unwrap(), "Value\n1\n");
    assert!(std::fs::symlink_metadata(folder.path().join("link.csv")).unwrap().is_symlink());
    assert_eq!(std::fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
}

/// A pipe gives its bytes once; a table over it is read for its width, for its rows, and again.
#[cfg(unix)]
#[test]
fn a_pipe_is_read_as_often_as_a_file() {
    let rows: String = (1..=50_000).map(|number| format!("{number},a text of some length\n")).collect();
    let text = "let t = Csv.Document(File.Contents(\"/dev/stdin\")) in \
                Text.From(Table.RowCount(t)) & \" \" & Text.From(List.Sum(List.Transform(t[Column1], Number.From)))";
    for threads in ["1", "3"] {
        let ran = pqm_reading(&rows, &["eval", text, "--threads", threads]);
        assert_eq!((ran.code, ran.out.trim().trim_matches('"')), (0, "50000 1250025000"), "{}", ran.err);
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_without_end_is_read_as_far_as_is_asked() {
    use std::process::{Command, Stdio};
    let mut endless = Command::new("yes").arg("x,y").stdout(Stdio::piped()).spawn().unwrap();
    let text = "Table.RowCount(Table.FirstN(Csv.Document(File.Contents(\"/dev/stdin\")), 20000))";
    let output = crate::program::command()
        .args(["eval", text])
        .stdin(endless.stdout.take().unwrap())
        .output()
        .unwrap();
    let _ = endless.kill();
    let _ = endless.wait();
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), "20000");
}
