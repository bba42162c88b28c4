//! ECG recordings as PTB-XL has them: a WFDB header (.hea) and beside it one signal file (.dat) in format 16, with the
//! twelve standard leads or some of them.

mod comments;
mod header;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::{fmt, fs};

use crate::v1::{PackedSignal, Recording, SampleFormat};
use header::{Channel, Header};

/// Stands for a sample that was not taken.
const NO_SAMPLE: i16 = i16::MIN;

const SAMPLE_BYTES: usize = 2;

/// A file that holds no recording that can be read.
#[derive(Debug)]
pub struct UnreadableFile {
    /// The file.
    pub path: PathBuf,
    /// What is wrong in it, and a remedy.
    pub problem: String,
}

/// Reads the record of a header. Its recording id is the name of the file, without .hea.
///
/// Where all leads share one gain and have no baseline the integers are kept as they were digitised; otherwise the signal
/// becomes millivolts. Any rate and length are taken; whether they suffice is the service's to say. Age, sex, height,
/// weight and a pacemaker are read from comments of the header, such as `# Age: 61`.
///
/// # Errors
///
/// A file is missing or is not as it should be.
pub fn read_wfdb(header: &Path) -> Result<Recording, UnreadableFile> {
    let text = text_of(read(header, "give the path of a header (.hea)")?);
    let parsed = Header::parse(&text).map_err(|problem| UnreadableFile { path: header.to_owned(), problem })?;
    let samples = samples_of(&header.with_file_name(&parsed.file), &parsed)?;
    Ok(Recording {
        recording_id: header.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        metadata: Some(comments::parse(&text)),
        sample_rate_hz: parsed.rate_hz,
        packed_signal: Some(pack(&parsed.channels, &samples)),
        ..Recording::default()
    })
}

impl fmt::Display for UnreadableFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path.display(), self.problem)
    }
}

impl std::error::Error for UnreadableFile {}

fn read(path: &Path, remedy: &str) -> Result<Vec<u8>, UnreadableFile> {
    fs::read(path).map_err(|error| UnreadableFile {
        path: path.to_owned(),
        problem: format!("it cannot be read ({error}); {remedy}"),
    })
}

/// Headers are in ASCII; a unit of µV in one may be written in UTF-8 or in Latin-1.
fn text_of(content: Vec<u8>) -> String {
    String::from_utf8(content).unwrap_or_else(|older| older.as_bytes().iter().copied().map(char::from).collect())
}

/// Returns the samples, as many as the header announces: sample after sample, each of all leads.
fn samples_of(path: &Path, header: &Header) -> Result<Vec<i16>, UnreadableFile> {
    let content = read(path, "keep the signal file beside its header")?;
    let leads = header.channels.len();
    let available = content.len() / (SAMPLE_BYTES * leads);
    let count = header.sample_count.unwrap_or(available);
    if available < count {
        let (bytes, needed) = (content.len(), (SAMPLE_BYTES * leads).saturating_mul(count));
        return Err(UnreadableFile {
            path: path.to_owned(),
            problem: format!("it has {bytes} bytes, but {leads} leads of {count} samples are {needed}; copy it anew"),
        });
    }
    let (pairs, _) = content[..SAMPLE_BYTES * leads * count].as_chunks();
    Ok(pairs.iter().copied().map(i16::from_le_bytes).collect())
}

/// Brings samples from sample after sample, as in the file, to lead after lead, as on the wire.
fn pack(channels: &[Channel], samples: &[i16]) -> PackedSignal {
    let by_lead = channels
        .iter()
        .enumerate()
        .flat_map(|(lead, channel)| samples.iter().skip(lead).step_by(channels.len()).map(move |one| (channel, *one)));
    let lead_names = channels.iter().map(|channel| channel.lead.into()).collect();
    if let Some(scale) = one_scale_of(channels, samples) {
        return PackedSignal {
            lead_names,
            format: SampleFormat::Int16Le.into(),
            microvolts_per_unit: 1000.0 * scale,
            samples: by_lead.flat_map(|(_, sample)| sample.to_le_bytes()).collect(),
        };
    }
    PackedSignal {
        lead_names,
        format: SampleFormat::Float32Le.into(),
        microvolts_per_unit: 1000.0,
        samples: by_lead.flat_map(|(channel, sample)| millivolts(channel, sample).to_le_bytes()).collect(),
    }
}

/// Returns the factor that makes millivolts of every sample, if there is one.
#[allow(clippy::float_cmp)] // Equal headers make equal numbers.
fn one_scale_of(channels: &[Channel], samples: &[i16]) -> Option<f64> {
    let scale = channels.first()?.millivolts_per_unit();
    let is_one = channels.iter().all(|one| one.baseline == 0.0 && one.millivolts_per_unit() == scale);
    (is_one && !samples.contains(&NO_SAMPLE)).then_some(scale)
}

#[allow(clippy::cast_possible_truncation)] // The wire has single precision.
fn millivolts(channel: &Channel, sample: i16) -> f32 {
    if sample == NO_SAMPLE {
        return f32::NAN;
    }
    ((f64::from(sample) - channel.baseline) / channel.gain * channel.millivolts) as f32
}
