use std::sync::Arc;

use super::{Engine, Evaluated, Run, parameters};
use crate::eval::{CancelToken, Context, Evaluation, Limits, Names};
use crate::ir::Program;
use crate::value::types::FunctionType;
use crate::value::{Result, Thunk, Value};

/// A compiled program. Cheap to clone, and shared between threads.
#[derive(Clone)]
pub struct Query(Arc<Compiled>);

struct Compiled {
    program: Arc<Program>,
    names: Arc<dyn Names>,
    engine: Engine,
}

const fn shared_between_threads<T: Send + Sync>() {}
const _: () = shared_between_threads::<Query>();

impl Query {
    pub(super) fn new(program: Program, names: Arc<dyn Names>, engine: Engine) -> Query {
        Query(Arc::new(Compiled { program: Arc::new(program), names, engine }))
    }

    /// The compiled program.
    pub fn program(&self) -> &Arc<Program> {
        &self.0.program
    }

    /// The parameters that runs give values for, as a function type; `None` if none were declared.
    pub fn parameters(&self) -> Option<&FunctionType> {
        self.0.engine.parameters.as_deref()
    }

    /// Prepares a run: parameters, limits and a token of its own.
    pub fn run(&self) -> Run {
        Run::new(self.clone())
    }

    /// Starts an evaluation without values for parameters: nothing runs before something is asked of the context.
    pub fn start(&self) -> Context {
        self.begin(&[], self.0.engine.limits, self.0.engine.cancel.clone())
    }

    /// Evaluates the program's expression in a started evaluation; `null` if it has only sections.
    pub fn evaluate(&self, ctx: &Context) -> Result<Value> {
        match &self.0.program.expression {
            Some(code) => ctx.evaluate_code(code, &[]),
            None => Ok(Value::Null),
        }
    }

    /// Evaluates a section member by name: of the first section that has it.
    pub fn evaluate_member(&self, ctx: &Context, name: &str) -> Option<Result<Value>> {
        let found = self.0.program.sections.iter().enumerate().find_map(|(at, section)| {
            let member = section.members.iter().position(|member| member.name.as_str() == name)?;
            Some((at, member))
        });
        let (section, member) = found?;
        ctx.evaluation().member(section, member).map(|cell| cell.force(ctx))
    }

    /// Evaluates a program that is a function, and calls it.
    ///
    /// # Errors
    /// As [`Run::call`].
    pub fn call(&self, arguments: &[Value]) -> Result<Evaluated> {
        self.run().call(arguments)
    }

    /// Whether the program itself says what a parameter is where none is given.
    pub(super) fn has_default(&self, name: &str) -> bool {
        self.0.engine.bound.contains_key(name)
            || self.0.program.sections.iter().any(|section| {
                section.name.as_str() != parameters::SECTION
                    && section.members.iter().any(|member| member.name.as_str() == name)
            })
    }

    pub(super) fn limits(&self) -> Limits {
        self.0.engine.limits
    }

    pub(super) fn cancel(&self) -> &CancelToken {
        &self.0.engine.cancel
    }

    /// Starts an evaluation in which the names of `given` have those values.
    pub(super) fn begin(&self, given: &[(String, Value)], limits: Limits, cancel: CancelToken) -> Context {
        let Compiled { program, names, engine } = &*self.0;
        let evaluation = Evaluation::new(
            Arc::clone(program),
            Arc::clone(names),
            Arc::clone(&engine.host),
            Arc::clone(&engine.culture),
            limits,
            cancel,
        );
        if given.is_empty() && engine.bound.is_empty() {
            return Context::new(evaluation);
        }
        for (at, section) in program.sections.iter().enumerate() {
            for (index, member) in section.members.iter().enumerate() {
                let name = member.name.as_str();
                // The value given last counts.
                let found = given.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value);
                if let Some(value) = found.or_else(|| engine.bound.get(name))
                    && let Some(cell) = evaluation.member(at, index)
                {
                    let value = value.clone();
                    cell.suspend(Thunk::Native(Arc::new(move |_| Ok(value.clone()))));
                }
            }
        }
        Context::new(evaluation)
    }
}
