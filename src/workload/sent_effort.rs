//! How much a call reasons, from what it sends.

use super::call_spec::CallSpec;
use crate::catalog::{Effort, Model};
use crate::forecast::CallEffort;
use crate::names::nearest;
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

    /// Whether the call reasons, at which level and within which budget: as the call names them, else as they
    /// are sent.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a level or a budget that the model does not take; the hint says what it takes.
    pub fn resolve(&self, model: &Model, call: &CallSpec) -> Result<CallEffort, Error> {
        let effort = self.level(model, call.effort)?;
        let Some(named) = call.thinking_budget else {
            // What a request sends to a model that takes no budget bounds nothing.
            let takes = model.thinking.as_ref().is_none_or(|thinking| thinking.budget.is_some());
            return Ok(CallEffort { budget: self.budget.filter(|_| takes), ..effort });
        };
        check_budget(model, named)?;
        let reasons = named > Tokens::ZERO && effort.level != Some(Effort::None);
        Ok(CallEffort { reasons, budget: Some(named).filter(|_| reasons), ..effort })
    }

    /// The same, where `general` declares what neither the call nor the request says.
    ///
    /// # Errors
    /// Those of [`SentEffort::resolve`].
    pub fn resolve_over(
        &self,
        model: &Model,
        call: &CallSpec,
        general: &CallSpec,
    ) -> Result<CallEffort, Error> {
        let call = CallSpec {
            effort: call.effort.or(general.effort.filter(|_| self.level.is_none())),
            thinking_budget: call
                .thinking_budget
                .or(general.thinking_budget.filter(|_| self.budget.is_none())),
            ..CallSpec::default()
        };
        self.resolve(model, &call)
    }

    /// Whether the call reasons, and at which level: the `named` one, else the one that is sent.
    fn level(&self, model: &Model, named: Option<Effort>) -> Result<CallEffort, Error> {
        if let Some(level) = named {
            let level = level_of(model, &level.to_string())?;
            let reasons =
                CallEffort::at(model, Some(level)).reasons || self.reasons && level != Effort::None;
            return Ok(CallEffort { reasons, level: Some(level), budget: None });
        }
        // Of a model whose levels are not known, any level may be one.
        let is_known = model.thinking.is_some() || !model.reasoning;
        let level = match &self.level {
            Some(written) if is_known => Some(level_of(model, written)?),
            Some(written) => Some(written.parse()?),
            None => None,
        };
        Ok(CallEffort { reasons: self.reasons, level, budget: None })
    }
}

/// Refuses a budget of reasoning tokens that a model does not take.
fn check_budget(model: &Model, named: Tokens) -> Result<(), Error> {
    let refuse =
        |message: String, hint: String| Err(Error::new(ErrorKind::Usage, message).hint(hint));
    let Some(thinking) = &model.thinking else {
        let message = format!("`{}` does not reason, so that it takes no budget for it", model.id);
        let hint = "leave --thinking-budget out".to_owned();
        return if model.reasoning { Ok(()) } else { refuse(message, hint) };
    };
    let Some(known) = thinking.budget else {
        let levels: Vec<String> = thinking.efforts.iter().map(ToString::to_string).collect();
        let message = format!("`{}` takes no budget of reasoning tokens", model.id);
        return refuse(
            message,
            match levels.as_slice() {
                [] => "leave --thinking-budget out".to_owned(),
                levels => format!("its levels of effort are {} (--effort)", levels.join(", ")),
            },
        );
    };
    let fits = named >= known.min && known.max.is_none_or(|max| named <= max);
    if fits || named == Tokens::ZERO && known.zero {
        return Ok(());
    }
    let most = known.max.map_or("the cap".to_owned(), |max| max.to_string());
    let off = if known.zero { ", and 0 turns reasoning off" } else { "" };
    refuse(
        format!("a budget of {named} reasoning tokens is not one that `{}` takes", model.id),
        format!("it takes {} to {most}{off}", known.min),
    )
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
        let near = nearest(written, has.iter().map(String::as_str), 1);
        let meant = near.first().map(|near| format!("did you mean {near}? "));
        format!("{}its levels are {}", meant.unwrap_or_default(), has.join(", "))
    };
    let message = format!("`{}` has no effort `{written}`", model.id);
    Err(Error::new(ErrorKind::Usage, message).hint(hint))
}
