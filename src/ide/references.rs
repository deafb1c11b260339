//! The names that an expression uses and does not define itself.

use crate::syntax::{Node, NodeId, Tree};
use crate::text::Span;

/// A use of a name that the expression does not define.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Where the name stands, with its quotes but without `@`.
    pub span: Span,
    /// The name.
    pub name: String,
    /// Whether the name is only meant: `[Field]` without a target is a field of `_`. The span is then empty.
    pub implied: bool,
}

/// The free names of a parsed expression, in the order of the text.
pub fn free_names(tree: &Tree, text: &str) -> Vec<Reference> {
    let mut walk = Walk { tree, text, bound: Vec::new(), found: Vec::new(), defined: Vec::new() };
    walk.expression(tree.root());
    walk.found.sort_by_key(|reference| reference.span.start);
    walk.found
}

/// All names that the expression binds somewhere inside.
pub fn bound_names(tree: &Tree, text: &str) -> Vec<String> {
    let mut walk = Walk { tree, text, bound: Vec::new(), found: Vec::new(), defined: Vec::new() };
    walk.expression(tree.root());
    walk.defined
}

struct Walk<'t> {
    tree: &'t Tree,
    text: &'t str,
    /// The names that are bound around the current node.
    bound: Vec<String>,
    found: Vec<Reference>,
    /// Every name that was bound anywhere.
    defined: Vec<String>,
}

impl Walk<'_> {
    fn bind(&mut self, name: String) {
        self.defined.push(name.clone());
        self.bound.push(name);
    }

    fn name_of(&self, id: NodeId) -> String {
        self.tree.name(id, self.text).into_owned()
    }

    fn used(&mut self, name: String, span: Span, implied: bool) {
        if !self.bound.contains(&name) {
            self.found.push(Reference { span, name, implied });
        }
    }

    fn expression(&mut self, id: NodeId) {
        // As deep as the parser lets texts be.
        stacker::maybe_grow(64 * 1024, 2 * 1024 * 1024, || self.visit(id));
    }

    fn visit(&mut self, id: NodeId) {
        let depth = self.bound.len();
        match self.tree.node(id) {
            Node::Name { inclusive } => {
                let mut span = self.tree.span(id);
                if inclusive {
                    let after =
                        span.of(self.text).find(|c: char| c != '@' && !c.is_whitespace()).unwrap_or(1);
                    span.start += after as u32;
                }
                self.used(self.name_of(id), span, false);
            }
            Node::Let { bindings, body } => {
                self.bindings(self.tree.list(bindings));
                self.expression(body);
            }
            Node::Record(bindings) => self.bindings(self.tree.list(bindings)),
            Node::Function { parameters, returns: _, body } => {
                for &parameter in self.tree.list(parameters) {
                    if let Node::Parameter { name, .. } = self.tree.node(parameter) {
                        self.bind(self.name_of(name));
                    }
                }
                self.expression(body);
            }
            Node::Each(body) => {
                self.bind("_".to_owned());
                self.expression(body);
            }
            Node::Field { target, name: _, optional: _ }
            | Node::Projection { target, names: _, optional: _ } => match target {
                Some(target) => self.expression(target),
                None => self.used("_".to_owned(), Span::at(self.tree.span(id).start), true),
            },
            // The names of sections, fields of types and parameters of function types are no variables.
            Node::SectionAccess { .. } => {}
            Node::FieldType { ty, .. } | Node::Parameter { ty, .. } => {
                ty.into_iter().for_each(|ty| self.expression(ty));
            }
            _ => {
                let mut children = Vec::new();
                self.tree.visit_children(id, |child| children.push(child));
                children.into_iter().for_each(|child| self.expression(child));
            }
        }
        self.bound.truncate(depth);
    }

    /// The bindings of a `let` or record. Each sees all names but its own, which means what it means outside.
    fn bindings(&mut self, bindings: &[NodeId]) {
        let tree = self.tree;
        let pairs: Vec<(String, NodeId)> = bindings
            .iter()
            .filter_map(|&binding| match tree.node(binding) {
                Node::Binding { name, value } => Some((self.name_of(name), value)),
                _ => None,
            })
            .collect();
        let start = self.bound.len();
        pairs.iter().for_each(|(name, _)| self.bind(name.clone()));
        for (at, (name, value)) in pairs.iter().enumerate() {
            // A name with `@` means the binding itself; such a name is bound here whatever stands outside.
            let own = self.bound.get_mut(start + at).map(std::mem::take);
            let before = self.found.len();
            self.expression(*value);
            let text = self.text;
            let mut kept = before;
            while let Some(reference) = self.found.get(kept) {
                let inclusive =
                    text.get(..reference.span.start as usize).is_some_and(|t| t.trim_end().ends_with('@'));
                if reference.name == *name && inclusive {
                    self.found.remove(kept);
                } else {
                    kept += 1;
                }
            }
            if let (Some(own), Some(place)) = (own, self.bound.get_mut(start + at)) {
                *place = own;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::parse_expression;

    fn free(text: &str) -> Vec<String> {
        let parsed = parse_expression(text);
        free_names(&parsed.tree, text).into_iter().map(|reference| reference.name).collect()
    }

    #[test]
    fn names_are_free_unless_something_around_binds_them() {
        assert_eq!(free("Table.SelectRows(Source, each [A] > x)"), ["Table.SelectRows", "Source", "x"]);
        assert_eq!(free("let a = 1, b = a + c in a + b + d"), ["c", "d"]);
        assert_eq!(free("(x, y) => x + y + z"), ["z"]);
        assert_eq!(free("[a = 1, b = a, c = d]"), ["d"]);
        assert_eq!(free("[Amount]"), ["_"]);
        assert_eq!(free("_{0}[Amount]"), ["_"]);
        assert_eq!(free("let f = (n) => @f(n - 1) in f(2)"), Vec::<String>::new());
        assert_eq!(free("let x = x in x"), ["x"]);
        assert_eq!(free("type table [Source = number]"), Vec::<String>::new());
    }

    #[test]
    fn places_are_those_of_the_names() {
        let text = "f(#\"Filtered rows\", @g)";
        let parsed = parse_expression(text);
        let places: Vec<&str> = free_names(&parsed.tree, text).iter().map(|r| r.span.of(text)).collect();
        assert_eq!(places, ["f", "#\"Filtered rows\"", "g"]);
    }
}
