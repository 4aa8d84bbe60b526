//! What was spent as rows of FOCUS, the `FinOps` Open Cost and Usage Specification, version 1.4: its
//! dataset "Cost and Usage" as CSV.
//!
//! A row is the tokens or the uses of one day, model, tier, task and price. Costs are list prices: what a
//! contract takes off is in no log. <https://focus.finops.org/focus-specification/>

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::result::AuditTotal;
use crate::Error;
use crate::billing::CostKind;
use crate::history::{LedgerKey, LedgerSum, UnitPrice};
use crate::report::render;
use crate::units::{Money, Rate};

/// The columns: the mandatory ones, those whose condition holds here, and ours with `x_`.
const COLUMNS: [&str; 35] = [
    "BilledCost",
    "BillingAccountId",
    "BillingAccountName",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ChargeFrequency",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "ConsumedQuantity",
    "ConsumedUnit",
    "ContractedCost",
    "EffectiveCost",
    "HostProviderName",
    "InvoiceIssuerName",
    "ListCost",
    "ListUnitPrice",
    "PricingCategory",
    "PricingQuantity",
    "PricingUnit",
    "ServiceCategory",
    "ServiceName",
    "ServiceProviderName",
    "ServiceSubcategory",
    "SkuId",
    "SkuMeter",
    "SkuPriceDetails",
    "SkuPriceId",
    "Tags",
    "x_DayAssumed",
    "x_Model",
    "x_Tier",
];

/// The account where the user names none: no log does.
const ACCOUNT: &str = "unknown";

/// The rows of an audit; null where they were not kept.
pub(super) fn rows(total: &AuditTotal) -> Option<Result<String, Error>> {
    let ledger = total.ledger.as_ref()?;
    let account = total.account.as_deref().unwrap_or(ACCOUNT);
    let lines = ledger.rows().map(|(key, sum)| {
        let cells = cells(account, key, *sum);
        render::row(cells.iter().map(String::as_str))
    });
    Some(std::iter::once(render::row(COLUMNS.iter())).chain(lines).collect())
}

/// What is priced: how much of it, in which unit, at which price, and its names.
struct Priced {
    quantity: String,
    unit: &'static str,
    price: String,
    consumed: String,
    consumed_unit: &'static str,
    meter: String,
}

impl Priced {
    fn of(price: UnitPrice, sum: LedgerSum) -> Self {
        match price {
            UnitPrice::Tokens(kind, rate) => Self::tokens(kind, rate, sum.quantity),
            UnitPrice::Uses(item, each) => Self {
                quantity: sum.quantity.to_string(),
                unit: "Requests",
                price: each.to_string(),
                consumed: sum.quantity.to_string(),
                consumed_unit: "Requests",
                meter: item.to_string().replace('_', " "),
            },
            // A dollar of it costs a dollar: sellers charge credits, and tell no rate.
            UnitPrice::Charged => Self {
                quantity: sum.cost.to_string(),
                unit: "Dollars",
                price: "1".to_owned(),
                consumed: sum.cost.to_string(),
                consumed_unit: "Dollars",
                meter: "charge".to_owned(),
            },
        }
    }

    fn tokens(kind: CostKind, rate: Rate, tokens: u64) -> Self {
        Self {
            // A millionth is exact in decimals.
            quantity: Money::from_picodollars(i128::from(tokens) * 1_000_000).to_string(),
            unit: "1000000 Tokens",
            price: rate.to_string(),
            consumed: tokens.to_string(),
            consumed_unit: "Tokens",
            meter: format!("{} tokens", kind.label()),
        }
    }
}

fn cells(account: &str, key: &LedgerKey, sum: LedgerSum) -> [String; COLUMNS.len()] {
    let priced = Priced::of(key.price, sum);
    let month = key.day.first_of_month();
    let next_month = month.checked_add(1.month()).unwrap_or(month);
    let next_day = key.day.tomorrow().unwrap_or(key.day);
    let cost = sum.cost.to_string();
    let sku = sku(key, &priced.meter);
    let tags = key.task.as_ref().map(|task| serde_json::json!({ "task": task }).to_string());
    [
        cost.clone(),
        account.to_owned(),
        String::new(),
        "USD".to_owned(),
        midnight(next_month),
        midnight(month),
        "Usage".to_owned(),
        String::new(),
        format!("{} of {}, {} tier", priced.meter, key.model, key.tier),
        "Usage-Based".to_owned(),
        midnight(next_day),
        midnight(key.day),
        priced.consumed,
        priced.consumed_unit.to_owned(),
        cost.clone(),
        cost.clone(),
        key.provider.clone(),
        key.provider.clone(),
        cost,
        priced.price.clone(),
        "Standard".to_owned(),
        priced.quantity,
        priced.unit.to_owned(),
        "AI and Machine Learning".to_owned(),
        format!("{} API", key.provider),
        key.provider.clone(),
        "Generative AI".to_owned(),
        sku.clone(),
        priced.meter,
        serde_json::json!({ "x_Tier": key.tier }).to_string(),
        format!("{sku}/{}/{}", key.tier, priced.price),
        tags.unwrap_or_else(|| "{}".to_owned()),
        key.day_is_assumed.to_string(),
        render::inert(key.model.clone()),
        render::inert(key.tier.clone()),
    ]
}

/// The seller's model and what of it is charged. The seller stands first, once: the specification has texts
/// written as they are, and the name of a model may be one that a spreadsheet would take for a formula.
fn sku(key: &LedgerKey, meter: &str) -> String {
    let of_seller = key.model.strip_prefix(&key.provider).and_then(|rest| rest.strip_prefix('/'));
    let model = of_seller.unwrap_or(&key.model);
    format!("{}/{model}/{}", key.provider, meter.replace(' ', "-"))
}

/// The beginning of a day, UTC, as FOCUS writes times.
fn midnight(day: Date) -> String {
    format!("{day}T00:00:00Z")
}
