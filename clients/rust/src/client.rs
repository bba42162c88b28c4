use std::time::Duration;

use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status};

use crate::connection::{Connection, InvalidConnection};
use crate::service_error::ServiceError;
use crate::stream::{Results, messages_of};
use crate::v1::ecg_service_client::EcgServiceClient;
use crate::v1::{ModelSummaryRequest, ModelSummaryResponse, PredictRequest, Prediction, Recording};

/// How long a call may take, with all that is tried. A stream may take as long as it takes.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// The largest message that is sent or received; tonic alone would receive no more than 4 MiB.
pub const MAX_MESSAGE_BYTES: usize = 64 << 20;

const MAX_ATTEMPTS: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// Classifies recordings over one connection; a clone shares it.
#[derive(Clone, Debug)]
pub struct EcgClient {
    stub: EcgServiceClient<InterceptedService<Channel, Authorization>>,
}

/// Puts the token, if there is one, on every call.
#[derive(Clone, Debug)]
struct Authorization(Option<MetadataValue<Ascii>>);

impl EcgClient {
    /// Makes a client; it connects when something is asked.
    ///
    /// # Errors
    ///
    /// The address names no host and port, the authorities are no certificates, or the token is none, or would leave
    /// this machine in plain text.
    pub fn new(connection: &Connection) -> Result<Self, InvalidConnection> {
        let authorization = Authorization(connection.authorization()?);
        let stub = EcgServiceClient::with_interceptor(connection.open()?, authorization)
            .max_decoding_message_size(MAX_MESSAGE_BYTES)
            .max_encoding_message_size(MAX_MESSAGE_BYTES);
        Ok(Self { stub })
    }

    /// Classifies one recording. Where the service is unavailable the call is made again, a few times.
    ///
    /// # Errors
    ///
    /// The recording was refused (`InvalidArgument`), or the call ended otherwise.
    pub async fn predict(&self, recording: Recording) -> Result<Prediction, ServiceError> {
        let request = PredictRequest { recording: Some(recording), options: None };
        let response = retried(request, async |request| self.stub.clone().predict(request).await).await?;
        response.prediction.ok_or_else(|| Status::internal("the answer has no prediction").into())
    }

    /// Classifies many recordings over one stream; [`Results`] gives one result for each, in their order.
    ///
    /// The recordings are taken in a thread of its own, no faster than the service classifies them, and may be read
    /// from files there. A recording that cannot be classified has an error in its result, and the stream goes on. A
    /// message leaves once it holds 16 recordings or 4 MiB: where a recording waits for the result of the one before,
    /// use [`EcgClient::predict`].
    ///
    /// # Errors
    ///
    /// The stream did not come about; once it has, [`Results::next`] tells of its end.
    pub async fn predict_stream<I>(&self, recordings: I) -> Result<Results, ServiceError>
    where
        I: Iterator<Item = Recording> + Send + 'static,
    {
        let (messages, sent) = messages_of(recordings);
        let response = self.stub.clone().predict_stream(messages).await?;
        Ok(Results::new(response.into_inner(), sent))
    }

    /// Describes the model that is being served, and what the service accepts.
    ///
    /// # Errors
    ///
    /// The call ended without an answer.
    pub async fn model_summary(&self) -> Result<ModelSummaryResponse, ServiceError> {
        let request = ModelSummaryRequest::default();
        retried(request, async |request| self.stub.clone().model_summary(request).await).await
    }
}

impl Interceptor for Authorization {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(value) = &self.0 {
            request.metadata_mut().insert("authorization", value.clone());
        }
        Ok(request)
    }
}

/// Makes a call, again where the service is unavailable: tonic knows no retry policy.
async fn retried<Q: Clone, A>(
    message: Q,
    call: impl AsyncFn(Request<Q>) -> Result<Response<A>, Status>,
) -> Result<A, ServiceError> {
    let attempts = async {
        let mut pause = FIRST_PAUSE;
        for _ in 1..MAX_ATTEMPTS {
            match call(with_deadline(message.clone())).await.map_err(ServiceError::from) {
                Err(error) if error.code == Code::Unavailable => tokio::time::sleep(pause).await,
                ended => return ended,
            }
            pause *= 3;
        }
        call(with_deadline(message.clone())).await.map_err(ServiceError::from)
    };
    let ended = tokio::time::timeout(DEADLINE, attempts).await;
    let response = ended.unwrap_or_else(|_| Err(Status::deadline_exceeded("no answer came in time").into()))?;
    Ok(response.into_inner())
}

/// Tells the service how long anybody waits.
fn with_deadline<Q>(message: Q) -> Request<Q> {
    let mut request = Request::new(message);
    request.set_timeout(DEADLINE);
    request
}
