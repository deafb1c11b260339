//! The report as JUnit's XML, which build servers read.

use std::io;

use pqm::testing::Outcome;
use quick_xml::Writer;
use quick_xml::events::BytesText;

use super::{Run, text};
use crate::cli::report::Style;

/// The whole document.
pub fn report(run: &Run<'_>, style: &Style) -> String {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    // Writing to memory cannot fail.
    let _ = document(&mut writer, run, style);
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n", String::from_utf8_lossy(&writer.into_inner()))
}

fn document(writer: &mut Writer<Vec<u8>>, run: &Run<'_>, style: &Style) -> io::Result<()> {
    let counts = run.counts();
    let numbers = [
        ("name", "pqm test".to_owned()),
        ("tests", run.results.len().to_string()),
        ("failures", (counts.failed + counts.missing).to_string()),
        ("errors", counts.errored.to_string()),
        ("skipped", "0".to_owned()),
        ("time", seconds(run.duration)),
    ];
    let numbers = || numbers.iter().map(|(name, value)| (*name, value.as_str()));
    writer.create_element("testsuites").with_attributes(numbers()).write_inner_content(|writer| {
        writer.create_element("testsuite").with_attributes(numbers()).write_inner_content(|writer| {
            run.results.iter().try_for_each(|result| {
                let (group, _) = result.name.rsplit_once('/').unwrap_or(("", ""));
                let name = printable(&result.name);
                let time = seconds(result.duration);
                let case = writer.create_element("testcase").with_attributes([
                    ("name", name.as_str()),
                    ("classname", group),
                    ("time", time.as_str()),
                ]);
                let (element, message) = match &result.outcome {
                    Outcome::Passed | Outcome::Updated => return case.write_empty().map(|_| ()),
                    Outcome::Errored(_) => ("error", "could not be evaluated"),
                    Outcome::Missing(_) => ("failure", "no output file"),
                    Outcome::Failed(..) | Outcome::Fact(_) => ("failure", "not what was expected"),
                };
                let detail = printable(&text::detail(run, result, style));
                case.write_inner_content(|writer| {
                    writer
                        .create_element(element)
                        .with_attribute(("message", message))
                        .write_text_content(BytesText::new(&detail))
                        .map(|_| ())
                })
                .map(|_| ())
            })
        })?;
        Ok(())
    })?;
    Ok(())
}

fn seconds(duration: std::time::Duration) -> String {
    format!("{:.3}", duration.as_secs_f64())
}

/// Without the control characters that XML cannot hold.
pub fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}
