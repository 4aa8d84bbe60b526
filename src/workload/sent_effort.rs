//! How much a call reasons, from what it sends.

use crate::catalog::{Effort, Model};
use crate::forecast::CallEffort;
use crate::request::{Request, ThinkingSetting};
use crate::units::Tokens;
use crate::{Error, ErrorKind};

/// What a call sends about its reasoning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentEffort {
    /// Whether it reasons: the model can, and the request does not keep it from doing so.
    pub reasons: bool,
    /// The level that it names, as it is written.
    pub level: Option<String>,
    /// The most reasoning tokens that it allows.
    pub budget: Option<Tokens>,
}

impl SentEffort {
    /// What a request sends to a model.
    #[must_use]
    pub fn of(request: &Request, model: &Model) -> Self {
        let budget = match request.settings.thinking {
            Some(ThinkingSetting::Budget(budget)) => Some(budget),
            Some(ThinkingSetting::Off | ThinkingSetting::Adaptive) | None => None,
        };
        Self { reasons: request.reasons(model), level: request.settings.effort.clone(), budget }
    }

    /// A call that says nothing about it.
    #[must_use]
    pub fn usual(model: &Model) -> Self {
        Self { reasons: CallEffort::at(model, None).reasons, level: None, budget: None }
    }

    /// Whether the call reasons, and at which level: the `named` one, else the one that is sent.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a level that the model does not have; the hint lists those it has.
    pub fn resolve(&self, model: &Model, named: Option<Effort>) -> Result<CallEffort, Error> {
        if let Some(level) = named {
            let level = level_of(model, &level.to_string())?;
            let reasons =
                CallEffort::at(model, Some(level)).reasons || self.reasons && level != Effort::None;
            return Ok(CallEffort { reasons, level: Some(level) });
        }
        // Of a model whose levels are not known, any level may be one.
        let is_known = model.thinking.is_some() || !model.reasoning;
        let level = match &self.level {
            Some(written) if is_known => Some(level_of(model, written)?),
            Some(written) => Some(written.parse()?),
            None => None,
        };
        Ok(CallEffort { reasons: self.reasons, level })
    }
}

/// Reads a level of effort, and refuses one that a model does not have with those it has.
fn level_of(model: &Model, written: &str) -> Result<Effort, Error> {
    let efforts = model.thinking.as_ref().map_or(&[][..], |thinking| thinking.efforts.as_slice());
    if let Some(level) = written.parse::<Effort>().ok().filter(|level| efforts.contains(level)) {
        return Ok(level);
    }
    let has: Vec<String> = efforts.iter().map(ToString::to_string).collect();
    let hint = if has.is_empty() {
        "it has no levels of effort; leave it out".to_owned()
    } else {
        format!("its levels are {}", has.join(", "))
    };
    let message = format!("`{}` has no effort `{written}`", model.id);
    Err(Error::new(ErrorKind::Usage, message).hint(hint))
}
