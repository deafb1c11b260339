//! JSON text as values.
//!
//! Whole numbers become `Int64` where they fit, all other numbers doubles. Objects keep the order of their fields;
//! objects with the same names in the same order share one shape. Of several fields with one name the last one
//! counts, at the place of the first.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::eval::Context;
use crate::value::{Error, List, Member, Record, Result, Shape, Text, Value};

/// The value of a JSON document.
///
/// # Errors
/// `DataFormat.Error` with the place, counted in UTF-16 units, where the text is no JSON.
pub fn parse(ctx: &Context, text: &str) -> Result<Value> {
    Documents::default().parse(ctx, text)
}

/// JSON documents one after the other: objects of several documents share shapes, too.
#[derive(Default)]
pub struct Documents(Shapes);

impl Documents {
    /// The value of the next document.
    ///
    /// # Errors
    /// As [`parse`].
    pub fn parse(&mut self, ctx: &Context, text: &str) -> Result<Value> {
        let mut parser = Parser { ctx, text, bytes: text.as_bytes(), at: 0, shapes: &mut self.0 };
        let value = parser.value()?;
        parser.skip_white_space();
        match parser.bytes.get(parser.at) {
            None => Ok(value),
            Some(_) => Err(parser.error("We found extra characters at the end of JSON input.")),
        }
    }
}

struct Parser<'a> {
    ctx: &'a Context,
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    shapes: &'a mut Shapes,
}

impl Parser<'_> {
    fn value(&mut self) -> Result<Value> {
        self.ctx.step()?;
        self.skip_white_space();
        match self.bytes.get(self.at) {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => Ok(Value::Text(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Value::Logical(true)),
            Some(b'f') => self.word("false", Value::Logical(false)),
            Some(b'n') => self.word("null", Value::Null),
            _ => Err(self.unexpected()),
        }
    }

    fn nested(&mut self, inside: fn(&mut Self) -> Result<Value>) -> Result<Value> {
        let ctx = self.ctx;
        ctx.nested(|| inside(self))
    }

    fn object(&mut self) -> Result<Value> {
        self.at += 1;
        let mut fields = Fields::default();
        self.skip_white_space();
        if self.bytes.get(self.at) == Some(&b'}') {
            self.at += 1;
        } else {
            loop {
                self.skip_white_space();
                if self.bytes.get(self.at) != Some(&b'"') {
                    return Err(self.unexpected());
                }
                let name = self.string()?;
                self.skip_white_space();
                self.expect(b':')?;
                let value = self.value()?;
                self.shapes.add(&mut fields, name, Member::Ready(value));
                self.skip_white_space();
                match self.bytes.get(self.at) {
                    Some(b',') => self.at += 1,
                    Some(b'}') => {
                        self.at += 1;
                        break;
                    }
                    _ => return Err(self.unexpected()),
                }
            }
        }
        let shape = self.shapes.shape(fields.node);
        Ok(Value::Record(Arc::new(Record::new(shape, fields.members))))
    }

    fn array(&mut self) -> Result<Value> {
        self.at += 1;
        let mut items = Vec::new();
        self.skip_white_space();
        if self.bytes.get(self.at) == Some(&b']') {
            self.at += 1;
        } else {
            loop {
                items.push(Member::Ready(self.value()?));
                self.skip_white_space();
                match self.bytes.get(self.at) {
                    Some(b',') => self.at += 1,
                    Some(b']') => {
                        self.at += 1;
                        break;
                    }
                    _ => return Err(self.unexpected()),
                }
            }
        }
        items.shrink_to_fit();
        Ok(Value::List(Arc::new(List::Items(items))))
    }

    /// The string whose opening quote is here.
    fn string(&mut self) -> Result<Text> {
        self.at += 1;
        let mut unescaped: Option<String> = None;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let Some(found) = memchr::memchr2(b'"', b'\\', rest) else {
                self.at = self.bytes.len();
                return Err(self.unexpected());
            };
            let end = self.at + found;
            // Both ends are next to ASCII characters.
            let piece = self.text.get(self.at..end).unwrap_or_default();
            let closed = self.bytes.get(end) == Some(&b'"');
            self.at = end + 1;
            if closed {
                return Ok(match unescaped {
                    None => Text::new(piece),
                    Some(mut text) => {
                        text.push_str(piece);
                        Text::from(text)
                    }
                });
            }
            let mut text = unescaped.take().unwrap_or_default();
            text.push_str(piece);
            self.escape(&mut text)?;
            unescaped = Some(text);
        }
    }

    /// What follows a backslash.
    fn escape(&mut self, out: &mut String) -> Result<()> {
        let escaped = match self.bytes.get(self.at) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                let mut units = vec![self.unit()?];
                // The second half of a pair follows as an escape of its own.
                if matches!(units.first(), Some(0xD800..=0xDBFF))
                    && self.bytes.get(self.at..self.at + 2) == Some(b"\\u")
                {
                    let before = self.at;
                    self.at += 2;
                    let second = self.unit()?;
                    if matches!(second, 0xDC00..=0xDFFF) {
                        units.push(second);
                    } else {
                        self.at = before;
                    }
                }
                out.push_str(&String::from_utf16_lossy(&units));
                return Ok(());
            }
            _ => return Err(self.unexpected()),
        };
        out.push(escaped);
        self.at += 1;
        Ok(())
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Result<u16> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.bytes.get(self.at).and_then(|byte| char::from(*byte).to_digit(16));
            let Some(digit) = digit else { return Err(self.unexpected()) };
            unit = unit << 4 | digit as u16;
            self.at += 1;
        }
        Ok(unit)
    }

    fn number(&mut self) -> Result<Value> {
        let start = self.at;
        if self.bytes.get(self.at) == Some(&b'-') {
            self.at += 1;
        }
        let leading = self.at;
        self.digits()?;
        if self.bytes.get(leading) == Some(&b'0') && self.at > leading + 1 {
            // Digits after a zero at the start belong to no number.
            self.at = leading + 1;
            return Err(self.unexpected());
        }
        let mut whole = true;
        if self.bytes.get(self.at) == Some(&b'.') {
            whole = false;
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(self.at) {
            whole = false;
            self.at += 1;
            if let Some(b'+' | b'-') = self.bytes.get(self.at) {
                self.at += 1;
            }
            self.digits()?;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        if whole && let Ok(number) = text.parse::<i64>() {
            return Ok(Value::Int64(number));
        }
        match text.parse::<f64>() {
            Ok(number) => Ok(Value::Double(number)),
            Err(_) => Err(self.unexpected()),
        }
    }

    fn digits(&mut self) -> Result<()> {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        if self.at == start { Err(self.unexpected()) } else { Ok(()) }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value> {
        if self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes())) {
            self.at += word.len();
            return Ok(value);
        }
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += rest.iter().zip(word.as_bytes()).take_while(|(a, b)| a == b).count();
        Err(self.unexpected())
    }

    fn expect(&mut self, byte: u8) -> Result<()> {
        if self.bytes.get(self.at) != Some(&byte) {
            return Err(self.unexpected());
        }
        self.at += 1;
        Ok(())
    }

    fn skip_white_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    /// The error for what stands here, be it a character or the end.
    fn unexpected(&self) -> Error {
        if self.at >= self.bytes.len() {
            self.error("We reached the end of the buffer.")
        } else {
            self.error("We found an unexpected character in the JSON input.")
        }
    }

    fn error(&self, message: &str) -> Error {
        let mut at = self.at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let (before, rest) = self.text.split_at(at);
        let found = rest.chars().next().map(String::from).unwrap_or_default();
        Error::data_format(message).with_detail(Value::record([
            ("Value", Value::from(found)),
            ("Position", Value::from(before.encode_utf16().count() as i64)),
        ]))
    }
}

/// The members of an object while it is read.
#[derive(Default)]
struct Fields {
    members: Vec<Member>,
    /// The node of [`Shapes`] for the names so far.
    node: u32,
    /// Where each name is; only once a long object was found to have new names.
    index: Option<FxHashMap<Text, u32>>,
}

/// The sequences of names met so far, as a tree: the root is the object without names, and each child has one more.
struct Shapes {
    nodes: Vec<Node>,
    steps: FxHashMap<(u32, Text), Step>,
}

struct Node {
    parent: u32,
    name: Text,
    depth: u32,
    /// The step taken last from here; tried first.
    latest: Option<(Text, Step)>,
    shape: Option<Arc<Shape>>,
}

#[derive(Clone, Copy)]
enum Step {
    /// On to this node.
    New(u32),
    /// The name is there already, at this position.
    Again(u32),
}

/// Objects with more names than this look for repeated names in an index.
const FEW: usize = 16;

impl Default for Shapes {
    fn default() -> Shapes {
        let root = Node { parent: 0, name: Text::default(), depth: 0, latest: None, shape: None };
        Shapes { nodes: vec![root], steps: FxHashMap::default() }
    }
}

impl Shapes {
    /// Adds a field to an object.
    fn add(&mut self, fields: &mut Fields, name: Text, member: Member) {
        match self.step(fields, name) {
            Step::New(node) => {
                fields.node = node;
                fields.members.push(member);
            }
            Step::Again(position) => {
                if let Some(known) = fields.members.get_mut(position as usize) {
                    *known = member;
                }
            }
        }
    }

    fn step(&mut self, fields: &mut Fields, name: Text) -> Step {
        let from = fields.node;
        if let Some(Node { latest: Some((known, step)), .. }) = self.nodes.get(from as usize)
            && *known == name
        {
            return *step;
        }
        let key = (from, name);
        let step = match self.steps.get(&key) {
            Some(step) => *step,
            None => {
                let step = match self.position(fields, &key.1) {
                    Some(position) => Step::Again(position),
                    None => {
                        let node = self.nodes.len() as u32;
                        let depth = fields.members.len() as u32 + 1;
                        let name = key.1.clone();
                        self.nodes.push(Node { parent: from, name, depth, latest: None, shape: None });
                        Step::New(node)
                    }
                };
                self.steps.insert(key.clone(), step);
                step
            }
        };
        if let Some(node) = self.nodes.get_mut(from as usize) {
            node.latest = Some((key.1, step));
        }
        step
    }

    /// Where the object has `name` already.
    fn position(&self, fields: &mut Fields, name: &Text) -> Option<u32> {
        if fields.members.len() <= FEW {
            let names = self.names(fields.node);
            return names.iter().position(|known| known == name).map(|at| at as u32);
        }
        let known = fields.index.get_or_insert_with(FxHashMap::default);
        if known.len() < fields.members.len() {
            // Only the names that came since are missing.
            let mut node = fields.node;
            while let Some(found) = self.nodes.get(node as usize)
                && found.depth as usize > known.len()
            {
                node = found.parent;
            }
            let mut missing = Vec::new();
            let mut at = fields.node;
            while at != node
                && let Some(found) = self.nodes.get(at as usize)
            {
                missing.push((found.name.clone(), found.depth - 1));
                at = found.parent;
            }
            known.extend(missing);
        }
        known.get(name).copied()
    }

    fn names(&self, node: u32) -> Vec<Text> {
        let mut names = Vec::new();
        let mut at = node;
        while let Some(found) = self.nodes.get(at as usize)
            && found.depth > 0
        {
            names.push(found.name.clone());
            at = found.parent;
        }
        names.reverse();
        names
    }

    fn shape(&mut self, node: u32) -> Arc<Shape> {
        if let Some(Node { shape: Some(shape), .. }) = self.nodes.get(node as usize) {
            return Arc::clone(shape);
        }
        let shape = Arc::new(Shape::new(self.names(node)));
        if let Some(node) = self.nodes.get_mut(node as usize) {
            node.shape = Some(Arc::clone(&shape));
        }
        shape
    }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::Engine;
    use crate::eval::{Context, Limits};
    use crate::value::{Value, literal_text};

    fn context() -> Context {
        Engine::new().compile("test", "null").unwrap().start()
    }

    fn shown(text: &str) -> String {
        let ctx = context();
        match parse(&ctx, text) {
            Ok(value) => literal_text(&ctx, &value).unwrap(),
            Err(error) => {
                format!(
                    "{}: {} {}",
                    error.reason(),
                    error.message(),
                    literal_text(&ctx, &error.detail()).unwrap()
                )
            }
        }
    }

    #[test]
    fn values_become_values() {
        assert_eq!(
            shown(" {\"a\": [1, -2.5, 1e3, true, false, null, \"x\"], \"b c\": {}, \"d\": []}\r\n"),
            "[a = {1, -2.5, 1000, true, false, null, \"x\"}, #\"b c\" = [], d = {}]"
        );
        assert_eq!(shown("9223372036854775807"), "9223372036854775807");
        assert_eq!(shown("123456789012345678901234567890"), "1.2345678901234568E+29");
        assert!(matches!(parse(&context(), "7"), Ok(Value::Int64(7))));
        assert!(matches!(parse(&context(), "7.0"), Ok(Value::Double(_))));
    }

    #[test]
    fn strings_are_unescaped() {
        assert_eq!(shown(r#""a\"\\\/\b\f\n\r\té\ud83d\ude00é""#), {
            let ctx = context();
            literal_text(&ctx, &Value::text("a\"\\/\u{8}\u{c}\n\r\t\u{e9}\u{1F600}\u{e9}")).unwrap()
        });
        assert_eq!(parse(&context(), r#""\ud83d\u0041""#).unwrap().as_text(), Some("\u{FFFD}A"));
    }

    #[test]
    fn the_last_of_equal_names_counts() {
        assert_eq!(shown("{\"a\":1,\"b\":2,\"a\":3}"), "[a = 3, b = 2]");
        let many: Vec<String> = (0..50).map(|at| format!("\"n{}\":{at}", at % 40)).collect();
        let ctx = context();
        let Value::Record(record) = parse(&ctx, &format!("{{{}}}", many.join(","))).unwrap() else {
            panic!()
        };
        assert_eq!(record.len(), 40);
        assert!(matches!(record.get("n9").unwrap().force(&ctx), Ok(Value::Int64(49))));
        assert!(matches!(record.get("n39").unwrap().force(&ctx), Ok(Value::Int64(39))));
    }

    #[test]
    fn objects_of_one_form_share_their_shape() {
        let ctx = context();
        let Value::List(list) =
            parse(&ctx, "[{\"a\":1,\"b\":2},{\"b\":1,\"a\":2},{\"a\":3,\"b\":4}]").unwrap()
        else {
            panic!()
        };
        let ids: Vec<u32> = list
            .values(&ctx)
            .unwrap()
            .iter()
            .map(|value| match value {
                Value::Record(record) => record.shape().id(),
                _ => panic!(),
            })
            .collect();
        assert_eq!(ids[0], ids[2]);
        assert_ne!(ids[0], ids[1]);
    }

    #[test]
    fn errors_tell_the_place() {
        let extra = "DataFormat.Error: We found extra characters at the end of JSON input.";
        let unexpected = "DataFormat.Error: We found an unexpected character in the JSON input.";
        let end = "DataFormat.Error: We reached the end of the buffer.";
        assert_eq!(shown("1 2"), format!("{extra} [Value = \"2\", Position = 2]"));
        assert_eq!(shown("\"\u{1F600}\" x"), format!("{extra} [Value = \"x\", Position = 5]"));
        assert_eq!(shown("{\"a\" 1}"), format!("{unexpected} [Value = \"1\", Position = 5]"));
        assert_eq!(shown("[1,]"), format!("{unexpected} [Value = \"]\", Position = 3]"));
        assert_eq!(shown("nul"), format!("{end} [Value = \"\", Position = 3]"));
        for text in ["", " ", "[", "[1", "{\"a\":", "\"abc", "-", "1e", "\"\\u12"] {
            assert!(shown(text).starts_with(end), "{text}: {}", shown(text));
        }
        for text in [
            "01",
            "+1",
            ".5",
            "1.x",
            "'a'",
            "{a:1}",
            "{\"a\":1,}",
            "\"\\x\"",
            "NaN",
            "]",
            "tru!",
            "\"\\u12é4\"",
        ] {
            assert!(!shown(text).contains("buffer") && shown(text).starts_with("DataFormat.Error"), "{text}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(&context(), &deep(10_000)).is_ok());
        let limits = Limits { depth: 100, ..Limits::default() };
        let ctx = Engine::new().with_limits(limits).compile("test", "null").unwrap().start();
        assert!(parse(&ctx, &deep(1_000)).unwrap_err().is_stop());
    }

    proptest::proptest! {
        #[test]
        fn damaged_text_never_panics(text in "[\\[\\]{}:,\"\\\\u0-9a-f.eE+\\-tn \u{e9}]{0,60}") {
            let _ = parse(&context(), &text);
        }
    }
}
