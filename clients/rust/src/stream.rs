use prost::Message;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;

use crate::service_error::ServiceError;
use crate::v1::{PredictStreamRequest, PredictStreamResponse, Recording, RecordingResult};

/// Any number gives the same answers; this many cost little more than one.
const RECORDINGS_PER_MESSAGE: usize = 16;

/// From here on a message is sent, however few it holds: sixteen long recordings are more than it may hold.
const MESSAGE_BYTES: usize = 4 << 20;

/// Messages that wait for the transport; it takes one when the service has room for it.
const WAITING_MESSAGES: usize = 1;

/// The results of a stream, in the order of the recordings. Dropping it ends the stream.
#[derive(Debug)]
pub struct Results {
    responses: Streaming<PredictStreamResponse>,
    sent: Option<JoinHandle<usize>>,
    current: std::vec::IntoIter<RecordingResult>,
    answered: usize,
}

impl Results {
    pub(crate) fn new(responses: Streaming<PredictStreamResponse>, sent: JoinHandle<usize>) -> Self {
        Self { responses, sent: Some(sent), current: Vec::new().into_iter(), answered: 0 }
    }

    /// Returns the next result, as soon as it is there; `None` once all recordings are answered.
    ///
    /// # Errors
    ///
    /// The stream ended before that.
    ///
    /// # Panics
    ///
    /// The iterator that gave the recordings did.
    pub async fn next(&mut self) -> Result<Option<RecordingResult>, ServiceError> {
        loop {
            if let Some(result) = self.current.next() {
                self.answered += 1;
                return Ok(Some(result));
            }
            match self.responses.message().await? {
                Some(response) => self.current = response.results.into_iter(),
                None => return self.checked_end().await,
            }
        }
    }

    async fn checked_end(&mut self) -> Result<Option<RecordingResult>, ServiceError> {
        let Some(sent) = self.sent.take() else { return Ok(None) };
        let sent = sent.await.unwrap_or_else(|failure| std::panic::resume_unwind(failure.into_panic()));
        if self.answered == sent {
            return Ok(None);
        }
        let answered = self.answered;
        Err(ServiceError::unavailable(format!("the stream ended early, with {answered} of {sent} recordings answered")))
    }
}

/// Groups recordings into messages, in a thread that waits while the transport takes none; it ends with how many it sent.
pub(crate) fn messages_of<I>(recordings: I) -> (ReceiverStream<PredictStreamRequest>, JoinHandle<usize>)
where
    I: Iterator<Item = Recording> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel(WAITING_MESSAGES);
    let sending = tokio::task::spawn_blocking(move || {
        let mut recordings = recordings.peekable();
        let mut count = 0;
        while recordings.peek().is_some() {
            let message = next_message(&mut recordings);
            count += message.recordings.len();
            // Why a stream takes no more, the receiving side is told.
            if sender.blocking_send(message).is_err() {
                break;
            }
        }
        count
    });
    (ReceiverStream::new(receiver), sending)
}

fn next_message(recordings: &mut impl Iterator<Item = Recording>) -> PredictStreamRequest {
    let mut group = Vec::with_capacity(RECORDINGS_PER_MESSAGE);
    let mut bytes = 0;
    while group.len() < RECORDINGS_PER_MESSAGE && bytes < MESSAGE_BYTES {
        let Some(recording) = recordings.next() else { break };
        bytes += recording.encoded_len();
        group.push(recording);
    }
    PredictStreamRequest { recordings: group, options: None }
}
