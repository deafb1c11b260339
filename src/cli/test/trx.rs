//! The report as test results of Visual Studio (TRX), as the SDK's own runner writes them.

use std::hash::{Hash, Hasher};
use std::io;

use pqm::testing::Outcome;
use quick_xml::Writer;
use quick_xml::events::BytesText;
use rustc_hash::FxHasher;

use super::junit::printable;
use super::{Run, text};
use crate::cli::report::Style;

const NAMESPACE: &str = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";
/// The list that holds results which are in no other, and the type of a unit test: both are fixed by the format.
const LIST: &str = "8c84fa94-04c1-424b-9868-57a2d4851a1d";
const UNIT_TEST: &str = "13cdc9d9-ddb5-4fa4-a97d-d965ccfc6d4b";

type Xml = Writer<Vec<u8>>;

/// The whole document.
pub fn report(run: &Run<'_>, style: &Style) -> String {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    // Writing to memory cannot fail.
    let _ = document(&mut writer, run, style);
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n", String::from_utf8_lossy(&writer.into_inner()))
}

fn document(writer: &mut Xml, run: &Run<'_>, style: &Style) -> io::Result<()> {
    // Its readers know seven digits of a second at most.
    let (start, end) = (format!("{:.3}", run.times.0), format!("{:.3}", run.times.1));
    let id = guid(&("run", &start));
    let root = [("id", id.as_str()), ("name", "pqm test"), ("xmlns", NAMESPACE)];
    writer.create_element("TestRun").with_attributes(root).write_inner_content(|writer| {
        let times = [("creation", &start), ("queuing", &start), ("start", &start), ("finish", &end)];
        let times = times.map(|(name, value)| (name, value.as_str()));
        writer.create_element("Times").with_attributes(times).write_empty()?;
        writer.create_element("Results").write_inner_content(|writer| results(writer, run, style))?;
        writer.create_element("TestDefinitions").write_inner_content(|writer| definitions(writer, run))?;
        writer.create_element("TestEntries").write_inner_content(|writer| {
            run.results.iter().try_for_each(|result| {
                let (test, execution) = (guid(&result.name), guid(&("execution", &result.name)));
                let ids = [("testId", test.as_str()), ("executionId", &execution), ("testListId", LIST)];
                writer.create_element("TestEntry").with_attributes(ids).write_empty().map(|_| ())
            })
        })?;
        writer.create_element("TestLists").write_inner_content(|writer| {
            let list = [("name", "Results Not in a List"), ("id", LIST)];
            writer.create_element("TestList").with_attributes(list).write_empty().map(|_| ())
        })?;
        summary(writer, run)
    })?;
    Ok(())
}

fn results(writer: &mut Xml, run: &Run<'_>, style: &Style) -> io::Result<()> {
    run.results.iter().try_for_each(|result| {
        let good = result.outcome.is_good();
        let (test, execution) = (guid(&result.name), guid(&("execution", &result.name)));
        let seconds = result.duration.as_secs();
        let ticks = result.duration.subsec_nanos() / 100;
        let duration =
            format!("{:02}:{:02}:{:02}.{ticks:07}", seconds / 3600, seconds / 60 % 60, seconds % 60);
        let name = printable(&result.name);
        let element = writer.create_element("UnitTestResult").with_attributes([
            ("executionId", execution.as_str()),
            ("testId", &test),
            ("testName", &name),
            ("computerName", "pqm"),
            ("duration", &duration),
            ("testType", UNIT_TEST),
            ("outcome", if good { "Passed" } else { "Failed" }),
            ("testListId", LIST),
        ]);
        if good {
            return element.write_empty().map(|_| ());
        }
        let what = match &result.outcome {
            Outcome::Missing(_) => "There is no output file.",
            Outcome::Errored(_) => "The test could not be evaluated.",
            _ => "The value is not what was expected.",
        };
        let detail = printable(&text::detail(run, result, style));
        element
            .write_inner_content(|writer| {
                writer.create_element("Output").write_inner_content(|writer| {
                    writer.create_element("ErrorInfo").write_inner_content(|writer| {
                        let message = format!("{what}\n{detail}");
                        writer
                            .create_element("Message")
                            .write_text_content(BytesText::new(&message))
                            .map(|_| ())
                    })?;
                    Ok(())
                })?;
                Ok(())
            })
            .map(|_| ())
    })
}

fn definitions(writer: &mut Xml, run: &Run<'_>) -> io::Result<()> {
    run.results.iter().try_for_each(|result| {
        let (test, execution) = (guid(&result.name), guid(&("execution", &result.name)));
        let file = run.cases.get(result.case).map(|case| case.file.display().to_string()).unwrap_or_default();
        let name = printable(&result.name);
        let attributes = [("name", name.as_str()), ("storage", &file), ("id", &test)];
        writer
            .create_element("UnitTest")
            .with_attributes(attributes)
            .write_inner_content(|writer| {
                writer
                    .create_element("Execution")
                    .with_attribute(("id", execution.as_str()))
                    .write_empty()?;
                let method = [("codeBase", file.as_str()), ("className", "pqm"), ("name", &name)];
                writer.create_element("TestMethod").with_attributes(method).write_empty().map(|_| ())
            })
            .map(|_| ())
    })
}

fn summary(writer: &mut Xml, run: &Run<'_>) -> io::Result<()> {
    let counts = run.counts();
    let all = run.results.len().to_string();
    let good = (counts.passed + counts.updated).to_string();
    let failed = (counts.failed + counts.missing + counts.errored).to_string();
    let outcome = if failed == "0" { "Completed" } else { "Failed" };
    writer.create_element("ResultSummary").with_attribute(("outcome", outcome)).write_inner_content(
        |writer| {
            let numbers = [("total", &all), ("executed", &all), ("passed", &good), ("failed", &failed)];
            let numbers = numbers.map(|(name, value)| (name, value.as_str()));
            writer.create_element("Counters").with_attributes(numbers).write_empty().map(|_| ())
        },
    )?;
    Ok(())
}

/// An identifier made from a name: the same in every run.
fn guid(name: &impl Hash) -> String {
    let half = |salt: u8| {
        let mut hasher = FxHasher::default();
        salt.hash(&mut hasher);
        name.hash(&mut hasher);
        hasher.finish()
    };
    let (high, low) = (half(1), half(2));
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0x0fff | 0x4000,
        low >> 48 & 0x3fff | 0x8000,
        low & 0xffff_ffff_ffff
    )
}
