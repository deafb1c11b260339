//! The first pass: what each name refers to, and where each variable must live.
//!
//! A variable of a `let` is evaluated in the frame of the function it stands in, at first use, if nothing that
//! outlives the frame refers to it; otherwise it lives in a cell. Functions are made when they are captured, so
//! they never need cells; functions of one scope that refer to each other form a group.

use rustc_hash::FxHashMap;

use super::circles::recursive_groups;
use super::share::Shared;
use super::{Document, Outline, ResolveError};
use crate::eval::Names;
use crate::syntax::{Node, NodeId, NodeList, Tree};
use crate::value::Value;

/// A parameter, variable or field, by number.
pub(super) type BindingId = u32;

/// How a variable comes to its value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Class {
    /// By a call.
    Parameter,
    /// It is a literal: every reference becomes the literal itself.
    Constant,
    /// It is a function.
    Lambda,
    /// By evaluation.
    Expression,
}

/// A parameter, variable or field.
pub(super) struct Binding {
    pub(super) class: Class,
    /// The node of the value; for parameters, of the name.
    pub(super) value: NodeId,
    /// Whether it lives in a cell.
    pub(super) cell: bool,
    /// Whether its value may refer to its own cell.
    pub(super) cyclic: bool,
    /// The group of recursive functions it belongs to: its first member, and the number in it.
    pub(super) group: Option<(BindingId, u32)>,
    /// For the first of a group: all members.
    pub(super) members: Vec<BindingId>,
    /// Variables of the same scope that the value refers to.
    pub(super) edges: Vec<BindingId>,
}

/// What a name refers to.
#[derive(Clone)]
pub(super) enum Meaning {
    /// A parameter, variable or field.
    Binding(BindingId),
    /// A section member.
    Member(u32, u32),
    /// A name of the library or the host.
    Constant(Value),
    /// `#shared` (true) or `#sections`.
    Environment(bool),
    /// Nothing: reason and message of the error that evaluating it raises.
    Unknown(String),
}

/// What the first pass found.
pub(super) struct Scanned {
    pub(super) bindings: Vec<Binding>,
    /// By the node of the name.
    pub(super) meanings: FxHashMap<NodeId, Meaning>,
    /// By the node of the value or, for parameters, of the name.
    pub(super) by_value: FxHashMap<NodeId, BindingId>,
    /// The bindings of each `let`, record, function or `each`, in order.
    pub(super) scopes: FxHashMap<NodeId, Vec<BindingId>>,
    /// Where else than at its name a variable is used: it is part of an expression that is shared by all within a node.
    pub(super) wider: Vec<(BindingId, NodeId)>,
    pub(super) errors: Vec<ResolveError>,
}

impl Scanned {
    /// At how many places the expression of a variable without a name stands.
    pub(super) fn places_of(&self, binding: BindingId) -> usize {
        let is_place = |meaning: &&Meaning| matches!(meaning, Meaning::Binding(to) if *to == binding);
        self.meanings.values().filter(is_place).count()
    }
}

/// Finds what the names of a document, from `root` down, mean. The expressions that are [shared](super::share) have
/// variables, and only the first place of each is looked into; none are where `shared` is empty.
pub(super) fn scan(
    document: &Document,
    root: NodeId,
    outline: &Outline,
    section: Option<u32>,
    names: &dyn Names,
    shared: &Shared,
) -> Scanned {
    let mut scanner = Scanner {
        tree: &document.tree,
        text: document.source.text(),
        outline,
        section,
        names,
        shared,
        unnamed: FxHashMap::default(),
        outermost_home: None,
        scopes: Vec::new(),
        path: Vec::new(),
        references: Vec::new(),
        found: Scanned {
            bindings: Vec::new(),
            meanings: FxHashMap::default(),
            by_value: FxHashMap::default(),
            scopes: FxHashMap::default(),
            wider: Vec::new(),
            errors: Vec::new(),
        },
    };
    scanner.visit(root);
    scanner.place_variables();
    scanner.found
}

struct Scope {
    names: FxHashMap<String, BindingId>,
    /// Length of the path where the scope begins.
    path: usize,
    /// The variable whose value is being visited.
    current: Option<BindingId>,
}

/// A step from an outer expression to an inner one.
#[derive(Clone, Copy)]
enum Step {
    /// Into what may be evaluated after the frame has ended: a function body, list item or field.
    Hard,
    /// Into the value of a variable, which stays in the frame unless the variable needs a cell.
    Soft(BindingId),
}

struct Reference {
    to: BindingId,
    hard: bool,
    through: Vec<BindingId>,
}

struct Scanner<'a> {
    tree: &'a Tree,
    text: &'a str,
    outline: &'a Outline,
    section: Option<u32>,
    names: &'a dyn Names,
    shared: &'a Shared,
    /// The variables of shared expressions, by their first places, and the scope of each.
    unnamed: FxHashMap<NodeId, (BindingId, usize)>,
    /// The expression that has the variable whose value is being visited, if it has no name.
    outermost_home: Option<NodeId>,
    scopes: Vec<Scope>,
    path: Vec<Step>,
    references: Vec<Reference>,
    found: Scanned,
}

impl Scanner<'_> {
    fn visit(&mut self, id: NodeId) {
        stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || {
            if let Some((binding, depth)) =
                self.shared.first.get(&id).and_then(|first| self.unnamed.get(first)).copied()
            {
                return self.refer(id, binding, depth);
            }
            if !self.shared.homes.contains_key(&id)
                || matches!(self.tree.node(id), Node::Let { .. } | Node::Record(_))
            {
                return self.visit_node(id);
            }
            let (scope, bindings) = (self.new_scope(), self.add_unnamed(id));
            self.open_scope(id, scope, bindings, false);
            self.visit_node(id);
            self.close(id);
        });
    }

    fn visit_node(&mut self, id: NodeId) {
        match self.tree.node(id) {
            Node::Name { inclusive } => self.reference(id, inclusive),
            Node::Let { bindings, body } => {
                self.open_bindings(id, bindings, false);
                self.visit(body);
                self.close(id);
            }
            Node::Record(fields) => {
                self.open_bindings(id, fields, true);
                self.close(id);
            }
            Node::List(items) => {
                for &item in self.tree.list(items) {
                    match self.tree.node(item) {
                        Node::Range { from, to } => {
                            self.visit(from);
                            self.visit(to);
                        }
                        _ => self.visit_behind(Step::Hard, item),
                    }
                }
            }
            Node::Function { parameters, returns, body } => {
                let mut bindings = Vec::new();
                for &parameter in self.tree.list(parameters) {
                    if let Node::Parameter { name, .. } = self.tree.node(parameter) {
                        let text = self.tree.name(name, self.text).into_owned();
                        bindings.push((text, name));
                    }
                }
                let _ = returns;
                self.visit_function(id, bindings, body);
            }
            Node::Each(body) => self.visit_function(id, vec![("_".to_owned(), id)], body),
            Node::Field { target: None, .. } | Node::Projection { target: None, .. } => {
                self.reference_by_name(id, "_", false);
            }
            Node::Field { target: Some(target), .. } | Node::Projection { target: Some(target), .. } => {
                self.visit(target);
            }
            Node::SectionAccess { section, member } => {
                let section_name = self.tree.name(section, self.text).into_owned();
                let member_name = self.tree.name(member, self.text).into_owned();
                let meaning = match self.outline.member(&section_name, &member_name) {
                    Some((section, member)) => Meaning::Member(section, member),
                    None => {
                        let name = format!("{section_name}!{member_name}");
                        let known: Vec<String> = self
                            .outline
                            .sections
                            .iter()
                            .flat_map(|section| {
                                section.members.iter().map(|(name, _)| format!("{}!{name}", section.name))
                            })
                            .collect();
                        let help = closest(&name, known.iter().map(String::as_str));
                        self.unknown(id, name, help)
                    }
                };
                self.found.meanings.insert(id, meaning);
            }
            // Names in these are declarations or field names, not references.
            Node::SectionMember { value, .. } => self.visit(value),
            Node::Section { members, .. } => {
                for &member in self.tree.list(members) {
                    self.visit(member);
                }
            }
            Node::FieldType { ty, .. } | Node::Parameter { ty, .. } => {
                if let Some(ty) = ty {
                    self.visit(ty);
                }
            }
            Node::RecordType { fields: list, .. } => self.visit_all(list),
            Node::FunctionType { parameters, returns } => {
                self.visit_all(parameters);
                self.visit(returns);
            }
            Node::Is { value, .. } | Node::As { value, .. } => self.visit(value),
            _ => {
                let mut children = Vec::new();
                self.tree.visit_children(id, |child| children.push(child));
                for child in children {
                    self.visit(child);
                }
            }
        }
    }

    fn visit_all(&mut self, list: NodeList) {
        for &id in self.tree.list(list) {
            self.visit(id);
        }
    }

    fn visit_behind(&mut self, step: Step, id: NodeId) {
        self.path.push(step);
        self.visit(id);
        self.path.pop();
    }

    fn visit_function(&mut self, id: NodeId, parameters: Vec<(String, NodeId)>, body: NodeId) {
        self.path.push(Step::Hard);
        let mut scope = Scope { names: FxHashMap::default(), path: self.path.len(), current: None };
        let mut bindings = Vec::with_capacity(parameters.len());
        for (name, node) in parameters {
            let binding = self.add_binding(Class::Parameter, node);
            scope.names.insert(name, binding);
            bindings.push(binding);
        }
        self.found.scopes.insert(id, bindings);
        self.scopes.push(scope);
        self.visit(body);
        self.scopes.pop();
        self.path.pop();
    }

    fn add_binding(&mut self, class: Class, value: NodeId) -> BindingId {
        let binding = self.found.bindings.len() as BindingId;
        self.found.bindings.push(Binding {
            class,
            value,
            cell: false,
            cyclic: false,
            group: None,
            members: Vec::new(),
            edges: Vec::new(),
        });
        self.found.by_value.insert(value, binding);
        binding
    }

    /// Enters the scope of a `let` or record and visits the values.
    fn open_bindings(&mut self, id: NodeId, list: NodeList, record: bool) {
        let mut scope = self.new_scope();
        let mut bindings = Vec::new();
        for &node in self.tree.list(list) {
            let Node::Binding { name, value } = self.tree.node(node) else { continue };
            let class = self.class_of(value);
            let binding = self.add_binding(class, value);
            scope.names.entry(self.tree.name(name, self.text).into_owned()).or_insert(binding);
            bindings.push(binding);
        }
        bindings.extend(self.add_unnamed(id));
        self.open_scope(id, scope, bindings, record);
    }

    fn new_scope(&self) -> Scope {
        Scope { names: FxHashMap::default(), path: self.path.len(), current: None }
    }

    /// The variables of the shared expressions that have their home here. Their scope is the next to be opened.
    fn add_unnamed(&mut self, home: NodeId) -> Vec<BindingId> {
        let firsts = self.shared.homes.get(&home).map_or(&[][..], Vec::as_slice);
        let add = |first: &NodeId| {
            let binding = self.add_binding(Class::Expression, *first);
            self.unnamed.insert(*first, (binding, self.scopes.len()));
            binding
        };
        firsts.iter().map(add).collect()
    }

    fn open_scope(&mut self, id: NodeId, scope: Scope, bindings: Vec<BindingId>, record: bool) {
        self.scopes.push(scope);
        let depth = self.scopes.len() - 1;
        for &binding in &bindings {
            let (class, value) = {
                let binding = &self.found.bindings[binding as usize];
                (binding.class, binding.value)
            };
            self.scopes[depth].current = Some(binding);
            if self.unnamed.contains_key(&value) {
                let outer = self.outermost_home;
                self.outermost_home = outer.or(Some(id));
                self.path.push(Step::Soft(binding));
                self.visit_node(value);
                self.path.pop();
                self.outermost_home = outer;
                continue;
            }
            let step = if record || class != Class::Expression { Step::Hard } else { Step::Soft(binding) };
            self.visit_behind(step, value);
        }
        self.scopes[depth].current = None;
        self.found.scopes.insert(id, bindings);
    }

    fn class_of(&self, value: NodeId) -> Class {
        match self.tree.node(value) {
            Node::Null | Node::Logical(_) | Node::Number | Node::Text => Class::Constant,
            Node::Function { .. } | Node::Each(_) => Class::Lambda,
            Node::Paren(inner) => match self.class_of(inner) {
                Class::Constant => Class::Constant,
                _ => Class::Expression,
            },
            _ => Class::Expression,
        }
    }

    /// Leaves a scope: finds its groups and cycles.
    fn close(&mut self, id: NodeId) {
        self.scopes.pop();
        let bindings = self.found.scopes.get(&id).cloned().unwrap_or_default();
        let all = &self.found.bindings;
        let is_lambda = |binding: BindingId| all[binding as usize].class == Class::Lambda;
        let lambdas: Vec<BindingId> =
            bindings.iter().copied().filter(|binding| is_lambda(*binding)).collect();
        let groups = recursive_groups(all, &lambdas);
        let cycles = recursive_groups(all, &bindings);
        for group in groups {
            let first = group[0];
            for (index, binding) in group.iter().enumerate() {
                self.found.bindings[*binding as usize].group = Some((first, index as u32));
            }
            self.found.bindings[first as usize].members = group;
        }
        for binding in cycles.into_iter().flatten() {
            let binding = &mut self.found.bindings[binding as usize];
            binding.cyclic = binding.class == Class::Expression;
        }
    }

    fn reference(&mut self, id: NodeId, inclusive: bool) {
        let name = self.tree.name(id, self.text).into_owned();
        self.reference_by_name(id, &name, inclusive);
    }

    fn reference_by_name(&mut self, id: NodeId, name: &str, inclusive: bool) {
        for depth in (0..self.scopes.len()).rev() {
            let scope = &self.scopes[depth];
            let Some(&to) = scope.names.get(name) else { continue };
            // Without `@` a variable does not see itself: the name means what it means outside.
            if !inclusive && scope.current == Some(to) {
                continue;
            }
            self.refer(id, to, depth);
            return;
        }
        let meaning = self.outer_meaning(id, name);
        self.found.meanings.insert(id, meaning);
    }

    /// Notes that a node refers to a variable of the scope at `depth`.
    fn refer(&mut self, id: NodeId, to: BindingId, depth: usize) {
        let Some(scope) = self.scopes.get(depth) else { return };
        let steps = &self.path[scope.path.min(self.path.len())..];
        let hard = steps.iter().any(|step| matches!(step, Step::Hard));
        let through = steps
            .iter()
            .filter_map(|step| match step {
                Step::Soft(binding) => Some(*binding),
                Step::Hard => None,
            })
            .collect();
        if let Some(current) = scope.current {
            self.found.bindings[current as usize].edges.push(to);
        }
        self.references.push(Reference { to, hard, through });
        self.found.meanings.insert(id, Meaning::Binding(to));
        self.found.wider.extend(self.outermost_home.map(|home| (to, home)));
    }

    fn outer_meaning(&mut self, id: NodeId, name: &str) -> Meaning {
        if let Some(section) = self.section
            && let Some(member) = self.outline.member_of(section, name)
        {
            return Meaning::Member(section, member);
        }
        match self.outline.shared(self.section, name).as_slice() {
            [] => {}
            [(section, member)] => return Meaning::Member(*section, *member),
            _ => {
                return Meaning::Unknown(format!(
                    "The name '{name}' is shared by more than one section. Write Section!{name} to say which."
                ));
            }
        }
        match name {
            "#shared" => return Meaning::Environment(true),
            "#sections" => return Meaning::Environment(false),
            _ => {}
        }
        if let Some(value) = self.names.lookup(name) {
            return Meaning::Constant(value);
        }
        let mut known: Vec<&str> =
            self.scopes.iter().flat_map(|scope| scope.names.keys().map(String::as_str)).collect();
        if let Some(section) = self.section.and_then(|at| self.outline.sections.get(at as usize)) {
            known.extend(section.members.iter().map(|(name, _)| name.as_str()));
        }
        known.extend(self.outline.shared_names());
        known.extend(self.names.names());
        let help = closest(name, known.into_iter());
        let name = name.to_owned();
        self.unknown(id, name, help)
    }

    fn unknown(&mut self, id: NodeId, name: String, help: Option<String>) -> Meaning {
        let (message, code) = if name == "_" {
            (
                "There is no '_' here: [Field] without a record and '_' belong inside `each` or a function of '_'."
                    .to_owned(),
                "M0202",
            )
        } else {
            (format!("The name '{name}' wasn't recognized. Make sure it's spelled correctly."), "M0201")
        };
        self.found.errors.push(ResolveError {
            code,
            span: self.tree.span(id),
            message: message.clone(),
            name,
            help,
        });
        Meaning::Unknown(message)
    }

    /// Decides which variables need cells: those referred to from what may outlive the frame, and those
    /// referred to by a variable that itself needs one.
    fn place_variables(&mut self) {
        let mut dependents: FxHashMap<BindingId, Vec<BindingId>> = FxHashMap::default();
        let mut work = Vec::new();
        for reference in &self.references {
            if reference.hard {
                work.push(reference.to);
            } else {
                for &through in &reference.through {
                    dependents.entry(through).or_default().push(reference.to);
                }
            }
        }
        while let Some(binding) = work.pop() {
            let place = &mut self.found.bindings[binding as usize];
            if place.class != Class::Expression || place.cell {
                continue;
            }
            place.cell = true;
            work.extend(dependents.get(&binding).into_iter().flatten());
        }
    }
}

/// `Did you mean 'x'?` for the known name most like a wrong one.
pub fn closest<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Option<String> {
    // A name this long is no slip of the pen, and comparing takes a time that grows with the square of the length.
    const LONGEST: usize = 256;
    if name.len() > LONGEST {
        return None;
    }
    let folded = name.to_lowercase();
    let mut best: Option<(f64, &str)> = None;
    for candidate in known.filter(|candidate| candidate.len() <= LONGEST) {
        let likeness = if candidate.to_lowercase() == folded {
            2.0
        } else {
            strsim::jaro_winkler(&folded, &candidate.to_lowercase())
        };
        if likeness >= 0.85 && best.is_none_or(|(most, _)| likeness > most) {
            best = Some((likeness, candidate));
        }
    }
    best.map(|(_, candidate)| format!("Did you mean {candidate}?"))
}
