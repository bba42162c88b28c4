use std::io::{self, Write};
use std::path::Path;
use std::process;

use ecg_client::UnreadableFile;
use ecg_client::v1::recording_result::Outcome;
use ecg_client::v1::{ClassPrediction, Prediction, RecordingError, RecordingResult, Warning, WarningCode};
use serde::{Serialize, Serializer};
use tonic::Code;

/// Prints JSON objects, and counts the recordings that were not classified.
pub struct Lines {
    out: io::Stdout,
    pub failures: usize,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Line<'a> {
    Classified {
        recording: String,
        #[serde(serialize_with = "by_code")]
        probabilities: &'a [ClassPrediction],
        findings: Vec<&'a str>,
        warnings: Vec<String>,
        model: String,
    },
    Failed {
        recording: String,
        error: Failure<'a>,
    },
}

#[derive(Serialize)]
struct Failure<'a> {
    code: String,
    reason: &'a str,
    message: &'a str,
    field_violations: Vec<Violation<'a>>,
}

#[derive(Serialize)]
struct Violation<'a> {
    field: &'a str,
    description: &'a str,
}

impl Lines {
    pub fn new() -> Self {
        Self { out: io::stdout(), failures: 0 }
    }

    pub fn result(&mut self, header: &Path, result: &RecordingResult) {
        match &result.outcome {
            Some(Outcome::Prediction(prediction)) => self.prediction(header, prediction),
            Some(Outcome::Error(error)) => self.refused(header, error),
            None => self.refused(header, &RecordingError { code: Code::Unknown.into(), ..RecordingError::default() }),
        }
    }

    pub fn prediction(&mut self, header: &Path, prediction: &Prediction) {
        let model = prediction.model.clone().unwrap_or_default();
        let positive = prediction.classes.iter().filter(|class| class.is_positive);
        self.print(&Line::Classified {
            recording: name_of(header),
            probabilities: &prediction.classes,
            findings: positive.map(|class| class.code.as_str()).collect(),
            warnings: prediction.warnings.iter().map(warning_code).collect(),
            model: format!("{} {}", model.name, model.version).trim().to_owned(),
        });
    }

    pub fn refused(&mut self, header: &Path, error: &RecordingError) {
        let violations = error.field_violations.iter();
        self.fail(
            header,
            Failure {
                code: code_name(error.code.into()),
                reason: &error.reason,
                message: &error.message,
                field_violations: violations
                    .map(|one| Violation { field: &one.field, description: &one.description })
                    .collect(),
            },
        );
    }

    pub fn unreadable(&mut self, header: &Path, unreadable: &UnreadableFile) {
        let error = RecordingError {
            code: Code::InvalidArgument.into(),
            reason: "UNREADABLE_FILE".to_owned(),
            message: unreadable.to_string(),
            field_violations: Vec::new(),
        };
        self.refused(header, &error);
    }

    fn fail(&mut self, header: &Path, error: Failure) {
        self.failures += 1;
        self.print(&Line::Failed { recording: name_of(header), error });
    }

    /// Ends the program where a line cannot be printed.
    fn print(&mut self, line: &Line) {
        let mut out = self.out.lock();
        let printed =
            serde_json::to_writer(&mut out, line).map_err(io::Error::from).and_then(|()| out.write_all(b"\n"));
        if let Err(error) = printed {
            process::exit(crate::output_exit(&error).into());
        }
    }
}

/// The name of a status code as all languages have it, such as `INVALID_ARGUMENT`.
pub fn code_name(code: Code) -> String {
    let mut name = String::new();
    for letter in format!("{code:?}").chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}

/// Writes an object whose names keep the order of the model's classes.
fn by_code<S: Serializer>(classes: &&[ClassPrediction], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(classes.iter().map(|class| (&class.code, class.probability)))
}

/// A code that is newer than this program has only its number.
fn warning_code(warning: &Warning) -> String {
    WarningCode::try_from(warning.code).map_or_else(
        |_| warning.code.to_string(),
        |code| code.as_str_name().trim_start_matches("WARNING_CODE_").to_owned(),
    )
}

fn name_of(header: &Path) -> String {
    header.display().to_string().trim_end_matches(".hea").to_owned()
}
