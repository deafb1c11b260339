//! The facade: compile a program once, evaluate it as often as wanted, from any thread.
//!
//! An [`Engine`] says what programs may use, a [`Query`] is a compiled program, a [`Run`] gives one evaluation its
//! parameters and limits, and [`Evaluated`] is what came out, together with the evaluation that its lazy parts
//! belong to. Nothing below this folder knows of it.

#[cfg(feature = "tokio")]
mod asynchronous;
mod evaluated;
mod examples;
mod json;
mod parameters;
mod query;
mod run;
#[cfg(test)]
mod shown;
mod streams;

pub use evaluated::{Evaluated, Row};
pub use examples::example_fault;
pub use json::{from_json, to_json};
pub use query::Query;
pub use run::Run;
pub use streams::{BatchStream, ItemStream, RecordBatchStream, RowStream};

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::diagnostics::Diagnostic;
use crate::eval::{Arguments, CancelToken, Context, Limits, Names};
use crate::host::{Host, NoHost};
use crate::library::{Library, parameters};
use crate::resolve::{Document, resolve};
use crate::syntax;
use crate::text::Source;
use crate::value::types::FunctionType;
use crate::value::{Function, Result, Value};

/// Compiles programs and says what they may use.
#[derive(Clone)]
pub struct Engine {
    host: Arc<dyn Host>,
    culture: Arc<str>,
    limits: Limits,
    cancel: CancelToken,
    bound: FxHashMap<String, Value>,
    /// What each run gives; see [`Engine::with_parameters`].
    parameters: Option<Arc<FunctionType>>,
    observed: bool,
}

impl Default for Engine {
    fn default() -> Engine {
        Engine::new()
    }
}

impl Engine {
    /// An engine with the whole library, the culture `en-US` and a host that grants nothing.
    pub fn new() -> Engine {
        Engine {
            host: Arc::new(NoHost),
            culture: Arc::from("en-US"),
            limits: Limits::default(),
            cancel: CancelToken::new(),
            bound: FxHashMap::default(),
            parameters: None,
            observed: false,
        }
    }

    /// The same engine with what `host` grants.
    pub fn with_host(mut self, host: impl Host + 'static) -> Engine {
        self.host = Arc::new(host);
        self
    }

    /// The same engine with another document culture: a name such as `de-DE`; empty for the invariant one.
    pub fn with_culture(mut self, culture: &str) -> Engine {
        self.culture = Arc::from(culture);
        self
    }

    /// The same engine with these limits for each evaluation.
    pub fn with_limits(mut self, limits: Limits) -> Engine {
        self.limits = limits;
        self
    }

    /// The same engine, working on one table with up to so many threads; one by default. What comes out is the same.
    pub fn with_threads(mut self, threads: usize) -> Engine {
        self.limits.threads = threads;
        self
    }

    /// The same engine with a name bound to a value: a parameter, a source table, a function of the host.
    ///
    /// Section members of that name take this value in place of their own: parameters with defaults.
    pub fn with_value(mut self, name: impl Into<String>, value: Value) -> Engine {
        self.bound.insert(name.into(), value);
        self
    }

    /// The same engine with a function of the host under `name`.
    ///
    /// `signature` is M's: `(id as number, optional region as nullable text) as text`. Number and kinds of the
    /// arguments are checked against it before `body` runs.
    pub fn with_function(
        self,
        name: &str,
        signature: &str,
        body: impl Fn(&Context, Arguments<'_>) -> Result<Value> + Send + Sync + 'static,
    ) -> Engine {
        let function = Function::from_rust(name, parameters(signature), body);
        self.with_value(name, function)
    }

    /// The same engine for programs with parameters: names whose values each [`Run`] gives, so that the program is
    /// compiled once.
    ///
    /// `signature` is M's, in parentheses: `(rate as number, optional region as nullable text)`. A run that leaves
    /// out a parameter that is not optional, or gives a value of another kind, does not start; an optional one that
    /// was not given is `null`. A section member of a parameter's name takes the value in place of its own, and
    /// keeps its own where none was given: a parameter with a default. Text that is no M signature declares none.
    ///
    pub fn with_parameters(mut self, signature: &str) -> Engine {
        self.parameters = Some(parameters(&format!("{signature} as any")).ty);
        self
    }

    /// The same engine, whose programs note which step made which table, and what reading each costs: see
    /// [`Plan`](crate::table::Plan). What comes out is the same.
    pub fn observed(mut self) -> Engine {
        self.observed = true;
        self
    }

    /// Ends the evaluations of this engine from any thread.
    pub fn cancel_token(&self) -> CancelToken {
        self.cancel.clone()
    }

    /// Compiles one document.
    ///
    /// # Errors
    /// All mistakes of the text, and all names that mean nothing.
    pub fn compile(&self, name: &str, text: &str) -> Result<Query, Vec<Diagnostic>> {
        self.compile_all(vec![Source::new(name, text)])
    }

    /// Compiles documents that belong together: sections, and at most one expression.
    ///
    /// # Errors
    /// All mistakes of the texts, and all names that mean nothing.
    pub fn compile_all(&self, sources: Vec<Source>) -> Result<Query, Vec<Diagnostic>> {
        let mut diagnostics = Vec::new();
        let mut documents = Vec::with_capacity(sources.len());
        for source in sources {
            let parsed = syntax::parse(source.text());
            diagnostics.extend(parsed.errors.iter().map(|error| Diagnostic::from_syntax(&source, error)));
            documents.push(Document { source, tree: parsed.tree, observed: self.observed });
        }
        if !diagnostics.is_empty() {
            return Err(diagnostics);
        }
        if let Some(parameters) = &self.parameters {
            documents.extend(parameters::section(parameters, &documents));
        }
        let names = self.names();
        let (program, errors) = resolve(&documents, &*names);
        if !errors.is_empty() {
            return Err(errors
                .iter()
                .map(|(source, error)| Diagnostic::from_resolve(source, error))
                .collect());
        }
        Ok(Query::new(program, names, self.clone()))
    }

    fn names(&self) -> Arc<dyn Names> {
        Arc::new(Bound {
            values: self.bound.clone(),
            culture: Arc::clone(&self.culture),
            host: Arc::clone(&self.host),
            library: Library::names(),
        })
    }
}

/// The host's names before the library's, and the library's constants that depend on the host.
struct Bound {
    values: FxHashMap<String, Value>,
    culture: Arc<str>,
    host: Arc<dyn Host>,
    library: Arc<dyn Names>,
}

impl Bound {
    fn environment(&self, name: &str) -> Option<Value> {
        match name {
            "Culture.Current" => Some(Value::text(&self.culture)),
            "TimeZone.Current" => Some(self.host.time_zone().map_or(Value::Null, Value::from)),
            _ => None,
        }
    }
}

impl Names for Bound {
    fn lookup(&self, name: &str) -> Option<Value> {
        let bound = self.values.get(name).cloned().or_else(|| self.environment(name));
        bound.or_else(|| self.library.lookup(name))
    }

    fn names(&self) -> Vec<&str> {
        let mut names = self.library.names();
        if self.values.is_empty() {
            return names;
        }
        names.extend(self.values.keys().map(String::as_str));
        names.sort_unstable();
        names.dedup();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evaluated(engine: &Engine, text: &str) -> Value {
        let query = engine.compile("test", text).unwrap();
        query.evaluate(&query.start()).unwrap()
    }

    #[test]
    fn constants_of_the_environment_come_from_engine_and_host() {
        struct Zone;
        impl Host for Zone {
            fn time_zone(&self) -> Option<String> {
                Some("Europe/Paris".into())
            }
        }
        let engine = Engine::new().with_culture("fr-FR").with_host(Zone);
        assert_eq!(evaluated(&engine, "Culture.Current").as_text(), Some("fr-FR"));
        assert_eq!(evaluated(&engine, "#shared[TimeZone.Current]").as_text(), Some("Europe/Paris"));
        assert!(evaluated(&Engine::new(), "TimeZone.Current").is_null());
        let bound = engine.with_value("Culture.Current", Value::text("mine"));
        assert_eq!(evaluated(&bound, "Culture.Current").as_text(), Some("mine"));
    }
}
