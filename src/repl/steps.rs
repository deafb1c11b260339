//! Applied steps, and what the editor does with them: add, rename, delete, insert, move, undo.

use std::sync::Arc;

use crate::diagnostics::closest;
use crate::ide::{bound_names, free_names, name_text};
use crate::syntax::parse_expression;

/// One step: a name and its expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The name.
    pub name: String,
    /// The expression, without the name.
    pub text: String,
    /// The comments before it, as they were written; empty if there are none.
    pub comment: String,
}

impl Step {
    /// A step without comments.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Step {
        Step { name: name.into(), text: text.into(), comment: String::new() }
    }

    /// The names the expression takes from outside.
    pub fn uses(&self) -> Vec<String> {
        let parsed = parse_expression(&self.text);
        free_names(&parsed.tree, &self.text).into_iter().map(|reference| reference.name).collect()
    }

    fn uses_name(&self, name: &str) -> bool {
        self.uses().iter().any(|used| used == name)
    }

    /// The step with another name in place of each free use of `old`.
    fn relinked(&self, old: &str, new: &str) -> Result<Step, StepError> {
        if old == new || !self.uses_name(old) {
            return Ok(self.clone());
        }
        let parsed = parse_expression(&self.text);
        if bound_names(&parsed.tree, &self.text).iter().any(|bound| bound == new) {
            return Err(StepError::Captured { step: self.name.clone(), name: new.to_owned() });
        }
        Ok(Step { text: replace_free(&self.text, old, new), ..self.clone() })
    }
}

/// The expression with `new` in place of each free use of the name `old`; a field of an implied `_` gets it as target.
pub(super) fn replace_free(text: &str, old: &str, new: &str) -> String {
    let parsed = parse_expression(text);
    let written = name_text(new);
    let mut replaced = String::with_capacity(text.len());
    let mut at = 0;
    for reference in free_names(&parsed.tree, text).iter().filter(|reference| reference.name == old) {
        replaced.push_str(text.get(at..reference.span.start as usize).unwrap_or(""));
        replaced.push_str(&written);
        at = reference.span.end as usize;
    }
    replaced.push_str(text.get(at..).unwrap_or(""));
    replaced
}

/// Why a change of the steps cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// No such step.
    #[error("There is no step '{name}'.{hint}")]
    NoStep {
        /// What was asked for.
        name: String,
        /// A near name, with a blank before it; or nothing.
        hint: String,
    },
    /// The name is taken.
    #[error("There is a step '{0}' already.")]
    Taken(String),
    /// The first step has no step before it that could take its place.
    #[error("'{name}' is what '{user}' starts from. Change or delete '{user}' first.")]
    Needed {
        /// The step to be deleted.
        name: String,
        /// A step that uses it.
        user: String,
    },
    /// A name inside the expression would hide the step.
    #[error("'{step}' has a variable '{name}' of its own, which would hide the step. Choose another name.")]
    Captured {
        /// The step with the variable.
        step: String,
        /// The name.
        name: String,
    },
    /// The steps would need each other.
    #[error("Then '{0}' would need itself.")]
    Cycle(String),
    /// Nothing to undo.
    #[error("There is nothing to undo.")]
    NothingToUndo,
    /// Nothing to redo.
    #[error("There is nothing to redo.")]
    NothingToRedo,
}

/// The applied steps with their past.
#[derive(Clone, Debug, Default)]
pub struct Steps {
    steps: Arc<Vec<Step>>,
    past: Vec<Arc<Vec<Step>>>,
    future: Vec<Arc<Vec<Step>>>,
}

/// How many changes can be undone.
const PAST: usize = 1000;

impl Steps {
    /// The steps in order.
    pub fn list(&self) -> &[Step] {
        &self.steps
    }

    /// The last step.
    pub fn last(&self) -> Option<&Step> {
        self.steps.last()
    }

    /// Where the step of this name stands.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.steps.iter().position(|step| step.name == name)
    }

    /// The step of this name.
    pub fn get(&self, name: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.name == name)
    }

    /// Finds a step by its name, or by its number from 1.
    pub fn find(&self, given: &str) -> Result<usize, StepError> {
        let by_number =
            || given.parse::<usize>().ok().and_then(|n| n.checked_sub(1)).filter(|at| *at < self.steps.len());
        let folded = || self.steps.iter().position(|step| step.name.eq_ignore_ascii_case(given));
        self.position(given).or_else(by_number).or_else(folded).ok_or_else(|| StepError::NoStep {
            name: given.to_owned(),
            hint: closest(given, self.steps.iter().map(|step| step.name.as_str()))
                .map(|hint| format!(" {hint}"))
                .unwrap_or_default(),
        })
    }

    fn change(&mut self, steps: Vec<Step>) -> Result<(), StepError> {
        if let Some(name) = cycle(&steps) {
            return Err(StepError::Cycle(name));
        }
        self.past.push(std::mem::replace(&mut self.steps, Arc::new(steps)));
        if self.past.len() > PAST {
            self.past.remove(0);
        }
        self.future.clear();
        Ok(())
    }

    /// Replaces all steps.
    pub fn set(&mut self, steps: Vec<Step>) -> Result<(), StepError> {
        self.change(steps)
    }

    /// Adds a step at the end, or replaces the one of its name.
    pub fn put(&mut self, step: Step) -> Result<(), StepError> {
        let mut steps = self.steps.to_vec();
        match steps.iter_mut().find(|known| known.name == step.name) {
            Some(known) => *known = Step { comment: known.comment.clone(), ..step },
            None => steps.push(step),
        }
        self.change(steps)
    }

    /// Takes a step away again that was just added and cannot be evaluated; no change to be undone.
    pub fn withdraw(&mut self, step: &Step) -> bool {
        if self.steps.last() != Some(step) {
            return false;
        }
        match self.past.pop() {
            Some(before) => self.steps = before,
            None => self.steps = Arc::new(Vec::new()),
        }
        true
    }

    /// Renames a step and all its uses.
    pub fn rename(&mut self, at: usize, new: &str) -> Result<(), StepError> {
        let Some(step) = self.steps.get(at) else { return Ok(()) };
        if step.name == new {
            return Ok(());
        }
        if self.position(new).is_some() {
            return Err(StepError::Taken(new.to_owned()));
        }
        let old = step.name.clone();
        let mut steps = Vec::with_capacity(self.steps.len());
        for step in self.steps.iter() {
            let mut step = step.relinked(&old, new)?;
            if step.name == old {
                step.name = new.to_owned();
            }
            steps.push(step);
        }
        self.change(steps)
    }

    /// Deletes a step; what used it uses the step it was made from.
    pub fn delete(&mut self, at: usize) -> Result<(), StepError> {
        let Some(step) = self.steps.get(at) else { return Ok(()) };
        let input = self.input(at);
        let mut steps = Vec::with_capacity(self.steps.len());
        for (index, other) in self.steps.iter().enumerate() {
            if index == at {
                continue;
            }
            match &input {
                Some(input) => steps.push(other.relinked(&step.name, input)?),
                None if other.uses_name(&step.name) => {
                    return Err(StepError::Needed { name: step.name.clone(), user: other.name.clone() });
                }
                None => steps.push(other.clone()),
            }
        }
        self.change(steps)
    }

    /// Deletes a step and all after it.
    pub fn delete_until_end(&mut self, at: usize) -> Result<(), StepError> {
        self.change(self.steps.get(..at).unwrap_or_default().to_vec())
    }

    /// The step that a step is made from: the one before it if it uses that, else the last one before it that it uses.
    fn input(&self, at: usize) -> Option<String> {
        let uses = self.steps.get(at)?.uses();
        let before = self.steps.get(..at)?;
        before.iter().rev().find(|step| uses.contains(&step.name)).map(|step| step.name.clone())
    }

    /// Inserts a step after another; the step that followed it starts from the new one.
    pub fn insert(&mut self, after: usize, step: Step) -> Result<(), StepError> {
        if self.position(&step.name).is_some() {
            return Err(StepError::Taken(step.name));
        }
        let Some(anchor) = self.steps.get(after).map(|step| step.name.clone()) else { return Ok(()) };
        let mut steps = self.steps.to_vec();
        if let Some(next) = steps.get_mut(after + 1) {
            *next = next.relinked(&anchor, &step.name)?;
        }
        steps.insert(after + 1, step);
        self.change(steps)
    }

    /// Moves a step to another place, counted in the list as it will be. What was a chain stays one: each step that
    /// started from the one before it starts from the one that is before it now.
    pub fn move_to(&mut self, from: usize, to: usize) -> Result<(), StepError> {
        if from == to || from >= self.steps.len() || to >= self.steps.len() {
            return Ok(());
        }
        let chained = |at: usize| -> Option<String> {
            let before = self.steps.get(at.checked_sub(1)?)?;
            self.steps.get(at)?.uses_name(&before.name).then(|| before.name.clone())
        };
        let mut steps: Vec<(Step, Option<String>)> =
            self.steps.iter().cloned().enumerate().map(|(at, step)| (step, chained(at))).collect();
        let moved = steps.remove(from);
        steps.insert(to, moved);
        let names: Vec<String> = steps.iter().map(|(step, _)| step.name.clone()).collect();
        let mut relinked = Vec::with_capacity(steps.len());
        for (at, (step, old)) in steps.iter().enumerate() {
            match (old, at.checked_sub(1).and_then(|before| names.get(before))) {
                (Some(old), Some(before)) => relinked.push(step.relinked(old, before)?),
                // It started from another step, and nothing is before it any more.
                (Some(old), None) => {
                    return Err(StepError::Needed { name: old.clone(), user: step.name.clone() });
                }
                (None, _) => relinked.push(step.clone()),
            }
        }
        self.change(relinked)
    }

    /// Takes the last change back.
    pub fn undo(&mut self) -> Result<(), StepError> {
        let before = self.past.pop().ok_or(StepError::NothingToUndo)?;
        self.future.push(std::mem::replace(&mut self.steps, before));
        Ok(())
    }

    /// Makes the last change that was taken back again.
    pub fn redo(&mut self) -> Result<(), StepError> {
        let after = self.future.pop().ok_or(StepError::NothingToRedo)?;
        self.past.push(std::mem::replace(&mut self.steps, after));
        Ok(())
    }

    /// The steps that a step needs, itself included, in their order.
    pub fn needed_by(&self, text: &str) -> Vec<&Step> {
        let mut needed = vec![false; self.steps.len()];
        let mut open = Step::new("", text).uses();
        while let Some(name) = open.pop() {
            if let Some(at) = self.position(&name)
                && let Some(known) = needed.get_mut(at)
                && !std::mem::replace(known, true)
            {
                open.extend(self.steps.get(at).map(Step::uses).unwrap_or_default());
            }
        }
        self.steps.iter().zip(needed).filter_map(|(step, needed)| needed.then_some(step)).collect()
    }
}

/// A step that needs itself through others, if there is one. A step may use its own name only with `@`.
fn cycle(steps: &[Step]) -> Option<String> {
    let uses: Vec<Vec<usize>> = steps
        .iter()
        .map(|step| {
            let used = step.uses();
            steps
                .iter()
                .enumerate()
                .filter(|(_, other)| used.contains(&other.name))
                .map(|(at, _)| at)
                .collect()
        })
        .collect();
    for start in 0..steps.len() {
        let mut seen = vec![false; steps.len()];
        let mut open: Vec<usize> = uses.get(start).cloned().unwrap_or_default();
        open.retain(|at| *at != start);
        while let Some(at) = open.pop() {
            if at == start {
                return steps.get(start).map(|step| step.name.clone());
            }
            if let Some(seen) = seen.get_mut(at)
                && !std::mem::replace(seen, true)
            {
                open.extend(uses.get(at).into_iter().flatten());
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain() -> Steps {
        let mut steps = Steps::default();
        steps.put(Step::new("Source", "{1..9}")).unwrap();
        steps.put(Step::new("Filtered rows", "List.Select(Source, each _ > 1)")).unwrap();
        steps.put(Step::new("Sorted rows", "List.Sort(#\"Filtered rows\")")).unwrap();
        steps.put(Step::new("Kept", "List.FirstN(#\"Sorted rows\", 2)")).unwrap();
        steps
    }

    fn texts(steps: &Steps) -> Vec<String> {
        steps.list().iter().map(|step| format!("{} = {}", step.name, step.text)).collect()
    }

    #[test]
    fn renaming_changes_all_uses() {
        let mut steps = chain();
        steps.rename(1, "Big").unwrap();
        assert_eq!(texts(&steps)[2], "Sorted rows = List.Sort(Big)");
        assert_eq!(steps.rename(1, "Source"), Err(StepError::Taken("Source".into())));
        steps.undo().unwrap();
        assert_eq!(texts(&steps)[2], "Sorted rows = List.Sort(#\"Filtered rows\")");
        steps.redo().unwrap();
        assert_eq!(steps.list()[1].name, "Big");
    }

    #[test]
    fn a_name_inside_an_expression_is_not_the_step() {
        let mut steps = chain();
        steps.put(Step::new("Own", "let Source = 1 in Source + Kept{0}")).unwrap();
        steps.rename(0, "Start").unwrap();
        assert_eq!(texts(&steps)[4], "Own = let Source = 1 in Source + Kept{0}");
        assert_eq!(
            steps.rename(3, "Source"),
            Err(StepError::Captured { step: "Own".into(), name: "Source".into() })
        );
    }

    #[test]
    fn deleting_relinks_to_the_step_before() {
        let mut steps = chain();
        steps.delete(1).unwrap();
        assert_eq!(texts(&steps)[1], "Sorted rows = List.Sort(Source)");
        let error = steps.delete(0).unwrap_err();
        assert_eq!(error, StepError::Needed { name: "Source".into(), user: "Sorted rows".into() });
    }

    #[test]
    fn inserting_takes_the_next_step_along() {
        let mut steps = chain();
        steps.insert(0, Step::new("Doubled", "List.Transform(Source, each _ * 2)")).unwrap();
        assert_eq!(texts(&steps)[2], "Filtered rows = List.Select(Doubled, each _ > 1)");
    }

    #[test]
    fn moving_keeps_the_chain() {
        let mut steps = chain();
        steps.move_to(2, 1).unwrap();
        assert_eq!(
            texts(&steps),
            [
                "Source = {1..9}",
                "Sorted rows = List.Sort(Source)",
                "Filtered rows = List.Select(#\"Sorted rows\", each _ > 1)",
                "Kept = List.FirstN(#\"Filtered rows\", 2)",
            ]
        );
        assert!(steps.move_to(1, 0).is_err());
    }

    #[test]
    fn steps_that_would_need_themselves_are_refused() {
        let mut steps = chain();
        let error = steps.put(Step::new("Source", "Kept")).unwrap_err();
        assert_eq!(error, StepError::Cycle("Source".into()));
        assert_eq!(texts(&steps)[0], "Source = {1..9}");
    }

    #[test]
    fn near_names_are_suggested() {
        let error = chain().find("Filterd rows").unwrap_err();
        assert_eq!(error.to_string(), "There is no step 'Filterd rows'. Did you mean Filtered rows?");
        assert_eq!(chain().find("2"), Ok(1));
    }
}
