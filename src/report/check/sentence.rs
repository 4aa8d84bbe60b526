//! What a budget says, in a sentence.

use crate::budget::{Budget, BudgetResult, ChangeStatus, Evaluation};

/// Whether a budget is met, of one input or of all prompts, and what the change since the base has to do with it.
pub(super) fn sentence(budget: &Budget, checked: &BudgetResult, input: Option<&str>) -> String {
    let limit = budget.limit;
    let what = match input {
        Some(input) => format!("{} of `{input}`", limit.subject()),
        None => format!("{} of all prompts", limit.subject()),
    };
    let Some(judged) = checked.judged else {
        return format!("{what}: a new prompt, which has not grown");
    };
    let Evaluation { measured: amount, tolerated, .. } = judged;
    let quantity = limit.quantity();
    let bar = if limit.is_floor() { "at least" } else { "at most" };
    if !judged.exceeded {
        return format!("{what}: {amount}, within the budget of {bar} {quantity}");
    }
    let mut message = format!("{what}: {amount}, and the budget is {bar} {quantity}");
    if tolerated {
        message.push_str(&format!(" (within the tolerance of {})", budget.tolerance));
    }
    let before = checked.before.map(|before| before.to_string()).unwrap_or_default();
    match checked.standing {
        Some(ChangeStatus::New) if before.is_empty() => message.push_str("; new here"),
        Some(ChangeStatus::New) => message.push_str(&format!("; {before} on the base")),
        Some(ChangeStatus::Worse) => message.push_str(&format!("; {before} on the base already")),
        Some(ChangeStatus::Known) => {
            message.push_str(&format!("; so on the base already ({before})"));
        }
        Some(ChangeStatus::Price) => {
            message.push_str(&format!("; by prices alone, it was {before} on the base"));
        }
        Some(ChangeStatus::Fixed) | None => {}
    }
    message
}
