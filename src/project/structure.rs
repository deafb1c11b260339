//! The published JSON Schema of project files, and the check of a file against it.
//!
//! The check walks the file and the schema together, so that every mistake in the shape of a file is found
//! at once and the model is declared only once. It knows the part of JSON Schema that the model produces.

use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::document::{Node, NodeValue, Place, Step, path_text};
use super::model::{ConnectionsFile, ProjectFile};
use super::problem::{Problem, ProblemCode, suggest};

/// The JSON Schema of a project file, for editors.
pub fn json_schema() -> Value {
    let mut schema = schemars::schema_for!(ProjectFile).to_value();
    if let Value::Object(fields) = &mut schema {
        fields.insert("title".to_owned(), Value::from("pqm integration project"));
    }
    schema
}

/// The schema of a project file, made once.
pub(super) fn project() -> &'static Value {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    SCHEMA.get_or_init(json_schema)
}

/// The schema of a file of connections, made once.
pub(super) fn connections() -> &'static Value {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    SCHEMA.get_or_init(|| schemars::schema_for!(ConnectionsFile).to_value())
}

/// Every mistake in the shape of the file, after a schema.
pub(super) fn check(root: &Node, schema: &Value) -> Vec<Problem> {
    let mut walk = Walk { schema, path: Vec::new(), problems: Vec::new() };
    walk.node(root, schema);
    walk.problems
}

struct Walk<'a, 's> {
    schema: &'s Value,
    path: Vec<Step<'a>>,
    problems: Vec<Problem>,
}

impl<'a, 's> Walk<'a, 's> {
    fn report(&mut self, code: ProblemCode, place: &Place, message: String, help: String) {
        self.problems.push(Problem {
            code,
            field: path_text(&self.path),
            line: place.line,
            column: place.column,
            span: place.span.clone(),
            message,
            help,
        });
    }

    fn node(&mut self, node: &'a Node, schema: &'s Value) {
        let schema = resolve(self.schema, schema);
        if let Some(branches) = branches(self.schema, schema) {
            return self.one_of(node, &branches);
        }
        if !accepts(schema, node) {
            let message = format!("{} stands where {} belongs", kind_of(node), kinds_of(&[schema]));
            return self.report(ProblemCode::WrongValue, &node.place, message, String::new());
        }
        match &node.value {
            NodeValue::Text(text) => self.text(text, node, schema),
            NodeValue::Whole(value) => {
                let least = schema.get("minimum").and_then(Value::as_i64);
                let most = schema.get("maximum").and_then(Value::as_i64);
                if least.is_some_and(|least| *value < least) || most.is_some_and(|most| *value > most) {
                    let message = format!("{value} is out of range");
                    self.report(ProblemCode::WrongValue, &node.place, message, String::new());
                }
            }
            NodeValue::List(items) => {
                if let Some(schema) = schema.get("items") {
                    for (i, item) in items.iter().enumerate() {
                        self.path.push(Step::Item(i));
                        self.node(item, schema);
                        self.path.pop();
                    }
                }
            }
            NodeValue::Map(fields) => self.fields(fields, node, schema),
            NodeValue::Null | NodeValue::Logical(_) | NodeValue::Double(_) => {}
        }
    }

    fn text(&mut self, text: &str, node: &Node, schema: &Value) {
        let allowed = allowed_texts(schema);
        if !allowed.is_empty() && !allowed.contains(&text) {
            let message = format!("{text:?} is not a value of this field");
            let help = suggest(text, allowed);
            self.report(ProblemCode::WrongValue, &node.place, message, help);
        }
    }

    fn fields(&mut self, fields: &'a [(super::document::Key, Node)], node: &Node, schema: &'s Value) {
        let known = schema.get("properties").and_then(Value::as_object).unwrap_or(no_fields());
        let others = schema.get("additionalProperties");
        for (key, value) in fields {
            self.path.push(Step::Field(&key.text));
            match (known.get(&key.text), others) {
                (Some(schema), _) => self.node(value, schema),
                (None, Some(Value::Bool(false))) => {
                    let help = suggest(&key.text, known.keys().map(String::as_str));
                    let message = format!("there is no field {:?} here", key.text);
                    self.report(ProblemCode::UnknownField, &key.place, message, help);
                }
                (None, Some(schema)) => self.node(value, schema),
                (None, None) => {}
            }
            self.path.pop();
        }
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        for name in required.filter_map(Value::as_str) {
            if node.get(name).is_none() {
                let help = known
                    .get(name)
                    .and_then(|s| s.get("description"))
                    .and_then(Value::as_str)
                    .map(|text| format!("{name}: {}", text.replace('\n', " ")))
                    .unwrap_or_default();
                let message = format!("the field {name:?} is missing");
                self.report(ProblemCode::MissingField, &node.place, message, help);
            }
        }
    }

    fn one_of(&mut self, node: &'a Node, branches: &[&'s Value]) {
        let fitting: Vec<&'s Value> = branches.iter().copied().filter(|b| accepts(b, node)).collect();
        let tagged: Vec<(&str, &str, &'s Value)> =
            fitting.iter().filter_map(|b| tag(b).map(|(name, value)| (name, value, *b))).collect();
        if let (NodeValue::Map(_), Some((name, ..))) = (&node.value, tagged.first()) {
            let names = || tagged.iter().map(|(_, value, _)| *value);
            return match node.get(name).map(|n| (&n.value, &n.place)) {
                None => {
                    let message = format!("the field {name:?} is missing");
                    self.report(ProblemCode::MissingField, &node.place, message, suggest("", names()));
                }
                Some((NodeValue::Text(given), place)) => {
                    match tagged.iter().find(|(_, value, _)| value == given) {
                        Some((_, _, branch)) => self.node(node, branch),
                        None => {
                            let message = format!("there is no {name} {given:?}");
                            self.report(ProblemCode::WrongValue, place, message, suggest(given, names()));
                        }
                    }
                }
                Some((_, place)) => {
                    let message = format!("the field {name:?} must be text");
                    self.report(ProblemCode::WrongValue, place, message, suggest("", names()));
                }
            };
        }
        // Texts that are each a branch of their own are one list of names to choose from.
        if let NodeValue::Text(text) = &node.value {
            let names: Vec<&str> = fitting.iter().flat_map(|b| allowed_texts(b)).collect();
            let free = fitting.iter().any(|b| allowed_texts(b).is_empty());
            if !free && !fitting.is_empty() {
                if !names.contains(&text.as_str()) {
                    let message = format!("{text:?} is not a value of this field");
                    self.report(ProblemCode::WrongValue, &node.place, message, suggest(text, names));
                }
                return;
            }
        }
        match fitting.first() {
            Some(branch) => self.node(node, branch),
            None => {
                let message = format!("{} stands where {} belongs", kind_of(node), kinds_of(branches));
                self.report(ProblemCode::WrongValue, &node.place, message, String::new());
            }
        }
    }
}

fn no_fields() -> &'static Map<String, Value> {
    static NONE: OnceLock<Map<String, Value>> = OnceLock::new();
    NONE.get_or_init(Map::new)
}

fn resolve<'s>(root: &'s Value, value: &'s Value) -> &'s Value {
    match value.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix("#/$defs/")) {
        Some(name) => root.get("$defs").and_then(|defs| defs.get(name)).unwrap_or(value),
        None => value,
    }
}

/// The alternatives of a schema, nested ones flattened.
fn branches<'s>(root: &'s Value, schema: &'s Value) -> Option<Vec<&'s Value>> {
    let list = schema.get("anyOf").or_else(|| schema.get("oneOf"))?.as_array()?;
    let mut all = Vec::with_capacity(list.len());
    for branch in list.iter().map(|branch| resolve(root, branch)) {
        match branches(root, branch) {
            Some(inner) => all.extend(inner),
            None => all.push(branch),
        }
    }
    Some(all)
}

/// The name and value of the field that tells variants apart.
fn tag(schema: &Value) -> Option<(&str, &str)> {
    let fields = schema.get("properties")?.as_object()?;
    fields.iter().find_map(|(name, field)| Some((name.as_str(), field.get("const")?.as_str()?)))
}

fn allowed_texts(schema: &Value) -> Vec<&str> {
    let one = schema.get("const").and_then(Value::as_str);
    let many = schema.get("enum").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    one.into_iter().chain(many).collect()
}

/// The JSON types a schema names; none means any.
fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn accepts(schema: &Value, node: &Node) -> bool {
    let types = types(schema);
    types.is_empty()
        || types.iter().any(|name| match &node.value {
            NodeValue::Null => *name == "null",
            NodeValue::Logical(_) => *name == "boolean",
            NodeValue::Whole(_) => matches!(*name, "integer" | "number"),
            NodeValue::Double(_) => *name == "number",
            NodeValue::Text(_) => *name == "string",
            NodeValue::List(_) => *name == "array",
            NodeValue::Map(_) => *name == "object",
        })
}

fn kind_of(node: &Node) -> &'static str {
    match &node.value {
        NodeValue::Null => "nothing",
        NodeValue::Logical(_) => "a logical",
        NodeValue::Whole(_) | NodeValue::Double(_) => "a number",
        NodeValue::Text(_) => "a text",
        NodeValue::List(_) => "a list",
        NodeValue::Map(_) => "a set of fields",
    }
}

fn kinds_of(schemas: &[&Value]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for name in schemas.iter().flat_map(|s| types(s)) {
        let name = match name {
            "boolean" => "a logical",
            "integer" => "a whole number",
            "number" => "a number",
            "string" => "a text",
            "array" => "a list",
            "object" => "a set of fields",
            _ => continue,
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The committed schema is the model's. To renew it: `PQM_WRITE_SCHEMA=1 cargo test schema`.
    #[test]
    fn the_published_schema_is_the_models() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/schema/project.schema.json");
        let text = serde_json::to_string_pretty(&json_schema()).unwrap() + "\n";
        if std::env::var_os("PQM_WRITE_SCHEMA").is_some() {
            std::fs::write(path, &text).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), text);
    }
}
