//! The models that a page can be asked about, with their prices on its date.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::catalog::{Catalog, Model, Rates, Tier};
use crate::report::RetiredModel;
use crate::units::{Money, Rate, Tokens};
use crate::workload::{call_fees, ending_warnings};

/// A model that may be chosen.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Candidate {
    id: String,
    provider: String,
    reasoning: bool,
    /// The number of what is known of its completions.
    work: usize,
    window: Tokens,
    output_cap: Tokens,
    input_limit: Option<Tokens>,
    /// Completion tokens per second.
    speed: Option<u32>,
    /// That it cannot be called on that date, with its name.
    gone: Option<String>,
    /// When it ends, where that is announced.
    ending: Option<String>,
    /// Why it has no price on that date.
    unpriced: Option<String>,
    /// From which prompt on it is written to the cache without being asked, and charged for.
    writes_from: Option<Tokens>,
    /// Picodollars of fees for each call, and what there is to say about them.
    fees: Option<(i128, Vec<String>)>,
    tiers: BTreeMap<&'static str, TierRates>,
}

/// The rates of a tier, or why there are none.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
enum TierRates {
    Listed(Vec<RateRow>),
    Missing(String),
}

/// The length that a prompt must exceed, and picodollars per token: prompt, cached prompt, completion, and
/// prompt that is written to the cache.
#[derive(Debug, Clone, Serialize)]
struct RateRow(Option<Tokens>, i128, Option<i128>, i128, Option<i128>);

impl RateRow {
    fn of(rates: &Rates) -> Self {
        let picodollars = |rate: Rate| i128::from(rate.picodollars_per_token());
        Self(
            rates.over,
            picodollars(rates.input),
            rates.cached_input.map(picodollars),
            picodollars(rates.output),
            rates.cache_write.map(picodollars),
        )
    }
}

impl Candidate {
    /// A model, with the rates of these tiers and the fees of that many searches a call; `work` is the number of
    /// what is known of its completions.
    pub(crate) fn of(
        model: &Model,
        (catalog, as_of): (&Catalog, Date),
        (tiers, searches): (&[Tier], u32),
        work: usize,
    ) -> Self {
        let price = model.price_at(as_of);
        let list = |tier: Tier| {
            let price = price.as_ref().ok()?;
            // The row of a prompt of no length is the one without a threshold.
            let rates = match model.rates(price, tier, Tokens::ZERO) {
                Err(error) => TierRates::Missing(error.message().to_owned()),
                Ok(_) => TierRates::Listed(
                    price
                        .rates
                        .iter()
                        .filter(|row| row.tier == tier && !row.off_peak)
                        .map(RateRow::of)
                        .collect(),
                ),
            };
            Some((tier.name(), rates))
        };
        let fees = call_fees(model, searches, as_of);
        let unpriced = price.as_ref().err().or(fees.as_ref().err());
        Self {
            id: model.id.clone(),
            provider: model.provider.clone(),
            reasoning: model.reasoning,
            work,
            window: model.limits.window,
            output_cap: model.limits.output_cap,
            input_limit: model.limits.input_limit,
            speed: model.speeds.first().map(|speed| speed.output_tokens_per_second),
            gone: RetiredModel::of(&model.id, catalog, as_of).map(|retired| retired.to_string()),
            ending: ending_warnings(catalog, std::iter::once(model), as_of).pop(),
            unpriced: unpriced.map(|error| error.message().to_owned()),
            writes_from: price.as_ref().ok().and_then(|price| {
                model.writes_from(model.rates(price, Tier::Standard, Tokens::ZERO).ok()?)
            }),
            fees: fees
                .ok()
                .filter(|(usd, _)| *usd > Money::ZERO)
                .map(|(usd, says)| (usd.picodollars(), says)),
            tiers: tiers.iter().filter_map(|tier| list(*tier)).collect(),
        }
    }
}
