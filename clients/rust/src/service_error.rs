use std::fmt;

use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::v1::{FieldViolation, RecordingError};

/// A call that ended with a status other than OK. Branch on the code and the reason, never on the message.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceError {
    /// The status code, such as `InvalidArgument`: the recording cannot be classified.
    pub code: Code,
    /// The reason as a constant in `UPPER_SNAKE`, such as `SAMPLE_NOT_FINITE`; empty where none was given.
    pub reason: String,
    /// What the service said, or the transport.
    pub message: String,
    /// The fields that are wrong; none unless the recording was refused.
    pub field_violations: Vec<FieldViolation>,
}

impl ServiceError {
    pub(crate) fn unavailable(message: String) -> Self {
        Status::unavailable(message).into()
    }
}

impl From<Status> for ServiceError {
    /// Reads the details, which come in the trailing metadata `grpc-status-details-bin`.
    fn from(status: Status) -> Self {
        let details = status.get_error_details();
        let violations = details.bad_request().map_or(&[][..], |one| &one.field_violations);
        Self {
            code: code_of(&status),
            reason: details.error_info().map_or_else(String::new, |one| one.reason.clone()),
            message: message_of(&status),
            field_violations: violations
                .iter()
                .map(|one| FieldViolation { field: one.field.clone(), description: one.description.clone() })
                .collect(),
        }
    }
}

impl From<ServiceError> for RecordingError {
    /// Says it in the form in which a stream tells of one recording.
    fn from(error: ServiceError) -> Self {
        Self {
            code: error.code.into(),
            reason: error.reason,
            message: error.message,
            field_violations: error.field_violations,
        }
    }
}

impl fmt::Display for ServiceError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for ServiceError {}

/// A connection that breaks is UNKNOWN to tonic, and UNAVAILABLE to gRPC; what a service says has no source.
fn code_of(status: &Status) -> Code {
    match status.code() {
        Code::Unknown if std::error::Error::source(status).is_some() => Code::Unavailable,
        code => code,
    }
}

/// Of a connection that fails the transport tells in the sources of the status.
fn message_of(status: &Status) -> String {
    let mut message = status.message().to_owned();
    let mut source = std::error::Error::source(status);
    while let Some(error) = source {
        let words = error.to_string();
        if !message.contains(&words) {
            message = format!("{message}: {words}");
        }
        source = error.source();
    }
    message
}
