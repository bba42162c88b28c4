//! Makes the messages and the stub from the contract.

use std::error::Error;

const PROTOS: &str = "../../protos";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed={PROTOS}");
    let files = protox::compile(["ecg/v1/ecg_service.proto"], [PROTOS])?;
    tonic_prost_build::configure().build_server(false).compile_fds(files)?;
    Ok(())
}
