use std::error::Error;
use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;

use ecg_client::{Connection, DEFAULT_ADDRESS};
use lexopt::prelude::*;

/// What was asked for.
pub enum Arguments {
    Help,
    One(Connection, PathBuf),
    Folder(Connection, PathBuf),
}

impl Arguments {
    /// Reads the words of a command line, and the files that options name.
    pub fn parse() -> Result<Self, Box<dyn Error>> {
        let mut connection = Connection::new(DEFAULT_ADDRESS);
        let (mut file, mut folder) = (None, None);
        let mut words = lexopt::Parser::from_env();
        while let Some(word) = words.next()? {
            match word {
                Long("help") | Short('h') => return Ok(Self::Help),
                Long("address") => connection.address = words.value()?.string()?,
                Long("ca") => connection.authorities = Some(read(&words.value()?)?),
                Long("token-file") => {
                    connection.token = Some(String::from_utf8(read(&words.value()?)?)?.trim().to_owned());
                }
                Long("stream") if folder.is_none() => folder = Some(words.value()?.into()),
                Value(path) if file.is_none() => file = Some(path.into()),
                other => return Err(other.unexpected().into()),
            }
        }
        match (file, folder) {
            (Some(file), None) => Ok(Self::One(connection, file)),
            (None, Some(folder)) => Ok(Self::Folder(connection, folder)),
            _ => Err("give one FILE.hea, or --stream FOLDER; --help tells more".into()),
        }
    }
}

fn read(path: &OsStr) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))
}
