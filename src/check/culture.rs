//! Conversions whose result depends on the culture of whoever runs them.

use super::Report;
use super::subject::Subject;
use crate::syntax::{Node, NodeId};

/// Types whose values are written differently in different cultures.
const WRITTEN_DIFFERENTLY: &[&str] = &["number", "date", "datetime", "datetimezone", "time"];
/// Names of types of the same sort.
const NAMED: &[&str] = &[
    "Currency.Type",
    "Decimal.Type",
    "Double.Type",
    "Number.Type",
    "Percentage.Type",
    "Date.Type",
    "DateTime.Type",
];
/// Functions that read a text and take a culture, or options with one, second.
const FROM_TEXT: &[&str] =
    &["Date.FromText", "DateTime.FromText", "DateTimeZone.FromText", "Number.FromText", "Time.FromText"];

pub(super) fn check(subject: &Subject, report: &mut Report<'_>) {
    for visited in &subject.nodes {
        let Some((name, arguments)) = subject.call(visited.id) else { continue };
        let depends = match (name.as_str(), arguments) {
            ("Table.TransformColumnTypes", &[_, types]) => types_depend(subject, types),
            (name, &[text]) if FROM_TEXT.contains(&name) => {
                subject.literal_text(text).is_none_or(|text| !is_neutral(&text))
            }
            _ => false,
        };
        if depends {
            report
                .add(
                    "M0407",
                    subject.span(visited.id),
                    &format!("{name} without a culture reads as the machine it runs on does."),
                    "no culture",
                )
                .help("Say which culture the texts are written in, such as \"en-US\".");
        }
    }
}

fn types_depend(subject: &Subject, types: NodeId) -> bool {
    let Some(items) = subject.list(types) else { return false };
    let ty = |&item: &NodeId| match subject.list(item) {
        Some(&[_, ty]) => Some(ty),
        Some(_) => None,
        None => Some(item),
    };
    items.iter().filter_map(ty).any(|ty| match subject.node(ty) {
        Node::Type(inner) => WRITTEN_DIFFERENTLY.contains(&subject.span(inner).of(subject.text())),
        _ => subject.library_name(ty).is_some_and(|name| NAMED.contains(&name.as_str())),
    })
}

/// ISO dates and plain whole numbers are read the same everywhere.
fn is_neutral(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(text) || text.get(..4).is_some_and(digits) && text.get(4..5) == Some("-")
}
