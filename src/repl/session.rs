//! The session itself: the steps, their values as far as they are known, and what new text means among them.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use super::steps::{Step, StepError, Steps, replace_free};
use crate::diagnostics::{Call, Diagnostic, Label, closest};
use crate::eval::CancelToken;
use crate::ide::{Scope, Shape, name_text, step_name, unused_name};
use crate::syntax::{Completeness, parse_expression};
use crate::text::{Source, Span};
use crate::value::{Error, Value};
use crate::{Engine, Evaluated, Query};

/// What the sources of steps are called before the step's own name. No path begins so.
const STEP: &str = "step ";

/// What is to be evaluated.
#[derive(Clone, Debug)]
pub enum Target {
    /// The step of this name.
    Step(String),
    /// An expression that is no step.
    Expression(String),
}

/// A session.
pub struct Session {
    engine: Engine,
    /// Sections that were loaded beside the steps: their shared members are names.
    documents: Vec<Source>,
    queries: Vec<String>,
    steps: Steps,
    /// Values of steps by what they were made of; with the token that may have stopped reading them.
    values: FxHashMap<u64, (Evaluated, CancelToken)>,
    shapes: FxHashMap<u64, Shape>,
    /// The names as they are now: editors ask at each key, and the steps change only at an entry.
    scope: OnceLock<Arc<Scope>>,
}

/// Something compiled and ready to be evaluated in any thread.
pub struct Prepared {
    work: Work,
    cancel: CancelToken,
    /// What the value will be known by, if it is worth keeping.
    key: Option<u64>,
}

enum Work {
    Known(Evaluated),
    Run(Box<crate::Run>, String),
}

/// What came of an evaluation.
pub struct Outcome {
    key: Option<u64>,
    cancel: CancelToken,
    /// The value, or why there is none.
    pub result: Result<Evaluated, Error>,
}

impl Prepared {
    /// What stops the evaluation, and the reading of its value.
    pub fn cancel_token(&self) -> CancelToken {
        self.cancel.clone()
    }

    /// Evaluates.
    pub fn evaluate(self) -> Outcome {
        let Prepared { work, cancel, key } = self;
        let result = match work {
            Work::Known(value) => Ok(value),
            Work::Run(run, member) => run.evaluate_member(&member),
        };
        Outcome { key, cancel, result }
    }
}

impl Session {
    /// A session without steps. The engine says what programs may use; names it binds are known.
    pub fn new(engine: Engine) -> Session {
        Session {
            engine,
            documents: Vec::new(),
            queries: Vec::new(),
            steps: Steps::default(),
            values: FxHashMap::default(),
            shapes: FxHashMap::default(),
            scope: OnceLock::new(),
        }
    }

    /// Adds the shared members of section documents as names.
    ///
    /// # Errors
    /// The mistakes of the texts.
    pub fn with_sections(mut self, documents: Vec<Source>) -> Result<Session, Vec<Diagnostic>> {
        let query = self.engine.compile_all(documents.clone())?;
        let members = query.program().sections.iter().flat_map(|section| &section.members);
        self.queries =
            members.filter(|member| member.shared).map(|member| member.name.as_str().to_owned()).collect();
        self.documents = documents;
        Ok(self)
    }

    /// The engine that evaluates.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The steps.
    pub fn steps(&self) -> &Steps {
        &self.steps
    }

    /// The steps, to be changed.
    pub fn steps_mut(&mut self) -> &mut Steps {
        self.scope = OnceLock::new();
        &mut self.steps
    }

    /// The names of queries that were loaded beside the steps.
    pub fn queries(&self) -> &[String] {
        &self.queries
    }

    /// Forgets all values, so that sources are read again.
    pub fn refresh(&mut self) {
        self.values.clear();
    }

    /// The names that new text can use, with what is known of them; `_` is the last step.
    pub fn scope(&self) -> Arc<Scope> {
        Arc::clone(self.scope.get_or_init(|| Arc::new(self.make_scope())))
    }

    fn make_scope(&self) -> Scope {
        let mut scope = Scope::new();
        for query in &self.queries {
            scope.insert(query, "query", Shape::Unknown);
        }
        for step in self.steps.list() {
            scope.insert(&step.name, "step", self.shape(step));
        }
        if let Some(last) = self.steps.last() {
            scope.insert("_", "step", self.shape(last));
        }
        scope
    }

    fn shape(&self, step: &Step) -> Shape {
        self.shapes.get(&self.key(&step.text)).cloned().unwrap_or(Shape::Unknown)
    }

    /// What an expression is made of: its text and that of all it needs.
    fn key(&self, text: &str) -> u64 {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        for step in self.steps.needed_by(text) {
            (&step.name, &step.text).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// The step that an entry makes: its name is given or is the one the editor would give, and `_` in it is the last
    /// step.
    pub fn new_step(&self, name: Option<&str>, expression: &str) -> Step {
        let text = match self.steps.last() {
            Some(last) => replace_free(expression, "_", &last.name),
            None => expression.to_owned(),
        };
        let name = match name {
            Some(name) => name.to_owned(),
            None => self.unused(&step_name(&text, self.steps.list().is_empty())),
        };
        Step::new(name, text)
    }

    /// The step that is inserted after another: `_` in it is that one.
    pub fn new_step_after(&self, after: usize, name: Option<&str>, expression: &str) -> Step {
        let input = self.steps.list().get(after).map_or("_", |step| step.name.as_str());
        let step = self.new_step(name, &replace_free(expression, "_", input));
        match name {
            Some(_) => step,
            None => Step { name: self.unused(&step_name(&step.text, false)), ..step },
        }
    }

    fn unused(&self, name: &str) -> String {
        unused_name(name, |name| {
            self.steps.position(name).is_some() || self.queries.iter().any(|q| q == name)
        })
    }

    /// Adds steps that were planned together as one change. Names that are taken get numbers. Gives the name of the
    /// last one.
    ///
    /// # Errors
    /// The steps would need themselves.
    pub fn append(&mut self, planned: &[Step]) -> Result<Option<String>, StepError> {
        let mut steps = self.steps.list().to_vec();
        let mut renamed: Vec<(String, String)> = Vec::new();
        for step in planned {
            let taken = |name: &str| {
                steps.iter().any(|known| known.name == name) || self.queries.iter().any(|query| query == name)
            };
            let name = unused_name(&step.name, taken);
            let text =
                renamed.iter().fold(step.text.clone(), |text, (old, new)| replace_free(&text, old, new));
            renamed.push((step.name.clone(), name.clone()));
            steps.push(Step { name, text, comment: step.comment.clone() });
        }
        if !planned.is_empty() {
            self.steps_mut().set(steps)?;
        }
        Ok(renamed.pop().map(|(_, name)| name))
    }

    /// Adds a step, or replaces the one of its name, and prepares its evaluation.
    ///
    /// # Errors
    /// The mistakes of the expression; the step is then not added.
    pub fn enter(&mut self, step: Step) -> Result<Prepared, Vec<Diagnostic>> {
        if self.queries.contains(&step.name) {
            let message = format!("There is a query '{}' already.", step.name);
            return Err(vec![Diagnostic::plain("M0129", message)]);
        }
        let before = self.steps.clone();
        let name = step.name.clone();
        self.check(&step)?;
        let done = self.steps_mut().put(step).map_err(|error| vec![refused(&error)]);
        let prepared = done.and_then(|()| self.prepare(&Target::Step(name)));
        if prepared.is_err() {
            *self.steps_mut() = before;
        }
        prepared
    }

    /// Whether an expression can be understood by itself, before it is put among others.
    fn check(&self, step: &Step) -> Result<(), Vec<Diagnostic>> {
        let parsed = parse_expression(&step.text);
        if parsed.completeness() == Completeness::Complete {
            return Ok(());
        }
        let source = Source::new(&step.name, &step.text);
        Err(parsed.errors.iter().map(|error| Diagnostic::from_syntax(&source, error)).collect())
    }

    /// Compiles what is needed for a target.
    ///
    /// # Errors
    /// The mistakes of the target and of the steps it needs.
    pub fn prepare(&self, target: &Target) -> Result<Prepared, Vec<Diagnostic>> {
        let (name, text) = self.text(target)?;
        let key = self.key(&text);
        if let Some((value, cancel)) = self.values.get(&key) {
            cancel.reset();
            return Ok(Prepared { work: Work::Known(value.clone()), cancel: cancel.clone(), key: None });
        }
        let query = self.compile(&name, &text, false)?;
        let run = query.run();
        Ok(Prepared { cancel: run.cancel_token(), work: Work::Run(Box::new(run), name), key: Some(key) })
    }

    /// The same for a plan: no value that is known already is used, and none is kept; see [`Engine::observed`].
    ///
    /// # Errors
    /// As [`Session::prepare`].
    pub fn prepare_observed(&self, target: &Target) -> Result<Prepared, Vec<Diagnostic>> {
        let (name, text) = self.text(target)?;
        let run = self.compile(&name, &text, true)?.run();
        Ok(Prepared { cancel: run.cancel_token(), work: Work::Run(Box::new(run), name), key: None })
    }

    /// The name and the text of a target.
    fn text(&self, target: &Target) -> Result<(String, String), Vec<Diagnostic>> {
        Ok(match target {
            Target::Step(name) => match self.steps.get(name) {
                Some(step) => (name.clone(), step.text.clone()),
                None => {
                    let message = format!("There is no step '{name}'.");
                    return Err(vec![Diagnostic::plain("M0201", message)]);
                }
            },
            Target::Expression(text) => {
                let step = self.new_step(Some("expression"), text);
                self.check(&step)?;
                (self.unused("expression"), step.text)
            }
        })
    }

    /// Each step is a section of its own, so that steps are as lazy as the variables of a `let`, errors know the step
    /// they come from, and values that are known take the place of what made them.
    fn compile(&self, name: &str, text: &str, observed: bool) -> Result<Query, Vec<Diagnostic>> {
        let mut engine = self.engine.clone();
        if observed {
            engine = engine.observed();
        }
        let mut sources = self.documents.clone();
        sources.push(section(name, text));
        for step in self.steps.needed_by(text).into_iter().filter(|step| step.name != name) {
            sources.push(section(&step.name, &step.text));
            if !observed && let Some((value, cancel)) = self.values.get(&self.key(&step.text)) {
                cancel.reset();
                engine = engine.with_value(&step.name, value.value().clone());
            }
        }
        engine
            .compile_all(sources)
            .map_err(|all| all.into_iter().map(translated).map(|one| self.with_near_step(one)).collect())
    }

    /// A name that means nothing may be a slip for a step that nothing needed so far, and so was not compiled.
    fn with_near_step(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        if diagnostic.code == "M0201"
            && diagnostic.help.is_none()
            && let Some(label) = &diagnostic.label
        {
            let steps = self.steps.list().iter().map(|step| step.name.as_str());
            diagnostic.help = closest(label.span.of(label.source.text()), steps);
        }
        diagnostic
    }

    /// Takes note of what came of an evaluation.
    pub fn settle(&mut self, outcome: &Outcome) {
        let (Some(key), Ok(value)) = (outcome.key, &outcome.result) else { return };
        self.scope = OnceLock::new();
        self.shapes.insert(key, Shape::of(value.value()));
        self.values.insert(key, (value.clone(), outcome.cancel.clone()));
        // Values that no step has any more can be large.
        const SPARE: usize = 64;
        if self.values.len() > self.steps.list().len() + SPARE {
            let kept: Vec<u64> = self.steps.list().iter().map(|step| self.key(&step.text)).collect();
            self.values.retain(|key, _| kept.contains(key));
        }
    }
}

/// A change of the steps that cannot be made, as a diagnostic.
fn refused(error: &StepError) -> Diagnostic {
    Diagnostic::plain("M0301", error.to_string())
}

/// The section of one step. The expression begins on a line of its own.
fn section(name: &str, text: &str) -> Source {
    let called = name_text(&format!("{STEP}{name}"));
    Source::new(format!("{STEP}{name}"), format!("section {called}; shared {} =\n{text}\n;", name_text(name)))
}

/// A diagnostic of a session in terms of the steps: places in the section of a step become places in its expression.
pub(super) fn translated(diagnostic: Diagnostic) -> Diagnostic {
    let mut known: Vec<(Source, Source, u32)> = Vec::new();
    let mut place = |source: &Source, span: Span| -> Option<(Source, Span)> {
        let at = match known.iter().position(|(section, _, _)| section.same(source)) {
            Some(at) => at,
            None => {
                let name = source.name().strip_prefix(STEP)?;
                let (head, rest) = source.text().split_once('\n')?;
                let text = rest.strip_suffix("\n;")?;
                known.push((source.clone(), Source::new(name, text), head.len() as u32 + 1));
                known.len() - 1
            }
        };
        let (_, step, start) = known.get(at)?;
        let end = step.text().len() as u32;
        let inside = |offset: u32| offset.saturating_sub(*start).min(end);
        Some((step.clone(), Span::new(inside(span.start), inside(span.end))))
    };
    let mut label = |label: Label| match place(&label.source, label.span) {
        Some((source, span)) => Label { source, span, ..label },
        None => label,
    };
    let mut diagnostic = diagnostic;
    diagnostic.label = diagnostic.label.map(&mut label);
    diagnostic.related = diagnostic.related.into_iter().map(&mut label).collect();
    diagnostic.trace = diagnostic
        .trace
        .into_iter()
        .map(|call| match place(&call.source, call.span) {
            Some((source, span)) => Call { source, span, ..call },
            None => call,
        })
        .collect();
    diagnostic
}

impl Session {
    /// An error of an evaluation of this session, in terms of its steps.
    pub fn diagnose(error: &Error) -> Diagnostic {
        translated(Diagnostic::from_error(error))
    }

    /// The step an error was raised in, if it was one.
    pub fn step_of(error: &Error) -> Option<String> {
        let own = error.trace().iter().find_map(|frame| frame.source.name().strip_prefix(STEP));
        own.map(str::to_owned)
    }
}

impl Outcome {
    /// The value, if there is one.
    pub fn value(&self) -> Option<&Value> {
        self.result.as_ref().ok().map(Evaluated::value)
    }
}

/// Shared between the thread that reads lines and the one that evaluates.
pub type Shared = Arc<std::sync::Mutex<Session>>;

#[cfg(test)]
mod tests {
    use super::*;

    fn entered(session: &mut Session, name: Option<&str>, text: &str) -> Outcome {
        let step = session.new_step(name, text);
        let outcome = session.enter(step).unwrap().evaluate();
        session.settle(&outcome);
        outcome
    }

    #[test]
    fn steps_build_on_each_other() {
        let mut session = Session::new(Engine::new());
        entered(&mut session, None, "#table({\"A\", \"B\"}, {{1, 2}, {3, 4}})");
        entered(&mut session, None, "Table.SelectRows(_, each [A] > 1)");
        let outcome = entered(&mut session, None, "[B]");
        let names: Vec<&str> = session.steps().list().iter().map(|step| step.name.as_str()).collect();
        assert_eq!(names, ["Source", "Filtered rows", "B"]);
        assert_eq!(session.steps().list()[2].text, "#\"Filtered rows\"[B]");
        assert_eq!(outcome.result.unwrap().literal().unwrap(), "{4}");
        assert_eq!(session.scope().get("Source").unwrap().shape.parts()[1].name, "B");
    }

    #[test]
    fn what_is_known_is_not_evaluated_again_unless_something_before_it_changed() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        let engine = Engine::new().with_function("Slow", "() as number", move |_, _| {
            Ok(Value::from(counted.fetch_add(1, Ordering::Relaxed) as f64))
        });
        let mut session = Session::new(engine);
        entered(&mut session, Some("a"), "Slow()");
        entered(&mut session, Some("b"), "a + 1");
        entered(&mut session, Some("c"), "b + a");
        assert_eq!(count.load(Ordering::Relaxed), 1);
        entered(&mut session, Some("a"), "Slow() + 0");
        let outcome = session.prepare(&Target::Step("c".into())).unwrap().evaluate();
        assert_eq!(outcome.result.unwrap().literal().unwrap(), "3");
        assert_eq!(count.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn a_step_that_means_nothing_is_not_added() {
        let mut session = Session::new(Engine::new());
        entered(&mut session, Some("Source"), "{1}");
        let step = session.new_step(None, "List.Sum(Sourse)");
        let errors = session.enter(step).err().unwrap();
        assert_eq!(session.steps().list().len(), 1);
        let label = errors[0].label.as_ref().unwrap();
        assert_eq!((label.source.name(), label.source.text()), ("Calculated sum", "List.Sum(Sourse)"));
        assert_eq!(label.span.of(label.source.text()), "Sourse");
        assert_eq!(errors[0].help.as_deref(), Some("Did you mean Source?"));
    }

    #[test]
    fn errors_know_the_step_they_come_from() {
        let mut session = Session::new(Engine::new());
        entered(&mut session, Some("Source"), "#table({\"A\"}, {{\"x\"}})");
        entered(&mut session, Some("Typed"), "Table.TransformColumns(Source, {{\"A\", each _ * 2}})");
        let outcome = entered(&mut session, Some("Value"), "Typed{0}[A]");
        let error = outcome.result.err().unwrap();
        assert_eq!(Session::step_of(&error).as_deref(), Some("Typed"));
        let diagnostic = Session::diagnose(&error);
        let label = diagnostic.label.unwrap();
        assert_eq!(label.span.of(label.source.text()), "_ * 2");
    }

    #[test]
    fn a_step_that_fails_does_not_hurt_those_that_do_not_need_it() {
        let mut session = Session::new(Engine::new());
        entered(&mut session, Some("Bad"), "error \"no\"");
        let outcome = entered(&mut session, Some("Good"), "if true then 1 else Bad");
        assert_eq!(outcome.result.unwrap().literal().unwrap(), "1");
    }

    #[test]
    fn queries_of_a_section_are_names() {
        let text = "section S; shared Rate = 2; hidden = 3;";
        let session = Session::new(Engine::new()).with_sections(vec![Source::new("s.pq", text)]);
        let mut session = session.unwrap();
        assert_eq!(session.queries(), ["Rate"]);
        assert_eq!(entered(&mut session, None, "Rate * 2").result.unwrap().literal().unwrap(), "4");
    }
}
