//! What costs in the bodies of any API and is in no figure.

use super::{anthropic, bedrock, chat, gemini, responses};

/// Why what stands under a key of a body of any of these APIs is in no figure; `None` for other keys.
pub(in super::super) fn costs(key: &str) -> Option<&'static str> {
    let keys =
        [chat::COSTLY, responses::COSTLY, anthropic::COSTLY, gemini::COSTLY, bedrock::COSTLY];
    let found = keys.into_iter().flatten().find(|(costly, _)| *costly == key);
    found.map(|(_, why)| *why)
}
