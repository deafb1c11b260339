//! Files: what is read, what is written, and what is left alone.

use std::path::Path;

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

#[test]
fn a_failed_run_leaves_the_old_file_and_nothing_else() {
    let folder = folder_with(&[("q.pq", "#table({\"a\"}, {{1}, {error \"x\"}})"), ("x.csv", "old")]);
    assert_eq!(pqm_in(folder.path(), &["run", "q.pq", "-o", "x.csv"]).code, 1);
    assert_eq!(std::fs::read_to_string(folder.path().join("x.csv")).unwrap(), "old");
    assert_eq!(pqm_in(folder.path(), &["run", "q.pq", "-o", "new.csv"]).code, 1);
    assert_eq!(names(folder.path()), ["q.pq", "x.csv"]);
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
