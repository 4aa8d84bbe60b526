//! Values outside of what an API takes.

use super::finding::Finding;
use super::rule::TEMPERATURE_OUT_OF_RANGE;
use super::target::LintTarget;
use super::thinking::first;
use crate::catalog::ApiFamily;

/// Where the APIs keep the temperature.
const TEMPERATURES: [&[&str]; 4] = [
    &["temperature"],
    &["generationConfig", "temperature"],
    &["generation_config", "temperature"],
    &["inferenceConfig", "temperature"],
];

pub(super) fn findings(target: &LintTarget<'_>) -> Option<Finding> {
    let most = highest_temperature(target.model.api.as_ref()?.family)?;
    let value = first(target, &TEMPERATURES)?;
    let temperature = value.number()?;
    if (0.0..=most).contains(&temperature) {
        return None;
    }
    let message = format!("`temperature` is {temperature}, and the API takes 0 to {most}");
    let help = format!("send a value from 0 to {most}");
    Some(Finding::new(&TEMPERATURE_OUT_OF_RANGE, message, help).at(Some(value)))
}

/// The highest temperature that an API takes; `None` where it differs by model or host.
fn highest_temperature(family: ApiFamily) -> Option<f64> {
    match family {
        ApiFamily::Anthropic | ApiFamily::Cohere => Some(1.0),
        ApiFamily::Mistral => Some(1.5),
        ApiFamily::OpenAi | ApiFamily::Gemini | ApiFamily::Xai => Some(2.0),
        ApiFamily::Bedrock | ApiFamily::Compatible => None,
    }
}
