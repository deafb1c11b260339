//! From functions to expressions over columns.
//!
//! A function compiles if it makes nothing but arithmetic, comparisons, choices, field access and calls: of library
//! functions that compute a value from values and do nothing else, and of functions that compile themselves. All else
//! runs row by row.

use std::sync::Arc;

use super::Program;
use super::expression::Expression;
use crate::ir::{Capture, Check, Code, Item, Lambda, MemberNode, Node};
use crate::table::is_simple_native;
use crate::table::simple::is_simple_call;
use crate::value::{Callable, Closure, Function, List, Member, Shape, Value};

/// Expressions that nest deeper run row by row.
const DEEPEST: usize = 100;

/// What the function's argument is.
pub(super) enum Argument<'s> {
    /// A row: its fields are columns.
    Row(&'s Shape),
    /// A cell: the only column.
    Cell,
}

/// What a parameter or captured member stands for.
#[derive(Clone)]
enum Binding {
    Argument,
    Variable(usize),
    Member(Member),
}

/// The frame of a function whose body is compiled.
struct Frame<'c> {
    code: &'c Code,
    parameters: Vec<Binding>,
    captures: Vec<Binding>,
    /// For each slot the variable it has become.
    slots: Vec<Slot>,
}

#[derive(Clone, Copy)]
enum Slot {
    Unseen,
    Pending,
    Variable(usize),
}

pub(super) struct Compiler<'s> {
    argument: Argument<'s>,
    variables: Vec<Expression>,
    depth: usize,
    /// Why the function is none, once that is known.
    why: Option<String>,
}

impl<'s> Compiler<'s> {
    pub(super) fn new(argument: Argument<'s>) -> Compiler<'s> {
        Compiler { argument, variables: Vec::new(), depth: 0, why: None }
    }

    /// The program of a function of one argument.
    pub(super) fn function(mut self, function: &Function) -> Option<Program> {
        self.program(function)
    }

    /// The program, or why there is none, as what the function does.
    pub(super) fn explained(mut self, function: &Function) -> Result<Program, String> {
        let program = self.program(function);
        program.ok_or_else(|| {
            self.why.take().unwrap_or_else(|| match function.callable() {
                Callable::Native(native) => calls(&native.name),
                Callable::Closure(_) => "takes other arguments than it is given".to_owned(),
            })
        })
    }

    fn program(&mut self, function: &Function) -> Option<Program> {
        let body = match function.callable() {
            Callable::Closure(closure) => {
                let body = self.closure(closure, vec![Binding::Argument])?;
                self.after_argument(body)
            }
            Callable::Native(native) if is_simple_native(&native.name) => {
                if native.parameters.ty.required > 1 || native.parameters.kinds.is_empty() {
                    return None;
                }
                let argument = self.argument()?;
                Expression::Call(native.clone(), vec![argument])
            }
            Callable::Native(_) => return None,
        };
        Some(Program { body, variables: std::mem::take(&mut self.variables) })
    }

    /// The body of a function of a cell: the cell is evaluated first, whether the body needs it or not.
    fn after_argument(&mut self, body: Expression) -> Expression {
        let Some(argument) = self.argument() else { return body };
        self.variables.push(argument);
        Expression::Bind(vec![self.variables.len() - 1], Box::new(body))
    }

    /// What a function gives for these arguments.
    fn closure(&mut self, closure: &Closure, arguments: Vec<Binding>) -> Option<Expression> {
        let lambda = closure.lambda();
        let most = lambda.parameters.kinds.len();
        if arguments.len() < lambda.parameters.ty.required || arguments.len() > most {
            return None;
        }
        let mut parameters = self.checked(lambda, arguments)?;
        let bound = parameters.iter().filter_map(|binding| match binding {
            Binding::Variable(at) => Some(*at),
            _ => None,
        });
        let bound: Vec<usize> = bound.collect();
        parameters.resize(most, Binding::Member(Member::Ready(Value::Null)));
        let captures = closure.captures.iter().cloned().map(Binding::Member).collect();
        let slots = vec![Slot::Unseen; lambda.code.slots];
        let mut frame = Frame { code: &lambda.code, parameters, captures, slots };
        let body = self.node(&lambda.code.body, &mut frame)?.checked(lambda.returns.as_ref());
        Some(if bound.is_empty() { body } else { Expression::Bind(bound, Box::new(body)) })
    }

    /// The arguments as the parameters take them.
    fn checked(&mut self, lambda: &Lambda, arguments: Vec<Binding>) -> Option<Vec<Binding>> {
        let kinds = lambda.parameters.kinds.iter();
        let checked = arguments.into_iter().zip(kinds).map(|(argument, kinds)| {
            if kinds.is_all() {
                return Some(argument);
            }
            let given = match argument {
                // A row is a record, whatever it holds.
                Binding::Argument if matches!(self.argument, Argument::Row(_)) => {
                    return kinds.contains(crate::value::Kind::Record).then_some(Binding::Argument);
                }
                Binding::Argument => self.argument()?,
                Binding::Variable(at) => Expression::Variable(at),
                Binding::Member(member) => Expression::Captured(member),
            };
            Some(self.variable(Expression::As(Box::new(given), *kinds)))
        });
        checked.collect()
    }

    fn variable(&mut self, expression: Expression) -> Binding {
        self.variables.push(expression);
        Binding::Variable(self.variables.len() - 1)
    }

    /// The argument itself.
    fn argument(&self) -> Option<Expression> {
        match self.argument {
            Argument::Cell => Some(Expression::Column(0)),
            Argument::Row(_) => None,
        }
    }

    fn bound(&self, binding: &Binding) -> Option<Expression> {
        match binding {
            Binding::Argument => self.argument(),
            Binding::Variable(at) => Some(Expression::Variable(*at)),
            Binding::Member(member) => Some(Expression::Captured(member.clone())),
        }
    }

    fn boxed(&mut self, node: &Node, frame: &mut Frame<'_>) -> Option<Box<Expression>> {
        self.node(node, frame).map(Box::new)
    }

    fn pair(&mut self, pair: &(Node, Node), frame: &mut Frame<'_>) -> Option<Box<(Expression, Expression)>> {
        Some(Box::new((self.node(&pair.0, frame)?, self.node(&pair.1, frame)?)))
    }

    fn node(&mut self, node: &Node, frame: &mut Frame<'_>) -> Option<Expression> {
        if self.depth == DEEPEST {
            self.why.get_or_insert_with(|| format!("nests more than {DEEPEST} expressions"));
            return None;
        }
        self.depth += 1;
        let expression = self.shallow(node, frame);
        self.depth -= 1;
        if expression.is_none() {
            self.why.get_or_insert_with(|| why(node));
        }
        expression
    }

    fn shallow(&mut self, node: &Node, frame: &mut Frame<'_>) -> Option<Expression> {
        Some(match node {
            Node::Constant(value) => Expression::Constant(constant(value)?),
            Node::Parameter(at) | Node::LastUse(at) => self.bound(frame.parameters.get(*at as usize)?)?,
            Node::Captured(at, _) => self.bound(frame.captures.get(*at as usize)?)?,
            Node::Member { section, member, .. } => Expression::Member(*section as usize, *member as usize),
            Node::Variable(slot, _) => Expression::Variable(self.slot(*slot as usize, frame)?),
            Node::Let(scope, body) if scope.cells.is_empty() => self.node(body, frame)?,
            Node::Unary(operator, operand, _) => Expression::Unary(*operator, self.boxed(operand, frame)?),
            Node::Binary(operator, pair, _) => Expression::Binary(*operator, self.pair(pair, frame)?),
            Node::And(pair, _) => Expression::Logic(false, self.pair(pair, frame)?),
            Node::Or(pair, _) => Expression::Logic(true, self.pair(pair, frame)?),
            Node::Coalesce(pair) => Expression::Coalesce(self.pair(pair, frame)?),
            Node::TryOtherwise(pair) => Expression::TryOtherwise(self.pair(pair, frame)?),
            Node::If(parts, _) => Expression::If(Box::new((
                self.node(&parts.0, frame)?,
                self.node(&parts.1, frame)?,
                self.node(&parts.2, frame)?,
            ))),
            Node::Is(operand, check) => Expression::Is(self.boxed(operand, frame)?, kinds(check)),
            Node::As(operand, check, _) => Expression::As(self.boxed(operand, frame)?, kinds(check)),
            Node::Error(operand, _) => Expression::Raise(self.boxed(operand, frame)?),
            Node::Field(of, access, _) => match (&self.argument, is_argument(of, frame)) {
                (Argument::Row(shape), true) => match shape.position(&access.name) {
                    Some(position) => Expression::Column(position),
                    None if access.optional => Expression::Constant(Value::Null),
                    None => return None,
                },
                _ => Expression::Field(self.boxed(of, frame)?, access.name.clone(), access.optional),
            },
            Node::CallNative(native, arguments, _) if is_simple_call(&native.name, arguments) => {
                let most = native.parameters.kinds.len();
                if arguments.len() < native.parameters.ty.required || arguments.len() > most {
                    return None;
                }
                let arguments = arguments.iter().map(|argument| self.given(argument, frame));
                Expression::Call(native.clone(), arguments.collect::<Option<_>>()?)
            }
            Node::Call(callee, arguments, _) => self.call(callee, arguments, frame)?,
            Node::List(items, _) => {
                let items = items.iter().map(|item| match item {
                    Item::One(member) => self.put_off(member, frame),
                    Item::Range(..) => None,
                });
                Expression::List(items.collect::<Option<_>>()?)
            }
            Node::Record(shape, scope, members) if scope.cells.is_empty() => {
                let members = members.iter().map(|member| self.put_off(member, frame));
                Expression::Record(Arc::clone(shape), members.collect::<Option<_>>()?)
            }
            _ => return None,
        })
    }

    /// A member that may never be read: only what costs next to nothing is computed ahead.
    fn put_off(&mut self, member: &MemberNode, frame: &mut Frame<'_>) -> Option<Expression> {
        self.member(member, frame).filter(Expression::is_light)
    }

    /// The variable that fills a slot.
    fn slot(&mut self, slot: usize, frame: &mut Frame<'_>) -> Option<usize> {
        match frame.slots.get(slot)? {
            Slot::Variable(at) => return Some(*at),
            Slot::Pending => return None,
            Slot::Unseen => {}
        }
        *frame.slots.get_mut(slot)? = Slot::Pending;
        let expression = self.node(frame.code.variables.get(slot)?.as_ref()?, frame)?;
        self.variables.push(expression);
        let at = self.variables.len() - 1;
        *frame.slots.get_mut(slot)? = Slot::Variable(at);
        Some(at)
    }

    /// A call of a function that the function captured.
    fn call(&mut self, callee: &Node, arguments: &[Node], frame: &mut Frame<'_>) -> Option<Expression> {
        let function = match callee {
            Node::Captured(at, _) => match frame.captures.get(*at as usize)? {
                Binding::Member(member) => member.ready()?.clone(),
                _ => return None,
            },
            Node::Constant(value) => value.clone(),
            _ => return None,
        };
        let Value::Function(function) = function.as_plain() else { return None };
        match function.callable() {
            Callable::Closure(closure) => {
                let mut given = Vec::with_capacity(arguments.len());
                for argument in arguments {
                    given.push(match is_argument(argument, frame) {
                        true => Binding::Argument,
                        false => {
                            let expression = self.node(argument, frame)?;
                            self.variable(expression)
                        }
                    });
                }
                self.closure(closure, given)
            }
            Callable::Native(native) if is_simple_native(&native.name) => {
                let most = native.parameters.kinds.len();
                if arguments.len() < native.parameters.ty.required || arguments.len() > most {
                    return None;
                }
                let arguments = arguments.iter().map(|argument| self.given(argument, frame));
                Some(Expression::Call(native.clone(), arguments.collect::<Option<_>>()?))
            }
            Callable::Native(_) => None,
        }
    }

    /// An argument of a library function: it may be a list.
    fn given(&mut self, node: &Node, frame: &mut Frame<'_>) -> Option<Expression> {
        let Node::List(items, _) = node else { return self.node(node, frame) };
        if let Some(list) = constant_list(items) {
            return Some(Expression::Constant(list));
        }
        let items = items.iter().map(|item| match item {
            Item::One(member) => self.member(member, frame),
            Item::Range(..) => None,
        });
        Some(Expression::List(items.collect::<Option<_>>()?))
    }

    /// An item of a list. Evaluating it at once, where M would wait, is seen by nobody: what fails is left to the row.
    fn member(&mut self, member: &MemberNode, frame: &mut Frame<'_>) -> Option<Expression> {
        match member {
            MemberNode::Ready(node) => self.node(node, frame),
            MemberNode::Share(capture) => self.bound(&captured(capture, frame)?),
            MemberNode::Thunk(thunk) if !thunk.cyclic => {
                let captures = thunk.captures.iter().map(|capture| captured(capture, frame));
                let mut inside = Frame {
                    code: &thunk.code,
                    parameters: Vec::new(),
                    captures: captures.collect::<Option<_>>()?,
                    slots: vec![Slot::Unseen; thunk.code.slots],
                };
                self.node(&thunk.code.body, &mut inside)
            }
            MemberNode::Thunk(_) => None,
        }
    }
}

/// Why a node whose parts compile does not.
fn why(node: &Node) -> String {
    let what = match node {
        Node::CallNative(native, ..) => return calls(&native.name),
        Node::Field(_, access, _) => {
            return format!("reads [{}] of something that is not the row", access.name);
        }
        Node::Call(..) => "calls a function that is known only when it runs",
        Node::CallItself(..) | Node::Itself | Node::Sibling(_) => "calls itself",
        Node::Parameter(_) | Node::LastUse(_) | Node::Captured(..) | Node::Projection(..) => {
            "uses the row as a whole"
        }
        Node::Variable(..) | Node::CellVariable(..) | Node::Let(..) => {
            "has variables that later values hold on to"
        }
        Node::Lambda(..) => "makes a function",
        Node::List(..) => "makes a list",
        Node::Record(..) => "makes a record",
        Node::Item(..) => "takes an item",
        Node::Try(_) | Node::TryCatch(..) => "looks at an error",
        Node::Type(..) => "makes a type",
        Node::Meta(..) => "gives metadata",
        Node::Environment(_) => "asks what the program is made of",
        _ => "holds an expression without a form for whole columns",
    };
    what.to_owned()
}

fn calls(name: &str) -> String {
    format!("calls {name}, which has no form for whole columns")
}

fn kinds(check: &Check) -> crate::value::types::Kinds {
    check.kinds
}

/// What a cell or closure captures of a frame.
fn captured(capture: &Capture, frame: &Frame<'_>) -> Option<Binding> {
    match capture {
        Capture::Parameter(at) => frame.parameters.get(*at as usize).cloned(),
        Capture::Captured(at) => frame.captures.get(*at as usize).cloned(),
        _ => None,
    }
}

/// Whether a node is the argument of the whole function.
fn is_argument(node: &Node, frame: &Frame<'_>) -> bool {
    let binding = match node {
        Node::Parameter(at) | Node::LastUse(at) => frame.parameters.get(*at as usize),
        Node::Captured(at, _) => frame.captures.get(*at as usize),
        _ => None,
    };
    matches!(binding, Some(Binding::Argument))
}

/// A constant that evaluating does not call: no function but one of the library that only computes.
fn constant(value: &Value) -> Option<Value> {
    match value.as_plain() {
        Value::Function(function) => match function.callable() {
            Callable::Native(native) if is_simple_native(&native.name) => Some(value.clone()),
            Callable::Native(native) if native.name.starts_with("Comparer.") => Some(value.clone()),
            _ => None,
        },
        _ => Some(value.clone()),
    }
}

/// A list of constants and of ranges between constants, as sets of characters are written, if it is not long.
fn constant_list(items: &[Item]) -> Option<Value> {
    const LONGEST: usize = 4096;
    let constant = |node: &Node| match node {
        Node::Constant(value @ (Value::Int64(_) | Value::Text(_))) => Some(value.clone()),
        _ => None,
    };
    let mut members = Vec::new();
    for item in items {
        match item {
            Item::One(MemberNode::Ready(node)) => members.push(Member::Ready(constant(node)?)),
            Item::Range(from, to, _) => match &crate::eval::range(&constant(from)?, &constant(to)?).ok()? {
                List::Items(items) => members.extend(items.iter().cloned()),
                _ => return None,
            },
            _ => return None,
        }
        if members.len() > LONGEST {
            return None;
        }
    }
    Some(Value::List(Arc::new(List::Items(members))))
}
