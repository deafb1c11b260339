use crate::Engine;
use crate::host::LocalHost;

fn evaluate(folder: &std::path::Path, text: &str) -> String {
    Engine::new().with_host(LocalHost::new(folder)).shown(text)
}

#[test]
#[allow(clippy::disallowed_methods)] // Tests write their files.
fn reads_files_that_the_host_grants() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.csv"), "x,y\n1,2\n").unwrap();
    assert_eq!(
        evaluate(folder.path(), "Csv.Document(File.Contents(\"a.csv\"))"),
        "#table(type table [Column1 = nullable text, Column2 = nullable text], {{\"x\", \"y\"}, {\"1\", \"2\"}})"
    );
    assert_eq!(
        evaluate(folder.path(), "File.Contents(\"a.csv\")"),
        "#binary({120, 44, 121, 10, 49, 44, 50, 10})"
    );
}

#[test]
fn says_what_is_wrong_with_a_path() {
    let folder = tempfile::tempdir().unwrap();
    let missing = evaluate(folder.path(), "File.Contents(\"b.csv\")");
    assert!(missing.starts_with("DataSource.NotFound: Could not find file '"), "{missing}");
    let directory = evaluate(folder.path(), "File.Contents(\".\")");
    assert!(directory.starts_with("DataSource.Error: ") && directory.contains("is a folder"), "{directory}");
    let query = Engine::new().compile("test", "File.Contents(\"a.csv\")").unwrap();
    let denied = query.evaluate(&query.start()).unwrap_err().to_string();
    assert!(denied.contains("isn't granted"), "{denied}");
}

#[test]
#[allow(clippy::disallowed_methods)] // Tests write their files.
fn lists_folders() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("b/c")).unwrap();
    for name in ["z.txt", "b/y.csv", "b/c/x"] {
        std::fs::write(folder.path().join(name), name).unwrap();
    }
    let names = |text: &str| evaluate(folder.path(), text);
    assert_eq!(names("Folder.Files(\".\")[Name]"), "{\"z.txt\", \"y.csv\", \"x\"}");
    assert_eq!(names("Folder.Contents(\".\")[Name]"), "{\"z.txt\", \"b\"}");
    assert_eq!(names("Folder.Contents(\".\"){[Name = \"b\"]}[Content][Extension]"), "{\".csv\", \"\"}");
    assert_eq!(names("Folder.Files(\".\"){1}[Attributes][Size]"), "7");
    assert_eq!(names("Folder.Files(\".\"){2}[Content]"), "#binary({98, 47, 99, 47, 120})");
    assert_eq!(names("Folder.Files(\".\"){0}[Date modified] > #datetime(2020, 1, 1, 0, 0, 0)"), "true");
    let missing = names("Folder.Files(\"none\")");
    assert!(missing.starts_with("DataSource.NotFound"), "{missing}");
    let file = names("Folder.Files(\"z.txt\")");
    assert!(file.starts_with("DataSource.Error"), "{file}");
}
