//! Steps after which a source cannot do the work any more.

use super::Report;
use super::subject::Subject;
use crate::syntax::{Node, NodeId};

/// Sources that do the work of steps themselves.
const SOURCES: &[&str] = &[
    "AmazonRedshift.Database",
    "AzureStorage.Tables",
    "DB2.Database",
    "Dataverse.Contents",
    "CommonDataService.Database",
    "GoogleBigQuery.Database",
    "Informix.Database",
    "MySQL.Database",
    "OData.Feed",
    "Odbc.DataSource",
    "OleDb.DataSource",
    "Oracle.Database",
    "PostgreSQL.Database",
    "SapHana.Database",
    "Snowflake.Databases",
    "Sql.Database",
    "Sql.Databases",
    "Sybase.Database",
    "Teradata.Database",
    "Value.NativeQuery",
];

/// Steps that no source does. `Table.StopFolding` is not among them: it is there to do so.
const ENDS: &[&str] = &[
    "Table.AddIndexColumn",
    "Table.AlternateRows",
    "Table.Buffer",
    "Table.DemoteHeaders",
    "Table.FillDown",
    "Table.FillUp",
    "Table.FromRecords",
    "Table.LastN",
    "Table.PromoteHeaders",
    "Table.RemoveLastN",
    "Table.RemoveRowsWithErrors",
    "Table.ReplaceErrorValues",
    "Table.ReverseRows",
    "Table.SelectRowsWithErrors",
    "Table.Transpose",
];

/// Steps that make a source send less.
const REDUCE: &[&str] = &[
    "Table.SelectRows",
    "Table.SelectColumns",
    "Table.RemoveColumns",
    "Table.FirstN",
    "Table.Group",
    "Table.Distinct",
    "Table.MinN",
    "Table.MaxN",
];

/// Steps that are followed backwards.
const STEPS: usize = 200;

pub(super) fn check(subject: &Subject, report: &mut Report<'_>) {
    let mut told = Vec::new();
    for visited in &subject.nodes {
        let Some((name, arguments)) = subject.call(visited.id) else { continue };
        let (true, Some(&table)) = (REDUCE.contains(&name.as_str()), arguments.first()) else { continue };
        let Some(end) = end_before(subject, table).filter(|end| !told.contains(end)) else { continue };
        told.push(end);
        let Some((what, _)) = subject.call(end) else { continue };
        let line = report.shown.line_column(subject.span(visited.id).start).line;
        report
            .add(
                "M0414",
                subject.span(end),
                &format!("{what} ends folding: the {name} after it (line {line}) is done here, on all rows."),
                "the source does no step after this one",
            )
            .help(
                "If it gives the same result, do the step that leaves rows or columns out before this one.",
            );
    }
}

/// The first step of those before a table that no source does, if the table comes from a source that does steps.
fn end_before(subject: &Subject, table: NodeId) -> Option<NodeId> {
    let (mut at, mut end) = (subject.value(table), None);
    for _ in 0..STEPS {
        at = subject.value(match subject.node(at) {
            // Going to a table of a source.
            Node::Item { target, .. } | Node::Field { target: Some(target), .. } => target,
            Node::Call { .. } => {
                let (name, arguments) = subject.call(at)?;
                if SOURCES.contains(&name.as_str()) {
                    return end;
                }
                if name == "Table.StopFolding" || !name.starts_with("Table.") {
                    return None;
                }
                if ENDS.contains(&name.as_str()) {
                    end = Some(at);
                }
                *arguments.first()?
            }
            _ => return None,
        });
    }
    None
}
