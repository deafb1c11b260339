use std::sync::Arc;

use super::{Evaluated, Query};
use crate::eval::{CancelToken, Context, Limits, conversion_error};
use crate::value::{Error, Kind, Result, Type, Value};

/// One evaluation of a query, being prepared: the values of its parameters, its limits, what cancels it.
#[derive(Clone)]
pub struct Run {
    query: Query,
    given: Vec<(String, Value)>,
    limits: Limits,
    cancel: CancelToken,
}

impl Run {
    pub(super) fn new(query: Query) -> Run {
        let (limits, cancel) = (query.limits(), query.cancel().child());
        Run { query, given: Vec::new(), limits, cancel }
    }

    /// The same run with a value for a parameter; see [`Engine::with_parameters`](super::Engine::with_parameters).
    pub fn with(mut self, parameter: impl Into<String>, value: impl Into<Value>) -> Run {
        self.given.push((parameter.into(), value.into()));
        self
    }

    /// The same run under other limits than the engine's.
    pub fn with_limits(mut self, limits: Limits) -> Run {
        self.limits = limits;
        self
    }

    /// Ends this run alone, from any thread; the engine's token ends it too.
    pub fn cancel_token(&self) -> CancelToken {
        self.cancel.clone()
    }

    /// Starts the evaluation: nothing runs before something is asked of the context. Wall time counts from here.
    ///
    /// # Errors
    /// `Expression.Error` for a value nobody declared a parameter for, a parameter left out that is not optional,
    /// and a value of another kind than declared.
    pub fn start(&self) -> Result<Context> {
        self.check()?;
        Ok(self.query.begin(&self.given, self.limits, self.cancel.clone()))
    }

    /// Runs the program's expression.
    ///
    /// # Errors
    /// As [`Run::start`], and what the program raises.
    pub fn evaluate(&self) -> Result<Evaluated> {
        let ctx = self.start()?;
        let value = self.query.evaluate(&ctx)?;
        Ok(Evaluated::new(&ctx, value))
    }

    /// Runs a member of the program's sections.
    ///
    /// # Errors
    /// As [`Run::start`], what the member raises, and `Expression.Error` if there is no such member.
    pub fn evaluate_member(&self, name: &str) -> Result<Evaluated> {
        let ctx = self.start()?;
        match self.query.evaluate_member(&ctx, name) {
            Some(result) => result.map(|value| Evaluated::new(&ctx, value)),
            None => Err(Error::expression(format!("The program has no member '{name}'."))),
        }
    }

    /// Runs a program that is a function, and calls it. To call it often, keep what [`Run::evaluate`] gives and use
    /// [`Evaluated::call`].
    ///
    /// # Errors
    /// As [`Run::evaluate`]; a wrong number or kind of arguments; and the conversion error if the program is no
    /// function.
    pub fn call(&self, arguments: &[Value]) -> Result<Evaluated> {
        self.evaluate()?.call(arguments)
    }

    fn check(&self) -> Result<()> {
        let declared = self.query.parameters();
        let known = declared.map_or(&[][..], |declared| &declared.parameters);
        for (name, value) in &self.given {
            let Some(at) = known.iter().position(|parameter| parameter.name.as_str() == name) else {
                return Err(Error::expression(format!("The program has no parameter '{name}'.")));
            };
            let required = declared.map_or(0, |declared| declared.required);
            let fits = known[at].ty.accepts(value) || at >= required && value.kind() == Kind::Null;
            if !fits {
                let ty: &Arc<Type> = &known[at].ty;
                return Err(conversion_error(value, ty));
            }
        }
        for parameter in known.iter().take(declared.map_or(0, |declared| declared.required)) {
            let name = parameter.name.as_str();
            if !self.given.iter().any(|(given, _)| given == name) && !self.query.has_default(name) {
                return Err(Error::expression(format!("The parameter '{name}' was given no value.")));
            }
        }
        Ok(())
    }
}
