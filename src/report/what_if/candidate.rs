//! The models that a page can be asked about, with their prices on its date.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::catalog::{Catalog, Effort, Feature, Model, Rates, Tier};
use crate::report::RetiredModel;
use crate::units::{Money, Rate, Tokens};
use crate::workload::{call_fees, ending_warnings};

/// A model that may be chosen.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Candidate {
    id: String,
    provider: String,
    reasoning: bool,
    /// The number of what is known of its completions.
    work: usize,
    /// The same at each level of effort that it has; where its levels are not known, at each that a request may send.
    efforts: BTreeMap<&'static str, usize>,
    /// Whether its levels are not known: what a request sends may be one, and none can be named.
    any_effort: bool,
    /// The number of its way of counting.
    way: usize,
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
    /// That no batch of it can be sent.
    no_batch: bool,
    /// The rates of the tiers that have a price.
    tiers: BTreeMap<&'static str, Vec<RateRow>>,
}

/// The length that a prompt must exceed, picodollars per token (prompt, cached prompt, completion, and prompt that
/// is written to the cache), and the length up to which they are known.
#[derive(Debug, Clone, Serialize)]
struct RateRow(Option<Tokens>, i128, Option<i128>, i128, Option<i128>, Option<Tokens>);

impl RateRow {
    fn of(rates: &Rates) -> Self {
        let picodollars = |rate: Rate| i128::from(rate.picodollars_per_token());
        Self(
            rates.over,
            picodollars(rates.input),
            rates.cached_input.map(picodollars),
            picodollars(rates.output),
            rates.cache_write.map(picodollars),
            rates.up_to,
        )
    }
}

impl Candidate {
    /// A model, with the fees of that many searches a call. `work` gives the number of what is known of its
    /// completions at a level of effort, `way` is the number of its way of counting.
    pub(super) fn of(
        model: &Model,
        (catalog, as_of): (&Catalog, Date),
        searches: u32,
        mut work: impl FnMut(Option<Effort>) -> usize,
        way: usize,
    ) -> Self {
        let price = model.price_at(as_of);
        let list = |tier: &Tier| {
            let rows = price.as_ref().ok()?.rates.iter();
            let rows: Vec<_> =
                rows.filter(|row| row.tier == *tier && !row.off_peak).map(RateRow::of).collect();
            (!rows.is_empty()).then_some((tier.name(), rows))
        };
        let any_effort = model.thinking.is_none() && model.reasoning;
        let levels = match &model.thinking {
            Some(thinking) => thinking.efforts.as_slice(),
            None if model.reasoning => Effort::ALL,
            None => &[],
        };
        let efforts = levels.iter().map(|level| ((*level).into(), work(Some(*level)))).collect();
        let fees = call_fees(model, searches, as_of);
        let unpriced = price.as_ref().err().or(fees.as_ref().err());
        Self {
            id: model.id.clone(),
            provider: model.provider.clone(),
            reasoning: model.reasoning,
            work: work(None),
            efforts,
            any_effort,
            way,
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
            no_batch: price
                .as_ref()
                .is_ok_and(|price| model.supports(Feature::Batch, price.from) == Some(false)),
            tiers: Tier::ALL.iter().filter_map(list).collect(),
        }
    }
}
