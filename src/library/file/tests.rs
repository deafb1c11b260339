use crate::Engine;
use crate::host::LocalHost;
use crate::value::literal_text;

fn evaluate(folder: &std::path::Path, text: &str) -> String {
    let query = Engine::new().with_host(LocalHost::new(folder)).compile("test", text).unwrap();
    let ctx = query.start();
    match query.evaluate(&ctx).and_then(|value| literal_text(&ctx, &value)) {
        Ok(text) => text,
        Err(error) => error.to_string(),
    }
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
