//! What must hold of the notifications of a project file.

use crate::project::document::Step::{self, Field, Item};
use crate::project::model::ProjectFile;

/// A mistake: the field, what is wrong, and what to do about it.
type Mistake = (Vec<Step<'static>>, String, &'static str);

/// The mistakes in the notifications.
pub(in crate::project) fn mistakes(file: &ProjectFile) -> Vec<Mistake> {
    let mut found: Vec<Mistake> = Vec::new();
    for (i, one) in file.notifications.iter().enumerate() {
        let at = |rest: &[Step<'static>]| [&[Field("notifications"), Item(i)], rest].concat();
        if one.email.is_some() == one.webhook.is_some() {
            let message = "a notification goes either by email or by webhook".to_owned();
            found.push((at(&[]), message, "write one entry for each way"));
        }
        if one.when.is_empty() {
            let message = "the notification is never sent".to_owned();
            found.push((at(&[Field("when")]), message, "name warning, error or completed"));
        }
        if let Some(hook) = &one.webhook {
            let address = at(&[Field("webhook"), Field("address")]);
            match &hook.address {
                Some(text) if !text.starts_with("https://") && !text.starts_with("http://") => {
                    let message = format!("{text:?} is no address of the web");
                    found.push((address, message, "begin it with https://"));
                }
                None if hook.credential.is_none() => {
                    let message = "the webhook has no address".to_owned();
                    found.push((
                        at(&[Field("webhook")]),
                        message,
                        "add address, or the credential that is it",
                    ));
                }
                _ => {}
            }
        }
        let Some(email) = &one.email else { continue };
        let to = [Field("email"), Field("to")];
        if email.to.is_empty() {
            let message = "the e-mail goes to nobody".to_owned();
            found.push((at(&to), message, "name addresses or mailing lists"));
        }
        for (k, name) in email.to.iter().enumerate() {
            if !name.contains('@') && !file.mailing_lists.contains_key(name) {
                let message = format!("{name:?} is neither an address nor one of the mailing_lists");
                let at = at(&[to[0], to[1], Item(k)]);
                found.push((at, message, "add it to mailing_lists, or write an address"));
            }
        }
    }
    found
}
