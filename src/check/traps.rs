//! What the editor writes, or lets people write, that ends badly.

use super::subject::Subject;
use super::{Fix, Report};
use crate::syntax::{Node, NodeId};

pub(super) fn check(subject: &Subject, report: &mut Report<'_>) {
    for visited in &subject.nodes {
        let Some((name, arguments)) = subject.call(visited.id) else { continue };
        match (name.as_str(), arguments) {
            ("Csv.Document", arguments) => {
                arguments.iter().skip(1).for_each(|&options| quotes(subject, report, options));
            }
            ("Table.Distinct", &[table, _]) => {
                if let Some(sort) = sorted(subject, table) {
                    let line = report.shown.line_column(subject.span(sort).start).line;
                    report
                        .add(
                            "M0411",
                            subject.span(visited.id),
                            "Which of the equal rows stays does not follow the sort before it.",
                            "takes any of the equal rows",
                        )
                        .help(format!(
                            "Power Query may leave the sort out here. Put Table.Buffer around the sorted table (line {line}), or \
                             use Table.Group with Table.First or Table.Max."
                        ));
                }
            }
            _ => {}
        }
    }
}

fn quotes(subject: &Subject, report: &mut Report<'_>, options: NodeId) {
    for (name, value) in subject.fields(options).unwrap_or_default() {
        if name != "QuoteStyle" || subject.library_name(value).as_deref() != Some("QuoteStyle.None") {
            continue;
        }
        let fix = matches!(subject.node(value), Node::Name { .. }).then(|| Fix {
            span: subject.span(value),
            replacement: "QuoteStyle.Csv".to_owned(),
            safe: false,
        });
        report
            .add(
                "M0410",
                subject.span(value),
                "QuoteStyle.None breaks quoted cells at line ends.",
                "line ends in quotes end the row",
            )
            .help("QuoteStyle.Csv reads quoted cells whole. `--fix-also M0410` changes it.")
            .fix(fix);
    }
}

/// Steps that leave the order of the rows alone and are no buffer.
const KEEP_ORDER: &[&str] = &[
    "Table.RenameColumns",
    "Table.TransformColumnTypes",
    "Table.SelectColumns",
    "Table.RemoveColumns",
    "Table.ReorderColumns",
    "Table.SelectRows",
    "Table.TransformColumns",
];

/// Steps that are followed backwards.
const STEPS: usize = 64;

/// The sort that the rows of a table come from, with nothing between that keeps its order.
fn sorted(subject: &Subject, table: NodeId) -> Option<NodeId> {
    let mut at = subject.value(table);
    for _ in 0..STEPS {
        let (name, arguments) = subject.call(at)?;
        match name.as_str() {
            "Table.Sort" => return Some(at),
            name if KEEP_ORDER.contains(&name) => at = subject.value(*arguments.first()?),
            _ => return None,
        }
    }
    None
}
