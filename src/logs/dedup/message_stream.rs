//! A streamed answer of Anthropic's, of which pieces make one call.

use crate::Error;
use crate::logs::figures::{Figure, Figures};
use crate::logs::maker::anthropic;
use crate::logs::object::malformed;
use crate::logs::record::{AnthropicEvent, Entry, LogFormat, PartialMessage, UsageRecord};
use crate::logs::stream::LogRecord;
use crate::units::Position;

/// The message that is being streamed, and the line where it began.
#[derive(Debug, Default)]
pub(super) struct MessageStream(Option<(usize, PartialMessage)>);

impl MessageStream {
    /// Takes a piece. The last one gives the calls of the message.
    pub(super) fn enter(
        &mut self,
        line: usize,
        event: AnthropicEvent,
        out: &mut Vec<LogRecord>,
    ) -> Option<Result<Vec<UsageRecord>, Error>> {
        let entry = match event {
            AnthropicEvent::Start(message) => {
                self.cut(out);
                self.0 = Some((line, *message));
                Ok(Entry::NoCall)
            }
            AnthropicEvent::Delta(delta) => match &mut self.0 {
                Some((_, message)) => {
                    message.finish = delta.finish;
                    message.figures.grow(delta.figures);
                    Ok(Entry::NoCall)
                }
                None => Err(malformed("the stream has no `message_start`".to_owned())
                    .at(Position { line, column: 1 })),
            },
            AnthropicEvent::Stop => match self.0.take() {
                Some((_, message)) => {
                    return Some(calls(message).map_err(|e| e.at(Position { line, column: 1 })));
                }
                None => Ok(Entry::NoCall),
            },
        };
        out.push(LogRecord { line, entry });
        None
    }

    /// Ends a message that was cut off: its figures are not final.
    pub(super) fn cut(&mut self, out: &mut Vec<LogRecord>) {
        if let Some((line, _)) = self.0.take() {
            let error =
                malformed("the stream has no `message_stop`: its usage is not final".to_owned());
            out.push(LogRecord { line, entry: Err(error.at(Position { line, column: 1 })) });
        }
    }

    /// Forgets a message of which a piece cannot be read.
    pub(super) fn forget(&mut self) {
        self.0 = None;
    }
}

fn calls(message: PartialMessage) -> Result<Vec<UsageRecord>, Error> {
    let mut records = anthropic::requests(LogFormat::Anthropic, message.figures)?;
    for record in &mut records {
        record.id.clone_from(&message.id);
        record.model = record.model.take().or_else(|| message.model.clone());
        record.finish = message.finish;
    }
    Ok(records)
}

impl Figures {
    /// Takes the figures of a later event, which are sums so far.
    fn grow(&mut self, later: Self) {
        for figure in [
            Figure::Prompt,
            Figure::Completion,
            Figure::Cached,
            Figure::Written,
            Figure::WrittenShort,
            Figure::WrittenLong,
            Figure::Reasoning,
        ] {
            if let Some(tokens) = later.get(figure) {
                self.put(figure, Some(tokens));
            }
        }
        for (item, times) in later.tools {
            self.use_tool(item, times);
        }
        if !later.iterations.is_empty() {
            self.iterations = later.iterations;
        }
        self.unread.extend(later.unread);
    }
}
