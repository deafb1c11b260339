//! The project file as a tree in which every value knows its place.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};

use super::problem::{Problem, ProblemCode};

/// A place in the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Place {
    pub line: usize,
    pub column: usize,
    pub span: Range<usize>,
}

/// A value with its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub value: NodeValue,
    pub place: Place,
}

/// What a YAML value can be.
#[derive(Clone, Debug)]
pub(super) enum NodeValue {
    Null,
    Logical(bool),
    Whole(i64),
    Double(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// The name of a field with its place.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub text: String,
    pub place: Place,
}

/// One step down the tree.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step<'a> {
    Field(&'a str),
    Item(usize),
}

impl Node {
    /// Reads the text of a file.
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        let options = serde_saphyr::options! {
            strict_booleans: true,
            with_snippet: false,
        };
        match serde_saphyr::from_str_with_options::<Spanned<NodeValue>>(text, options) {
            Ok(root) => Ok(root.into()),
            Err(error) => {
                let place = error.location().map(Place::from).unwrap_or_default();
                let mut reason = error.without_snippet().to_string();
                if let Some(end) = reason.rfind(" at line ") {
                    reason.truncate(end);
                }
                Err(Problem {
                    code: ProblemCode::Syntax,
                    field: String::new(),
                    line: place.line,
                    column: place.column,
                    span: place.span,
                    message: format!("not valid YAML: {reason}"),
                    help: "fix the line; a project file is YAML 1.2".to_owned(),
                })
            }
        }
    }

    pub(super) fn get(&self, field: &str) -> Option<&Self> {
        match &self.value {
            NodeValue::Map(fields) => fields.iter().find(|(key, _)| key.text == field).map(|(_, node)| node),
            _ => None,
        }
    }

    /// The place of the value at a path, or of the nearest thing around it that is there.
    pub(super) fn place_of(&self, path: &[Step<'_>]) -> &Place {
        let Some((step, rest)) = path.split_first() else { return &self.place };
        let next = match (step, &self.value) {
            (Step::Field(name), _) => self.get(name),
            (Step::Item(index), NodeValue::List(items)) => items.get(*index),
            _ => None,
        };
        next.map_or(&self.place, |node| node.place_of(rest))
    }

    /// The same value without places.
    pub(super) fn to_json(&self) -> serde_json::Value {
        use serde_json::Value;
        match &self.value {
            NodeValue::Null => Value::Null,
            NodeValue::Logical(value) => Value::Bool(*value),
            NodeValue::Whole(value) => Value::from(*value),
            NodeValue::Double(value) => Value::from(*value),
            NodeValue::Text(text) => Value::String(text.clone()),
            NodeValue::List(items) => items.iter().map(Self::to_json).collect(),
            NodeValue::Map(fields) => {
                Value::Object(fields.iter().map(|(key, node)| (key.text.clone(), node.to_json())).collect())
            }
        }
    }
}

/// A path as people write it: `tasks[0].source.connection`.
pub(super) fn path_text(path: &[Step<'_>]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Field(name) => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(name);
            }
            Step::Item(index) => text.push_str(&format!("[{index}]")),
        }
    }
    text
}

impl From<Location> for Place {
    fn from(location: Location) -> Self {
        let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let span = location.span();
        let start = number(span.byte_offset().unwrap_or(0));
        let length = number(span.byte_len().unwrap_or(0));
        Self {
            line: number(location.line()),
            column: number(location.column()),
            span: start..start.saturating_add(length),
        }
    }
}

impl From<Spanned<NodeValue>> for Node {
    fn from(spanned: Spanned<NodeValue>) -> Self {
        Self { value: spanned.value, place: spanned.referenced.into() }
    }
}

impl<'de> Deserialize<'de> for NodeValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = NodeValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number, a logical, a list or a set of fields")
    }

    fn visit_unit<E: Error>(self) -> Result<NodeValue, E> {
        Ok(NodeValue::Null)
    }

    fn visit_none<E: Error>(self) -> Result<NodeValue, E> {
        Ok(NodeValue::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<NodeValue, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<NodeValue, E> {
        Ok(NodeValue::Logical(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<NodeValue, E> {
        Ok(NodeValue::Whole(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<NodeValue, E> {
        i64::try_from(value).map(NodeValue::Whole).map_err(|_| E::custom("the number is too large"))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<NodeValue, E> {
        Ok(NodeValue::Double(value))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<NodeValue, E> {
        Ok(NodeValue::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<NodeValue, A::Error> {
        let mut nodes = Vec::new();
        while let Some(item) = items.next_element::<Spanned<NodeValue>>()? {
            nodes.push(item.into());
        }
        Ok(NodeValue::List(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<NodeValue, A::Error> {
        let mut fields = Vec::new();
        while let Some((key, node)) = map.next_entry::<Spanned<String>, Spanned<NodeValue>>()? {
            fields.push((Key { text: key.value, place: key.referenced.into() }, node.into()));
        }
        Ok(NodeValue::Map(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_knows_its_place() {
        let text = "name: é x\ntasks:\n  - { a: 1, b: [Yes, true] }\n  - a: 2.5\n";
        let root = Node::parse(text).unwrap();
        let place = root.place_of(&[Step::Field("tasks"), Step::Item(0), Step::Field("b"), Step::Item(1)]);
        assert_eq!((place.line, place.column), (3, 22));
        assert_eq!(&text[place.span.clone()], "true");
        let name = root.place_of(&[Step::Field("name")]);
        assert_eq!(&text[name.span.clone()], "é x");
        let absent = root.place_of(&[Step::Field("tasks"), Step::Item(1), Step::Field("z")]);
        assert_eq!(absent.line, 4);
        let json = root.to_json().to_string();
        assert_eq!(json, r#"{"name":"é x","tasks":[{"a":1,"b":["Yes",true]},{"a":2.5}]}"#);
    }

    #[test]
    fn broken_yaml_is_a_problem_with_its_line() {
        for (text, line) in [("a: 1\nb: [1, 2\n", 2), ("a: 1\na: 2\n", 2)] {
            let problem = Node::parse(text).unwrap_err();
            assert_eq!(problem.line, line, "{problem:?}");
        }
    }
}
