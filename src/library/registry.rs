use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use super::{FAMILIES, STANDARD, named_types, unavailable};
use crate::eval::{Arguments, Context, Names};
use crate::resolve::{Document, resolve, resolve_member};
use crate::syntax;
use crate::table::Kernel;
use crate::text::Source;
use crate::value::types::Form;
use crate::value::{Function, Native, NativeBody, Parameters, Result, Text, Type, Value};

/// A library function (or constant), declared once.
pub struct Declaration {
    /// The name: `Text.Upper`.
    pub name: &'static str,
    /// Parameters and result as M writes a function type: `(text as nullable text) as nullable text`. Empty for constants.
    pub signature: &'static str,
    /// What it does, in one or a few sentences.
    pub summary: &'static str,
    /// Examples, each run by a test.
    pub examples: &'static [Example],
    /// What it runs.
    pub body: Body,
    /// What it does to whole columns, where that is known.
    pub kernel: Option<Kernel>,
}

impl Declaration {
    /// The same function with what it does to whole columns: for each row what calling it would give.
    pub const fn with_kernel(self, kernel: Kernel) -> Declaration {
        Declaration { kernel: Some(kernel), ..self }
    }
}

/// An example of a function.
pub struct Example {
    /// An M expression.
    pub usage: &'static str,
    /// What it gives: an M expression, or `error: Reason: Message`.
    pub result: &'static str,
}

/// The body of a library function.
pub enum Body {
    /// Written in Rust.
    Native(fn(&Context, Arguments<'_>) -> Result<Value>),
    /// Written in M, in the file of `stdlib/` that is called like the name's first part.
    Standard,
    /// No function: a value.
    Constant(fn() -> Value),
}

/// Declares a function written in Rust.
pub const fn native(
    name: &'static str,
    signature: &'static str,
    summary: &'static str,
    examples: &'static [Example],
    body: fn(&Context, Arguments<'_>) -> Result<Value>,
) -> Declaration {
    Declaration { name, signature, summary, examples, body: Body::Native(body), kernel: None }
}

/// Declares a function written in M: a member of that name in `stdlib/<Namespace>.pq`.
pub const fn standard(
    name: &'static str,
    signature: &'static str,
    summary: &'static str,
    examples: &'static [Example],
) -> Declaration {
    Declaration { name, signature, summary, examples, body: Body::Standard, kernel: None }
}

/// An executed example.
pub const fn example(usage: &'static str, result: &'static str) -> Example {
    Example { usage, result }
}

/// All declarations.
pub fn declarations() -> impl Iterator<Item = &'static Declaration> {
    FAMILIES.iter().flat_map(|family| family.iter())
}

/// Names, kinds and signatures of the public reference.
pub(super) const DOCUMENTED: &str = include_str!("documented.tsv");

/// The standard library as a program sees it.
pub struct Library {
    entries: FxHashMap<&'static str, Entry>,
    names: Vec<&'static str>,
}

struct Entry {
    origin: Origin,
    value: OnceLock<Value>,
}

enum Origin {
    Declared(&'static Declaration),
    /// A constant, by its M text.
    Constant(&'static str),
    /// A type the library names.
    Type(&'static str),
    /// A function that is documented and not there; its signature.
    Absent(&'static str),
}

impl Library {
    /// The one library of the process. Values are made when they are first looked up.
    pub fn get() -> &'static Library {
        static LIBRARY: OnceLock<Library> = OnceLock::new();
        LIBRARY.get_or_init(Library::index)
    }

    /// The library, as the names of a program.
    pub fn names() -> Arc<dyn Names> {
        struct Shared;
        impl Names for Shared {
            fn lookup(&self, name: &str) -> Option<Value> {
                Library::get().lookup(name)
            }
            fn names(&self) -> Vec<&str> {
                Library::get().names.clone()
            }
        }
        Arc::new(Shared)
    }

    fn index() -> Library {
        let mut entries = FxHashMap::with_capacity_and_hasher(1024, Default::default());
        for line in DOCUMENTED.lines().filter(|line| !line.starts_with("# ")) {
            let mut parts = line.split('\t');
            let (Some(name), Some(kind), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
                continue;
            };
            let origin = match kind {
                "function" => Origin::Absent(rest),
                "type" => Origin::Type(name),
                _ => Origin::Constant(rest),
            };
            entries.insert(name, Entry { origin, value: OnceLock::new() });
        }
        for declaration in declarations() {
            let origin = Origin::Declared(declaration);
            entries.insert(declaration.name, Entry { origin, value: OnceLock::new() });
        }
        let mut names: Vec<&'static str> = entries.keys().copied().collect();
        names.sort_unstable();
        Library { entries, names }
    }

    /// The value of a library name.
    pub fn lookup(&self, name: &str) -> Option<Value> {
        let (&name, entry) = self.entries.get_key_value(name)?;
        Some(entry.value.get_or_init(|| make(name, &entry.origin)).clone())
    }

    /// All names of the library, sorted; absent ones too.
    pub fn all_names(&self) -> &[&'static str] {
        &self.names
    }

    /// Whether a documented name is a function that is not there.
    pub fn is_absent(&self, name: &str) -> bool {
        matches!(self.entries.get(name), Some(Entry { origin: Origin::Absent(_), .. }))
    }
}

/// What a function that works lacks of its documentation; `None` where nothing is known to be lacking.
pub fn lacking(name: &str) -> Option<&'static str> {
    if Library::get().is_absent(name) { None } else { unavailable::lacks(name) }
}

/// Why a documented function cannot work here, and what to use instead; `None` for those that work.
pub fn unavailable_reason(name: &str) -> Option<&'static str> {
    Library::get().is_absent(name).then(|| unavailable::reason(name))?
}

fn make(name: &'static str, origin: &Origin) -> Value {
    match origin {
        Origin::Declared(declaration) => match declaration.body {
            Body::Native(body) => {
                native_value(name, declaration.signature, NativeBody::Function(body), declaration.kernel)
            }
            Body::Constant(make) => make(),
            Body::Standard => standard_value(declaration),
        },
        Origin::Constant(text) => constant(text).unwrap_or(Value::Null),
        Origin::Type(name) => named_types::named_type(name),
        Origin::Absent(signature) => {
            let body = NativeBody::Closure(Box::new(move |_, _| Err(unavailable::error(name))));
            native_value(name, signature, body, None)
        }
    }
}

fn native_value(name: &str, signature: &str, body: NativeBody, kernel: Option<Kernel>) -> Value {
    let parameters = parameters(signature);
    Value::Function(Arc::new(Function::native(Arc::new(Native {
        name: Text::new(name),
        parameters,
        body,
        kernel,
        data: None,
    }))))
}

/// The value of an M text that needs no evaluation.
pub(super) fn constant(text: &str) -> Option<Value> {
    let source = Source::new("library", text);
    let tree = syntax::parse_expression(source.text()).tree;
    let (program, _) = resolve(&[Document { source, tree, observed: false }], &NoNames);
    match &program.expression.as_ref()?.body {
        crate::ir::Node::Constant(value) => Some(value.clone()),
        _ => None,
    }
}

/// The parameters that a signature declares.
///
/// Signatures are part of the program; one that is no function type gives a function without parameters, which the
/// tests over all declarations would find.
pub fn parameters(signature: &str) -> Parameters {
    let ty = constant(&format!("type function {signature}"));
    match ty.as_ref().map(Value::as_plain) {
        Some(Value::Type(ty)) => match &ty.form {
            Form::Function(Some(function)) => Parameters::new(Arc::clone(function)),
            _ => Parameters::untyped(&[]),
        },
        _ => Parameters::untyped(&[]),
    }
}

struct NoNames;

impl Names for NoNames {
    fn lookup(&self, _name: &str) -> Option<Value> {
        None
    }
    fn names(&self) -> Vec<&str> {
        Vec::new()
    }
}

/// A function from the M part of the library, with the type that its declaration says.
fn standard_value(declaration: &'static Declaration) -> Value {
    let file = declaration.name.split('.').next().unwrap_or(declaration.name);
    let Some((_, text)) = STANDARD.iter().find(|(name, _)| *name == file) else { return Value::Null };
    let source = Source::new(format!("stdlib/{file}.pq"), *text);
    let tree = syntax::parse(source.text()).tree;
    let names = Library::names();
    let member = resolve_member(&Document { source, tree, observed: false }, declaration.name, &*names);
    match member.as_ref().map(|code| &code.body) {
        Some(crate::ir::Node::Constant(Value::Function(function))) => {
            let ty = Type::new(Form::Function(Some(parameters(declaration.signature).ty)));
            Value::Function(Arc::new(function.with_type(Arc::new(ty))))
        }
        _ => Value::Null,
    }
}
