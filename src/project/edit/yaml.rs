//! The lines of a project file that belong to a task.

use std::ops::Range;

use super::EditError;
use crate::project::document::{Node, NodeValue};
use crate::project::model::{FieldMapping, FieldType, MapType, Scalar, Side, Transform};

/// The items of a list of a file, such as its tasks, by the bytes of their lines.
pub(in crate::project) struct ItemBlocks {
    pub(in crate::project) blocks: Vec<Range<usize>>,
    /// The spaces before the dash of an item.
    pub(in crate::project) indent: usize,
}

/// Finds the items of a list, which must stand in lines of their own: `- name: ...`.
pub(in crate::project) fn item_blocks(text: &str, list: &str) -> Result<ItemBlocks, EditError> {
    let flow = || {
        EditError::refused(
            format!("the {list} are not written one below the other"),
            "write each as \"- name: ...\" in lines of its own; then it can be changed",
        )
    };
    let root = Node::parse(text).map_err(|problem| EditError::refused(problem.message, problem.help))?;
    let Some(NodeValue::List(items)) = root.get(list).map(|node| &node.value) else { return Err(flow()) };
    let starts: Vec<usize> =
        std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect();
    let line = |number: usize| {
        let start = starts.get(number).copied().unwrap_or(text.len());
        let end = starts.get(number + 1).copied().unwrap_or(text.len());
        text.get(start..end).unwrap_or_default()
    };
    let spaces = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let mut indent = None;
    let mut firsts = Vec::with_capacity(items.len());
    for item in items {
        let number = item.place.line.saturating_sub(1);
        if !line(number).trim_start().starts_with("- ") {
            return Err(flow());
        }
        indent.get_or_insert(spaces(line(number)));
        firsts.push(number);
    }
    let indent = indent.unwrap_or(2);
    let start = |number: usize| starts.get(number).copied().unwrap_or(text.len());
    let mut blocks = Vec::with_capacity(firsts.len());
    for (i, first) in firsts.iter().enumerate() {
        let mut end = first + 1;
        let mut last = *first;
        while end < starts.len() && firsts.get(i + 1).is_none_or(|next| end < *next) {
            let text = line(end);
            let is_empty = text.trim().is_empty() || text.trim_start().starts_with('#');
            if !is_empty && spaces(text) <= indent {
                break;
            }
            if !is_empty {
                last = end;
            }
            end += 1;
        }
        blocks.push(start(*first)..start(last + 1));
    }
    Ok(ItemBlocks { blocks, indent })
}

/// The block of a task with these lines in place of its query and mappings.
pub(super) fn with_query_and_mappings(
    block: &str,
    indent: usize,
    query: &str,
    mappings: &[FieldMapping],
) -> String {
    let field_indent = indent + 2;
    let spaces = " ".repeat(field_indent);
    let is_field = |line: &str| {
        let trimmed = line.trim_start_matches(' ');
        let at = line.len() - trimmed.len();
        (at == field_indent || at == indent && trimmed.starts_with("- "))
            && !trimmed.starts_with('#')
            && !trimmed.trim().is_empty()
    };
    let name = |line: &str| {
        let line = line.trim_start().trim_start_matches("- ");
        line.split(':').next().unwrap_or_default().trim().to_owned()
    };
    let mut text = String::with_capacity(block.len());
    let mut in_dropped = false;
    for line in block.split_inclusive('\n') {
        // A list may stand at the indentation of its field: "mappings:" and "- " below it.
        let is_item = line.trim_start().starts_with("- ")
            && in_dropped
            && !line.starts_with(&format!("{}- ", " ".repeat(indent)));
        if is_field(line) && !is_item {
            let field = name(line);
            in_dropped = matches!(field.as_str(), "query" | "mappings");
            if field == "destination" {
                text.push_str(&format!("{spaces}query: {}\n{spaces}mappings:\n", scalar(query)));
                for mapping in mappings {
                    text.push_str(&format!("{spaces}  - {}\n", mapping_text(mapping)));
                }
            }
        }
        if !in_dropped {
            text.push_str(line);
        }
    }
    text
}

/// A text as YAML: plain where it cannot be taken for anything else.
pub(in crate::project) fn scalar(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | '/'))
        && !text.ends_with(' ')
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
        );
    if plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

fn scalar_value(value: &Scalar) -> String {
    match value {
        Scalar::Logical(value) => value.to_string(),
        Scalar::Whole(value) => value.to_string(),
        Scalar::Double(value) => format!("{value:?}"),
        Scalar::Text(text) => scalar(text),
    }
}

/// A mapping in one line.
pub(super) fn mapping_text(mapping: &FieldMapping) -> String {
    let mut fields = Vec::new();
    if let Some(source) = &mapping.source {
        fields.push(format!("source: {}", scalar(source)));
    }
    fields.push(format!("destination: {}", scalar(&mapping.destination)));
    match &mapping.transform {
        None | Some(MapType::Copy(_)) => {}
        Some(MapType::One(one)) => fields.push(format!("transform: {}", transform_text(one))),
        Some(MapType::Many(many)) => {
            let all: Vec<String> = many.iter().map(transform_text).collect();
            fields.push(format!("transform: [{}]", all.join(", ")));
        }
    }
    if let Some(field_type) = mapping.field_type {
        let name = match field_type {
            FieldType::Text => "text",
            FieldType::WholeNumber => "whole-number",
            FieldType::Decimal => "decimal",
            FieldType::Number => "number",
            FieldType::Logical => "logical",
            FieldType::Date => "date",
            FieldType::Time => "time",
            FieldType::Datetime => "datetime",
        };
        fields.push(format!("type: {name}"));
    }
    format!("{{ {} }}", fields.join(", "))
}

fn transform_text(transform: &Transform) -> String {
    let default = |default: &Option<Scalar>| {
        default.as_ref().map(|value| format!(", default: {}", scalar_value(value))).unwrap_or_default()
    };
    match transform {
        Transform::Default { value } => format!("{{ fn: default, value: {} }}", scalar_value(value)),
        Transform::Truncate { length: None } => "{ fn: truncate }".to_owned(),
        Transform::Truncate { length: Some(length) } => format!("{{ fn: truncate, length: {length} }}"),
        Transform::Organization { side } => {
            let side = if *side == Side::Source { "source" } else { "destination" };
            format!("{{ fn: organization, side: {side} }}")
        }
        Transform::ValueMap { map, default: other } => {
            let pairs: Vec<String> =
                map.iter().map(|(from, to)| format!("{}: {}", scalar(from), scalar_value(to))).collect();
            format!("{{ fn: value-map, map: {{ {} }}{} }}", pairs.join(", "), default(other))
        }
        Transform::CountryRegionCode { format, default: other } => {
            use crate::project::model::CodeFormat;
            let format = match format {
                CodeFormat::Alpha2 => "",
                CodeFormat::Alpha3 => ", format: alpha-3",
                CodeFormat::Numeric => ", format: numeric",
            };
            format!("{{ fn: country-region-code{format}{} }}", default(other))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_mean_something_else_are_quoted() {
        for (text, yaml) in [
            ("account_number", "account_number"),
            ("Field offices", "Field offices"),
            ("Größe", "Größe"),
            ("yes", "\"yes\""),
            ("7", "\"7\""),
            ("a: b", "\"a: b\""),
            ("", "\"\""),
            ("[x]", "\"[x]\""),
            ("say \"hi\"", "\"say \\\"hi\\\"\""),
        ] {
            assert_eq!(scalar(text), yaml);
            let back: String = serde_saphyr::from_str(&scalar(text)).unwrap();
            assert_eq!(back, text);
        }
    }

    #[test]
    fn every_mapping_can_be_read_again() {
        let yaml = "- { source: \"a: b\", destination: x, transform: [{ fn: value-map, map: { \"1\": one, \"no\": 2 }, default: 0.5 }, { fn: truncate }], type: whole-number }\n\
                    - { destination: y, transform: { fn: organization, side: destination } }\n\
                    - { source: c, destination: z, transform: { fn: country-region-code, format: alpha-3, default: ZZZ } }\n\
                    - { source: d, destination: w, transform: { fn: default, value: true } }\n";
        let mappings: Vec<FieldMapping> = serde_saphyr::from_str(yaml).unwrap();
        let lines: String = mappings.iter().map(|m| format!("- {}\n", mapping_text(m))).collect();
        let back: Vec<FieldMapping> = serde_saphyr::from_str(&lines).unwrap();
        assert_eq!(back, mappings);
    }

    #[test]
    fn tasks_are_found_by_their_lines() {
        let text = "name: x\ntasks:\n  # first\n  - name: A\n    query: a.pq # as it is\n    mappings:\n    - { source: a, destination: b }\n    # keep\n    destination: { connection: c, entity: d }\n\n  - name: B\n    source: {}\nother: 1\n";
        let found = item_blocks(text, "tasks").unwrap();
        assert_eq!(found.indent, 2);
        assert!(
            text[found.blocks[0].clone()].starts_with("  - name: A")
                && text[found.blocks[0].clone()].ends_with("d }\n")
        );
        assert_eq!(&text[found.blocks[1].clone()], "  - name: B\n    source: {}\n");
        let mapping = FieldMapping::of("z");
        let new = with_query_and_mappings(&text[found.blocks[0].clone()], 2, "q.pq", &[mapping]);
        assert_eq!(
            new,
            "  - name: A\n    query: q.pq\n    mappings:\n      - { source: z, destination: z }\n    destination: { connection: c, entity: d }\n"
        );
        assert!(item_blocks("tasks: [{ name: A }]", "tasks").is_err());
    }
}
