//! Calls the ECG classification service: recordings in, class probabilities out. Not a medical device.
//!
//! The messages are those of the contract, in [`v1`]. A recording is read from a file by [`read_wfdb`], or made by hand.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use ecg_client::{Connection, EcgClient, read_wfdb};
//!
//! let client = EcgClient::new(&Connection::new("127.0.0.1:50051"))?;
//! let prediction = client.predict(read_wfdb("00001_lr.hea".as_ref())?).await?;
//! for class in &prediction.classes {
//!     println!("{} {:.3}", class.code, class.probability);
//! }
//! # Ok(())
//! # }
//! ```

mod client;
mod connection;
mod service_error;
mod stream;
mod wfdb;

pub use client::{DEADLINE, EcgClient, MAX_MESSAGE_BYTES};
pub use connection::{Connection, DEFAULT_ADDRESS, InvalidConnection};
pub use service_error::ServiceError;
pub use stream::Results;
pub use wfdb::{UnreadableFile, read_wfdb};

/// The contract: its messages, and the bare stub.
#[allow(missing_docs, clippy::pedantic, rustdoc::all)]
pub mod v1 {
    tonic::include_proto!("ecg.v1");
}

/// Has the program of the README compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
