use std::sync::Arc;

use super::{Record, Shape, Text, Type, Value};
use crate::text::{Source, Span};

/// What evaluation gives: a value, or an [`Error`] on its way to the nearest `try` or cell.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A raised M error, or the stop of the whole evaluation.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
enum Inner {
    Raised(Raised),
    Stopped(Stop, Vec<Frame>),
}

/// An M error: what `try` catches.
#[derive(Clone, Debug)]
pub struct Raised {
    /// The class of the error: `Expression.Error`, `DataFormat.Error`.
    pub reason: Value,
    /// The message, its parameters filled in.
    pub message: Value,
    /// What the error is about; any value, `null` if there is nothing to add.
    pub detail: Value,
    /// The message with `#{0}` places, if it has one.
    pub message_format: Value,
    /// The list that fills the places.
    pub message_parameters: Value,
    /// A stable code where the engine gives one.
    pub code: Value,
    /// What advice can be made of; M does not see it.
    pub clue: Option<Clue>,
    /// Where it was raised and through which calls it came, innermost first.
    pub trace: Vec<Frame>,
}

/// What is known about an error beside what M shows of it.
#[derive(Clone, Debug)]
pub enum Clue {
    /// The names there are, where one was asked for that is not.
    Names(Arc<Shape>),
    /// The value was refused as an argument.
    Argument {
        /// The function, if it has a name.
        function: Option<Text>,
        /// The parameter.
        parameter: Text,
        /// What the parameter takes.
        ty: Arc<Type>,
    },
}

/// One place in the trace of an error.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The source the place is in.
    pub source: Source,
    /// The place.
    pub span: Span,
    /// The function that was being evaluated there, if it has a name.
    pub function: Option<Arc<str>>,
}

/// Why an evaluation was stopped. `try` does not catch these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The host asked for it.
    Cancelled,
    /// More steps than allowed; the limit.
    Steps(u64),
    /// More calls within calls than allowed: M's stack overflow.
    Depth(u32),
    /// Longer than allowed; the limit in milliseconds.
    Time(u64),
    /// More memory than allowed; the limit in bytes.
    Memory(u64),
    /// More rows or items than allowed; the limit.
    Rows(u64),
}

/// The reasons the engine itself raises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// `Expression.Error`
    Expression,
    /// `Expression.SyntaxError`
    Syntax,
    /// `DataFormat.Error`
    DataFormat,
    /// `DataSource.Error`
    DataSource,
    /// `DataSource.NotFound`
    NotFound,
}

impl Reason {
    /// The reason as M spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Expression => "Expression.Error",
            Reason::Syntax => "Expression.SyntaxError",
            Reason::DataFormat => "DataFormat.Error",
            Reason::DataSource => "DataSource.Error",
            Reason::NotFound => "DataSource.NotFound",
        }
    }
}

impl Raised {
    /// An error with a reason and a message and nothing else.
    pub fn new(reason: Value, message: Value) -> Raised {
        Raised {
            reason,
            message,
            detail: Value::Null,
            message_format: Value::Null,
            message_parameters: Value::Null,
            code: Value::Null,
            clue: None,
            trace: Vec::new(),
        }
    }

    /// The error as the record that `try` shows, fields in the engine's order.
    pub fn to_record(&self) -> Record {
        Record::from_fields([
            ("Reason", self.reason.clone()),
            ("Message", self.message.clone()),
            ("Detail", self.detail.clone()),
            ("Message.Format", self.message_format.clone()),
            ("Message.Parameters", self.message_parameters.clone()),
            ("ErrorCode", self.code.clone()),
        ])
    }
}

impl Error {
    /// Raises `message` for `reason`.
    pub fn new(reason: Reason, message: impl AsRef<str>) -> Error {
        let message = Value::text(message);
        // The engine's own messages are formats too, even those without places.
        let message_format = message.clone();
        Error::raised(Raised { message_format, ..Raised::new(Value::text(reason.as_str()), message) })
    }

    /// Raises an `Expression.Error`.
    pub fn expression(message: impl AsRef<str>) -> Error {
        Error::new(Reason::Expression, message)
    }

    /// Raises a `DataFormat.Error`.
    pub fn data_format(message: impl AsRef<str>) -> Error {
        Error::new(Reason::DataFormat, message)
    }

    /// Raises a `DataSource.Error`.
    pub fn data_source(message: impl AsRef<str>) -> Error {
        Error::new(Reason::DataSource, message)
    }

    /// An error made from its parts.
    pub fn raised(raised: Raised) -> Error {
        Error(Box::new(Inner::Raised(raised)))
    }

    /// The end of the whole evaluation.
    pub fn stop(stop: Stop) -> Error {
        Error(Box::new(Inner::Stopped(stop, Vec::new())))
    }

    /// The same error with `detail`.
    pub fn with_detail(mut self, detail: Value) -> Error {
        if let Inner::Raised(raised) = &mut *self.0 {
            raised.detail = detail;
        }
        self
    }

    /// The same error with a message of parts: `format` holds `#{0}` places for `parameters`.
    pub fn with_format(mut self, format: &str, parameters: Vec<Value>) -> Error {
        if let Inner::Raised(raised) = &mut *self.0 {
            raised.message_format = Value::text(format);
            raised.message_parameters = Value::list(parameters);
        }
        self
    }

    /// The same error, remembering the names there are.
    pub fn with_known(mut self, names: &Arc<Shape>) -> Error {
        if let Inner::Raised(raised) = &mut *self.0 {
            raised.clue = Some(Clue::Names(Arc::clone(names)));
        }
        self
    }

    /// The same error of a refused value, remembering which parameter refused it.
    pub fn with_parameter(mut self, parameter: &Text, ty: &Arc<Type>) -> Error {
        if let Inner::Raised(raised) = &mut *self.0 {
            let (parameter, ty) = (parameter.clone(), Arc::clone(ty));
            raised.clue = Some(Clue::Argument { function: None, parameter, ty });
        }
        self
    }

    /// The same error, remembering whose parameter refused a value.
    pub fn with_function(mut self, name: &str) -> Error {
        if let Inner::Raised(raised) = &mut *self.0
            && let Some(Clue::Argument { function, .. }) = &mut raised.clue
        {
            *function = Some(Text::new(name));
        }
        self
    }

    /// The same error with the engine's code for it.
    pub fn with_code(mut self, code: impl Into<Value>) -> Error {
        if let Inner::Raised(raised) = &mut *self.0 {
            raised.code = code.into();
        }
        self
    }

    /// The M error, unless this is a stop.
    pub fn as_raised(&self) -> Option<&Raised> {
        match &*self.0 {
            Inner::Raised(raised) => Some(raised),
            Inner::Stopped(..) => None,
        }
    }

    /// Why the evaluation stopped, unless this is an M error.
    pub fn as_stop(&self) -> Option<Stop> {
        match &*self.0 {
            Inner::Stopped(stop, _) => Some(*stop),
            Inner::Raised(_) => None,
        }
    }

    /// Whether this stops the whole evaluation.
    pub fn is_stop(&self) -> bool {
        self.as_stop().is_some()
    }

    /// Where the error was raised and through which calls it came, innermost first.
    pub fn trace(&self) -> &[Frame] {
        match &*self.0 {
            Inner::Raised(raised) => &raised.trace,
            Inner::Stopped(_, trace) => trace,
        }
    }

    /// The place the error was raised at, if it is known yet.
    pub fn is_placed(&self) -> bool {
        !self.trace().is_empty()
    }

    /// Notes a place while the error unwinds. Keeps the first few hundred: an endless recursion has no more to tell.
    pub fn push_frame(&mut self, frame: Frame) {
        const MOST: usize = 200;
        let trace = match &mut *self.0 {
            Inner::Raised(raised) => &mut raised.trace,
            Inner::Stopped(_, trace) => trace,
        };
        if trace.len() < MOST {
            trace.push(frame);
        }
    }

    /// The reason as text: `Expression.Error`.
    pub fn reason(&self) -> Text {
        match &*self.0 {
            Inner::Raised(raised) => match raised.reason.as_plain() {
                Value::Text(text) => text.clone(),
                _ => Text::new(Reason::Expression.as_str()),
            },
            Inner::Stopped(..) => Text::new(Reason::Expression.as_str()),
        }
    }

    /// The message as text.
    pub fn message(&self) -> Text {
        match &*self.0 {
            Inner::Raised(raised) => match raised.message.as_plain() {
                Value::Text(text) => text.clone(),
                _ => Text::default(),
            },
            Inner::Stopped(stop, _) => Text::from(stop.to_string()),
        }
    }

    /// The detail; `null` where there is none.
    pub fn detail(&self) -> Value {
        self.as_raised().map_or(Value::Null, |raised| raised.detail.clone())
    }
}

impl std::fmt::Display for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Stop::Cancelled => f.write_str("The evaluation was cancelled."),
            Stop::Steps(limit) => write!(f, "The evaluation took more than the {limit} steps it may take."),
            Stop::Depth(_) => f.write_str("Evaluation resulted in a stack overflow and cannot continue."),
            Stop::Time(limit) => write!(f, "The evaluation took longer than the {limit} ms it may take."),
            Stop::Memory(limit) => {
                write!(f, "Evaluation ran out of memory and can't continue. It may hold {limit} bytes.")
            }
            Stop::Rows(limit) => {
                write!(f, "The evaluation produced more than the {limit} rows it may produce.")
            }
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.reason(), self.message())
    }
}

impl std::fmt::Debug for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}
