//! Names that are declared twice in one place.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::Parser;
use crate::syntax::error::{SyntaxError, SyntaxErrorCode};
use crate::syntax::literal;
use crate::syntax::token::TokenKind;
use crate::syntax::tree::{Node, NodeId, NodeList};

/// Up to this many names, comparing each with each is faster than hashing.
const FEW: usize = 8;

impl<'s> Parser<'s> {
    /// Reports the names that the declarations in `list` have in common.
    pub(super) fn check_names(&mut self, list: NodeList, place: &str) {
        if list.len() < 2 {
            return;
        }
        let declarations = self.children_of(list);
        let names = declarations.iter().filter_map(|&node| {
            let name = self.declared(node)?;
            Some((self.spelled(name)?, name))
        });
        let mut twice = Vec::new();
        if list.len() <= FEW {
            let mut seen: [(Cow<'s, str>, Option<NodeId>); FEW] = Default::default();
            for (count, (name, id)) in names.enumerate() {
                if let Some((_, Some(first))) = seen.iter().take(count).find(|(other, _)| *other == name) {
                    twice.push((*first, id));
                }
                if let Some(place) = seen.get_mut(count) {
                    *place = (name, Some(id));
                }
            }
        } else {
            let mut seen: FxHashMap<Cow<'s, str>, NodeId> = FxHashMap::default();
            seen.reserve(list.len());
            for (name, id) in names {
                if let Some(first) = seen.get(&name) {
                    twice.push((*first, id));
                } else {
                    seen.insert(name, id);
                }
            }
        }
        for (first, second) in twice {
            let (first, second) = (self.node_span(first), self.node_span(second));
            let name = self.shorten(second.of(self.text));
            self.push_error(
                SyntaxError::new(
                    SyntaxErrorCode::DuplicateName,
                    second,
                    format!("The name `{name}` is already taken in {place}."),
                )
                .with_help("Give one of them another name.")
                .with_related(first, "the first one is here"),
            );
        }
    }

    /// The name that a declaration declares.
    fn declared(&self, node: NodeId) -> Option<NodeId> {
        match self.node_of(node) {
            Node::Binding { name, .. }
            | Node::Parameter { name, .. }
            | Node::FieldType { name, .. }
            | Node::SectionMember { name, .. } => Some(name),
            _ => None,
        }
    }

    fn spelled(&self, name: NodeId) -> Option<Cow<'s, str>> {
        if !matches!(self.node_of(name), Node::Name { .. }) {
            return None;
        }
        let text = self.node_span(name).of(self.text);
        Some(match self.kind_at(self.start_of(name)) {
            TokenKind::QuotedIdentifier => literal::quoted_identifier(text),
            _ => Cow::Borrowed(text),
        })
    }
}
