//! The same calls in every tier, with the time that their answers take.

use crate::budget::Quantity;
use crate::catalog::Tier;
use crate::forecast::Range;
use crate::report::document::{Document, Emphasis, Table};
use crate::units::{CallVolume, Money};
use crate::workload::{SavedBy, Saving, TierOffer};

/// Adds the tiers beside each other, with the costs of what `once` names and of all calls; nothing where there
/// is no choice.
pub(crate) fn add_tiers(
    document: &mut Document,
    tiers: &[TierOffer],
    chosen: Tier,
    once: &str,
    volume: CallVolume,
) {
    let Some(base) = tiers.iter().find(|offer| offer.tier == chosen) else { return };
    if tiers.len() < 2 {
        return;
    }
    let all = if volume.calls > 1 { volume.to_string() } else { String::new() };
    let against = format!("against {chosen}");
    let mut table = Table::default()
        .texts(["tier"])
        .numbers([once.to_owned(), all.clone(), against.clone()])
        .texts(["answers"]);
    for offer in tiers {
        let all = (volume.calls > 1).then(|| shown(&offer.calls_cost_usd));
        let against =
            if offer.tier == chosen { String::new() } else { change(&base.cost_usd, offer) };
        let cells = [
            offer.tier.to_string(),
            shown(&offer.cost_usd),
            all.unwrap_or_default(),
            against,
            answers(offer),
        ];
        if offer.tier == chosen { table.strong_row(cells) } else { table.row(cells) }
    }
    table.caption = Some("the same calls in every tier".to_owned());
    let narrow = table.only(&["tier", once, &all, &against]);
    document.table(Table { narrow: Some(Box::new(narrow)), ..table });
    let told = tiers.iter().filter_map(|offer| {
        let wait = offer.turnaround.as_ref()?;
        let note = wait.note.as_deref().map(|note| format!("{note} ")).unwrap_or_default();
        Some(format!("{}: {note}({})", offer.tier, wait.source))
    });
    let told = told.collect::<Vec<_>>().join("; ");
    if !told.is_empty() {
        document.note(format!("waiting times: {told}"));
    }
}

fn shown(cost: &Range<Money>) -> String {
    match cost.expected {
        Some(expected) => expected.for_people(),
        None => format!("at most {}", cost.worst_case.for_people()),
    }
}

/// How much less or more a call costs than in the tier that was asked for.
fn change(base: &Range<Money>, offer: &TierOffer) -> String {
    let of = |cost: &Range<Money>| cost.expected.unwrap_or(cost.worst_case).as_f64();
    let (own, base) = (of(&offer.cost_usd), of(base));
    if base <= 0.0 {
        return String::new();
    }
    match (100.0 * (own / base - 1.0)).round() {
        0.0 => "the same".to_owned(),
        less if less < 0.0 => format!("{} % less", -less),
        more => format!("{more} % more"),
    }
}

/// When the answers of a tier come, as far as the provider says.
fn answers(offer: &TierOffer) -> String {
    let words = offer.turnaround.as_deref().map(crate::catalog::Turnaround::in_words);
    match (offer.tier, words) {
        (Tier::Standard | Tier::Priority, None) => "at once".to_owned(),
        (Tier::Batch | Tier::Flex, None) => "later; no time is known".to_owned(),
        (_, Some(words)) if words.is_empty() => "later; no time is named".to_owned(),
        (_, Some(words)) => words,
    }
}

/// Says what the cache saves, and the tier that was asked for.
pub(crate) fn add_savings(
    document: &mut Document,
    savings: &[Saving],
    tier: Tier,
    volume: CallVolume,
) {
    let calls = match volume.calls {
        1 => "a call".to_owned(),
        _ => format!("for {}", calls_of(volume)),
    };
    for saving in savings {
        let (by, against) = match saving.by {
            SavedBy::Caching => ("caching".to_owned(), "no caching"),
            SavedBy::Tier => (format!("the {tier} tier"), "the standard tier"),
        };
        let share = Quantity::Share(saving.share().abs());
        let less = saving.saved_usd.for_people();
        let more = (Money::ZERO - saving.saved_usd).for_people();
        let (tone, text) = if saving.saved_usd > Money::ZERO {
            (Emphasis::Good, format!("{by} saves {less} {calls} ({share}) against {against}"))
        } else {
            let text = format!("{by} costs {more} more {calls} ({share}) than {against}");
            (Emphasis::Caution, text)
        };
        document.line(tone, text);
    }
}

/// `20,000 calls a month`.
pub(crate) fn calls_of(volume: CallVolume) -> String {
    let noun = if volume.calls == 1 { "call" } else { "calls" };
    let calls = format!("{} {noun}", CallVolume { period: None, ..volume });
    match volume.period {
        Some(period) => format!("{calls} a {period}"),
        None => calls,
    }
}
