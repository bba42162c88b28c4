use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};

/// Where a server listens unless it is told otherwise.
pub const DEFAULT_ADDRESS: &str = "127.0.0.1:50051";

/// Without it a file is taken for one of no authorities, by whom nobody is vouched for.
const PEM_CERTIFICATE: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// Where the service is, and how it and its caller show each other who they are.
#[derive(Clone, Default)]
pub struct Connection {
    /// `HOST:PORT`, with brackets around an IPv6 address.
    pub address: String,
    /// The certificates, in PEM, of the authorities that may vouch for the service; without them, plain text.
    pub authorities: Option<Vec<u8>>,
    /// The bearer token that every call brings; in plain text it is sent to this machine only.
    pub token: Option<String>,
}

/// A connection that cannot be made as it was described; its text never holds a token.
#[derive(Debug)]
pub struct InvalidConnection(String);

impl Connection {
    /// Describes a connection in plain text, by nobody in particular.
    #[must_use]
    pub fn new(address: &str) -> Self {
        Self { address: address.to_owned(), ..Self::default() }
    }

    /// Opens a channel, which connects when something is asked.
    pub(crate) fn open(&self) -> Result<Channel, InvalidConnection> {
        host_of(&self.address)?;
        let invalid = |error: tonic::transport::Error| {
            let cause = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
            InvalidConnection(format!("the authorities are no certificates in PEM ({cause})"))
        };
        let scheme = if self.authorities.is_some() { "https" } else { "http" };
        let mut endpoint = Endpoint::from_shared(format!("{scheme}://{}", self.address))
            .map_err(|_| not_an_address(&self.address))?
            // A peer that vanished without a word is noticed, if anything is asked of it.
            .http2_keep_alive_interval(Duration::from_secs(30))
            .keep_alive_timeout(Duration::from_secs(20));
        if let Some(authorities) = &self.authorities {
            if !authorities.windows(PEM_CERTIFICATE.len()).any(|part| part == PEM_CERTIFICATE) {
                return Err(InvalidConnection("the authorities are no certificates in PEM".to_owned()));
            }
            let tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(authorities));
            endpoint = endpoint.tls_config(tls).map_err(invalid)?;
        }
        Ok(endpoint.connect_lazy())
    }

    /// What every call brings as `authorization`.
    pub(crate) fn authorization(&self) -> Result<Option<MetadataValue<Ascii>>, InvalidConnection> {
        let Some(token) = &self.token else { return Ok(None) };
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(InvalidConnection("the token is empty or has characters that no token has".to_owned()));
        }
        if self.authorities.is_none() && !is_loopback(host_of(&self.address)?) {
            return Err(InvalidConnection(format!(
                "the token would travel to {} in plain text; give authorities, or --ca, with it",
                self.address
            )));
        }
        let mut value = MetadataValue::try_from(format!("Bearer {token}"))
            .map_err(|_| InvalidConnection("the token has characters that no token has".to_owned()))?;
        value.set_sensitive(true);
        Ok(Some(value))
    }
}

impl fmt::Debug for Connection {
    /// Does not show the token.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Connection").field("address", &self.address).finish_non_exhaustive()
    }
}

impl fmt::Display for InvalidConnection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for InvalidConnection {}

fn host_of(address: &str) -> Result<&str, InvalidConnection> {
    let (host, port) = address.rsplit_once(':').ok_or_else(|| not_an_address(address))?;
    let is_host = match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(ip) => ip.parse::<Ipv6Addr>().is_ok(),
        None => !host.is_empty() && !host.contains([':', '/', '@', '?', '#', ' ']),
    };
    if is_host && port.parse::<u16>().is_ok_and(|number| number > 0) { Ok(host) } else { Err(not_an_address(address)) }
}

fn not_an_address(address: &str) -> InvalidConnection {
    InvalidConnection(format!("{address:?} is no address; give HOST:PORT, such as {DEFAULT_ADDRESS}, without http://"))
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_matches(['[', ']']);
    bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_and_a_port() {
        for address in ["127.0.0.1:50051", "localhost:1", "[::1]:65535", "ecg.example.org:443"] {
            assert!(host_of(address).is_ok(), "{address}");
        }
        for address in ["", "localhost", ":1", "::1:1", "http://localhost:1", "localhost:0", "localhost:65536"] {
            assert!(host_of(address).is_err(), "{address}");
        }
    }

    #[test]
    fn authorities_are_certificates() {
        let connection = Connection { authorities: Some(b"localhost".to_vec()), ..Connection::new(DEFAULT_ADDRESS) };
        assert!(connection.open().is_err());
    }

    #[test]
    fn a_token_stays_on_this_machine_in_plain_text() {
        let mut connection = Connection { token: Some("s3cret".to_owned()), ..Connection::new("ecg.example.org:443") };
        let refused = connection.authorization().expect_err("it would leave").to_string();
        assert!(refused.contains("ecg.example.org:443") && !refused.contains("s3cret"), "{refused}");
        connection.authorities = Some(PEM_CERTIFICATE.to_vec());
        assert!(connection.authorization().is_ok());
        for address in ["127.0.0.1:1", "localhost:1", "[::1]:1"] {
            let connection = Connection { token: Some("s3cret".to_owned()), ..Connection::new(address) };
            assert_eq!(connection.authorization().unwrap().unwrap(), "Bearer s3cret");
            assert!(!format!("{connection:?}").contains("s3cret"));
        }
    }
}
