//! Which law a completion follows: declared, measured by the user, or measured by others.

use std::path::Path;

use crate::catalog::Model;
use crate::cli::args::{CallArgs, Dist};
use crate::forecast::{Completion, Empirical, Profile, Sample, TokenDist};
use crate::report::ProfileRef;
use crate::units::Tokens;
use crate::{Error, ErrorKind};

/// The law of a completion, and where it is from.
pub(crate) struct Law {
    pub(crate) completion: Completion,
    pub(crate) profile: Option<Source>,
}

impl Law {
    /// One line about where the forecast for a model comes from.
    pub(crate) fn sentence(&self, model: &Model) -> String {
        match (&self.profile, self.completion.declaration()) {
            (Some(source), _) => source.profile.sentence(model),
            (None, declared) => format!("declared: {}", declared.unwrap_or_default()),
        }
    }
}

/// A profile that is in use.
pub(crate) struct Source {
    pub(crate) profile: ProfileRef,
    pub(crate) measured: Empirical,
    pub(crate) sample: Sample,
    /// Whether the user brought it.
    pub(crate) own: bool,
}

/// The law that the arguments name for a model: what they declare, else the profile they name, else
/// the built-in profile of that model, else none.
pub(crate) fn law(model: &Model, args: &CallArgs) -> Result<Option<Law>, Error> {
    if let Some(completion) = declared(model, args)? {
        return Ok(Some(Law { completion, profile: None }));
    }
    let source = match (&args.profile, Profile::builtin(&model.id)) {
        (Some(spec), _) => source(spec, model)?,
        (None, Some(profile)) => chosen(&model.id, &profile?, None, false)?,
        (None, None) => return Ok(None),
    };
    let completion = Completion::measured(source.measured.clone());
    Ok(Some(Law { completion, profile: Some(source) }))
}

fn declared(model: &Model, args: &CallArgs) -> Result<Option<Completion>, Error> {
    let refuse =
        |message: String, hint: &str| Err(Error::new(ErrorKind::Usage, message).hint(hint));
    if let Some(total) = &args.completion_tokens {
        return Ok(Some(Completion::total(dist(total, model, Empirical::completion)?)));
    }
    let reasoning =
        args.reasoning.as_ref().map(|r| dist(r, model, Empirical::reasoning)).transpose()?;
    let visible = args.visible.as_ref().map(|v| dist(v, model, Empirical::visible)).transpose()?;
    match (reasoning, visible) {
        (None, None) => Ok(None),
        (Some(_), _) if !model.reasoning => refuse(
            format!("`{}` has no hidden reasoning", model.id),
            "declare its answer with --visible alone",
        ),
        (Some(reasoning), Some(visible)) => Ok(Some(Completion::split(reasoning, visible))),
        (None, Some(visible)) if !model.reasoning => {
            Ok(Some(Completion::split(TokenDist::Constant(Tokens::ZERO), visible)))
        }
        (Some(_), None) => refuse(
            "--reasoning alone says nothing about the visible answer".to_owned(),
            "add --visible, such as --visible 200..1200",
        ),
        (None, Some(_)) => refuse(
            format!("`{}` bills hidden reasoning besides the visible answer", model.id),
            "add --reasoning, such as --reasoning 1k..12k",
        ),
    }
}

/// A declared distribution, or the part `of` a profile.
fn dist(dist: &Dist, model: &Model, of: fn(&Empirical) -> TokenDist) -> Result<TokenDist, Error> {
    match dist {
        Dist::Declared(dist, _) => Ok(dist.clone()),
        Dist::Measured(spec) => Ok(of(&source(spec, model)?.measured)),
    }
}

/// Reads `NAME`, `NAME:task`, `FILE`, `FILE:task`, `FILE:model` or `FILE:model:task`. Task names may
/// hold colons themselves.
pub(crate) fn source(spec: &str, model: &Model) -> Result<Source, Error> {
    let splits = spec.match_indices(':').map(|(i, _)| (&spec[..i], Some(&spec[i + 1..])));
    for (name, rest) in std::iter::once((spec, None)).chain(splits) {
        if let Some(profile) = Profile::builtin(name) {
            return chosen(name, &profile?, rest, false);
        }
        if Path::new(name).is_file() {
            let text = std::fs::read_to_string(name).map_err(|e| {
                Error::new(ErrorKind::Usage, format!("the profile cannot be read: {}", e.kind()))
                    .in_source(name)
                    .hint("name a profile file that you may read, in JSON")
            })?;
            let profiles = Profile::parse_all(&text).map_err(|e| e.in_source(name))?;
            let (profile, task) =
                of_model(&profiles, rest, model).map_err(|e| e.in_source(name))?;
            return chosen(name, profile, task, true);
        }
    }
    let names: Vec<_> = Profile::builtin_names().collect();
    Err(Error::new(ErrorKind::Usage, format!("there is no profile `{spec}`")).hint(format!(
        "name a profile file, or one of {}; add :task for one task",
        names.join(", ")
    )))
}

/// The profile that is meant among those of a file, and the task: the model's own, unless `rest`
/// begins with the id of another.
fn of_model<'p, 's>(
    profiles: &'p [Profile],
    rest: Option<&'s str>,
    model: &Model,
) -> Result<(&'p Profile, Option<&'s str>), Error> {
    let named = profiles.iter().find_map(|profile| {
        let behind = rest?.strip_prefix(&profile.model)?;
        if behind.is_empty() {
            Some((profile, None))
        } else {
            Some((profile, Some(behind.strip_prefix(':')?)))
        }
    });
    let own = || profiles.iter().find(|profile| profile.model == model.id);
    match (named, profiles) {
        (Some(named), _) => Ok(named),
        (None, [only]) => Ok((only, rest)),
        (None, _) => own().map(|profile| (profile, rest)).ok_or_else(|| {
            let models: Vec<_> = profiles.iter().map(|profile| profile.model.as_str()).collect();
            let message = format!("the file has no profile of `{}`", model.id);
            Error::new(ErrorKind::Usage, message).hint(format!(
                "it has those of {}; add one of them, such as :{}",
                models.join(", "),
                models.first().unwrap_or(&"o1-mini")
            ))
        }),
    }
}

fn chosen(name: &str, profile: &Profile, task: Option<&str>, own: bool) -> Result<Source, Error> {
    let sample = match task {
        Some(task) => profile.task(task)?.clone(),
        None => profile.pooled(),
    };
    let measured = Empirical::new(&sample).ok_or_else(|| {
        Error::new(ErrorKind::Usage, format!("the profile `{name}` has no rows for this task"))
            .hint("choose another task, or pool them by naming none")
    })?;
    let reference = ProfileRef {
        name: name.to_owned(),
        model: profile.model.clone(),
        task: task.map(ToOwned::to_owned),
        tasks: profile.tasks().count(),
        n: sample.n(),
        censored: sample.censored(),
        origin: profile.origin.clone(),
        from: profile.period.map(|period| period.from),
        to: profile.period.map(|period| period.to),
        confidence: None,
    };
    Ok(Source { profile: reference, measured, sample, own })
}
