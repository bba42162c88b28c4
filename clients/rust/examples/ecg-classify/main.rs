//! Classifies WFDB records: one by a call, or all of a folder over one stream. Prints a JSON object for each.

mod arguments;
mod lines;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

use ecg_client::{Connection, EcgClient, ServiceError, UnreadableFile, read_wfdb};
use tokio::sync::mpsc;
use tonic::Code;

use arguments::Arguments;
use lines::{Lines, code_name};

const USAGE: &str = "\
usage: ecg-classify [--address HOST:PORT] [--ca FILE] [--token-file FILE] FILE.hea
       ecg-classify [--address HOST:PORT] [--ca FILE] [--token-file FILE] --stream FOLDER

Classifies a WFDB record, or all those under a folder, and prints a JSON object for each.

  --address HOST:PORT  where the service is (127.0.0.1:50051)
  --ca FILE            speak TLS, and trust the authorities of this PEM file
  --token-file FILE    the file that holds the bearer token
  --stream FOLDER      classify all records under this folder, over one stream

Exit codes: 0 all classified, 1 some not, 2 called wrongly or output not written, 3 no service or it ended the call.
";

const ALL_CLASSIFIED: u8 = 0;
const SOME_NOT: u8 = 1;
const WRONG_USAGE: u8 = 2;
const NO_SERVICE: u8 = 3;
const NO_READER: u8 = 141;

/// What became of a file that was come to: it was sent, or could not be read.
type Read = (PathBuf, Result<(), UnreadableFile>);

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    run().await.unwrap_or_else(|wrong| complain(WRONG_USAGE, &wrong.to_string())).into()
}

async fn run() -> Result<u8, Box<dyn Error>> {
    let mut lines = Lines::new();
    let (connection, ended) = match Arguments::parse()? {
        Arguments::Help => {
            print!("{USAGE}");
            return Ok(ALL_CLASSIFIED);
        }
        Arguments::One(connection, header) => {
            let client = EcgClient::new(&connection)?;
            (connection, classify_one(&client, &header, &mut lines).await)
        }
        Arguments::Folder(connection, folder) => {
            let client = EcgClient::new(&connection)?;
            let headers = headers_under(&folder)?;
            (connection, classify_all(&client, headers, &mut lines).await)
        }
    };
    Ok(match ended {
        Err(error) => complain(NO_SERVICE, &how_it_ended(&connection, &error)),
        Ok(()) if lines.failures > 0 => SOME_NOT,
        Ok(()) => ALL_CLASSIFIED,
    })
}

async fn classify_one(client: &EcgClient, header: &Path, lines: &mut Lines) -> Result<(), ServiceError> {
    let recording = match read_wfdb(header) {
        Ok(recording) => recording,
        Err(unreadable) => {
            lines.unreadable(header, &unreadable);
            return Ok(());
        }
    };
    match client.predict(recording).await {
        Ok(prediction) => lines.prediction(header, &prediction),
        Err(refused) if refused.code == Code::InvalidArgument => lines.refused(header, &refused.into()),
        Err(ended) => return Err(ended),
    }
    Ok(())
}

async fn classify_all(client: &EcgClient, headers: Vec<PathBuf>, lines: &mut Lines) -> Result<(), ServiceError> {
    let (tell, mut read) = mpsc::unbounded_channel();
    let mut results = client.predict_stream(read_all(headers, tell)).await?;
    while let Some(result) = results.next().await? {
        if let Some(header) = next_sent(&mut read, lines).await {
            lines.result(&header, &result);
        }
    }
    next_sent(&mut read, lines).await;
    Ok(())
}

/// Gives the recordings of the files that can be read, and tells of each file whether it could.
fn read_all(
    headers: Vec<PathBuf>,
    tell: mpsc::UnboundedSender<Read>,
) -> impl Iterator<Item = ecg_client::v1::Recording> {
    headers.into_iter().filter_map(move |header| {
        let (recording, read) = match read_wfdb(&header) {
            Ok(recording) => (Some(recording), Ok(())),
            Err(unreadable) => (None, Err(unreadable)),
        };
        // Nobody listens once the stream has ended.
        let _ = tell.send((header, read));
        recording
    })
}

/// Returns the file that was sent next, once all before it that could not be read are printed.
async fn next_sent(read: &mut mpsc::UnboundedReceiver<Read>, lines: &mut Lines) -> Option<PathBuf> {
    loop {
        match read.recv().await? {
            (header, Ok(())) => return Some(header),
            (header, Err(unreadable)) => lines.unreadable(&header, &unreadable),
        }
    }
}

/// Lists the headers under a folder, in the order of their paths.
fn headers_under(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut headers = Vec::new();
    add_headers(folder, &mut headers).map_err(|error| format!("{} cannot be read: {error}", folder.display()))?;
    headers.sort();
    if headers.is_empty() {
        return Err(format!("there is no .hea file under {}; give a folder of WFDB records", folder.display()));
    }
    Ok(headers)
}

fn add_headers(folder: &Path, headers: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let (path, kind) = entry.and_then(|entry| Ok((entry.path(), entry.file_type()?)))?;
        if kind.is_dir() {
            add_headers(&path, headers)?;
        } else if path.extension().is_some_and(|suffix| suffix == "hea") {
            headers.push(path);
        }
    }
    Ok(())
}

fn how_it_ended(connection: &Connection, error: &ServiceError) -> String {
    let remedy = match error.code {
        Code::Unavailable => "check that it runs there (--address), and whether it speaks TLS (--ca)",
        Code::Unauthenticated => "give the token that it knows you by (--token-file)",
        Code::PermissionDenied => "ask its operator to be let in",
        Code::DeadlineExceeded => "try again, or send less at once",
        _ => "try again later",
    };
    format!("the service at {}: {}: {}; {remedy}", connection.address, code_name(error.code), error.message)
}

/// How it ends where a line cannot be printed; in silence, where whoever read the lines has enough of them.
fn output_exit(error: &io::Error) -> u8 {
    match error.kind() {
        io::ErrorKind::BrokenPipe => NO_READER,
        _ => complain(WRONG_USAGE, &format!("the output cannot be written ({error}); see where it goes")),
    }
}

/// Tells on standard error, in one line, what went wrong.
fn complain(status: u8, problem: &str) -> u8 {
    eprintln!("ecg-classify: {}", problem.split_whitespace().collect::<Vec<_>>().join(" "));
    status
}
