use crate::v1::LeadName;

// What holds where a header does not say.
const DEFAULT_RATE: &str = "250";
const DEFAULT_GAIN: f64 = 200.0;
const DEFAULT_UNIT: &str = "mV";

const LEAD_FIELD: usize = 8;

/// What a .hea file says.
#[derive(Debug)]
pub(super) struct Header {
    pub rate_hz: f64,
    /// Samples of each lead, where it says so.
    pub sample_count: Option<usize>,
    /// Name of the signal file, beside the header.
    pub file: String,
    pub channels: Vec<Channel>,
}

/// One signal line.
#[derive(Debug)]
pub(super) struct Channel {
    pub lead: LeadName,
    /// Units of a sample to the unit of the header.
    pub gain: f64,
    /// The sample that is 0.
    pub baseline: f64,
    /// Of one unit of the header.
    pub millivolts: f64,
}

impl Channel {
    pub fn millivolts_per_unit(&self) -> f64 {
        self.millivolts / self.gain
    }
}

/// One line that is no comment.
struct Line<'a> {
    number: usize,
    fields: Vec<&'a str>,
}

impl<'a> Line<'a> {
    fn field_or(&self, index: usize, absent: &'a str) -> &'a str {
        self.fields.get(index).copied().unwrap_or(absent)
    }

    fn wrong(&self, problem: &str) -> String {
        format!("line {}: {problem}", self.number)
    }
}

impl Header {
    /// Reads a header; an error tells which line is not as it should be, and what to write.
    pub fn parse(text: &str) -> Result<Self, String> {
        let lines = lines_of(text);
        let [first, signals @ ..] = &lines[..] else { return Err("the header is empty; copy it anew".to_owned()) };
        if first.field_or(0, "").contains('/') {
            return Err(first.wrong("the record has several segments; give each as a record of its own"));
        }
        let count: usize = number(first, 1, "number of signals", "is it a WFDB header?")?;
        if count == 0 || count > signals.len() {
            let described = signals.len();
            return Err(first.wrong(&format!("{count} signals are announced, but {described} described; copy it anew")));
        }
        let file = signals[0].field_or(0, "");
        Ok(Self {
            rate_hz: rate_of(first)?,
            sample_count: match first.fields.len() {
                ..=3 => None,
                _ => Some(number(first, 3, "number of samples", "write a number")?),
            },
            file: file.to_owned(),
            channels: signals[..count].iter().map(|line| channel_of(line, file)).collect::<Result<_, _>>()?,
        })
    }
}

fn lines_of(text: &str) -> Vec<Line<'_>> {
    let lines = text
        .lines()
        .enumerate()
        .map(|(index, line)| Line { number: index + 1, fields: line.split_whitespace().collect() });
    lines.filter(|line| line.fields.first().is_some_and(|field| !field.starts_with('#'))).collect()
}

fn number(line: &Line, index: usize, what: &str, remedy: &str) -> Result<usize, String> {
    let field = line.field_or(index, "");
    field.parse().map_err(|_| line.wrong(&format!("the {what} is '{field}'; {remedy}")))
}

/// Reads RATE[/COUNTER].
fn rate_of(line: &Line) -> Result<f64, String> {
    let field = line.field_or(2, DEFAULT_RATE);
    let rate = field.split('/').next().unwrap_or(field);
    rate.parse().map_err(|_| line.wrong(&format!("the sample rate is '{field}'; write the samples per second")))
}

/// Reads FILE FORMAT GAIN(BASELINE)/UNIT RESOLUTION ZERO FIRST CHECKSUM BLOCK LEAD.
fn channel_of(line: &Line, file: &str) -> Result<Channel, String> {
    let (own, format) = (line.field_or(0, ""), line.field_or(1, ""));
    if own != file || own.contains(['/', '\\']) {
        return Err(line.wrong(&format!("the signal file is '{own}'; keep all leads in one file beside the header")));
    }
    if format != "16" {
        return Err(line.wrong(&format!("the format is '{format}'; convert the samples to format 16")));
    }
    let name = line.fields.get(LEAD_FIELD..).unwrap_or_default().join(" ");
    let Some(lead) = LeadName::from_str_name(&format!("LEAD_NAME_{}", name.to_uppercase())) else {
        return Err(line.wrong(&format!("the lead is '{name}'; name one of I, II, III, aVR, aVL, aVF, V1 to V6")));
    };
    let (scale, unit) = line.field_or(2, "0").split_once('/').unwrap_or((line.field_or(2, "0"), DEFAULT_UNIT));
    let Some(millivolts) = millivolts_of(unit) else {
        return Err(line.wrong(&format!("the unit is '{unit}'; it must be nV, uV, mV or V")));
    };
    let Some((gain, baseline)) = gain_and_baseline(scale, line.field_or(4, "0")) else {
        return Err(line.wrong(&format!("the gain is '{scale}'; write it as 1000(0)/mV")));
    };
    Ok(Channel { lead, gain, baseline, millivolts })
}

/// Reads GAIN[(BASELINE)]; where there is no baseline, the converter's zero is it.
fn gain_and_baseline(scale: &str, zero: &str) -> Option<(f64, f64)> {
    let (gain, baseline) = scale.strip_suffix(')').unwrap_or(scale).split_once('(').unwrap_or((scale, zero));
    let gain: f64 = gain.parse().ok().filter(|gain| (0.0..f64::INFINITY).contains(gain))?;
    let baseline: i32 = baseline.parse().ok()?;
    Some((if gain > 0.0 { gain } else { DEFAULT_GAIN }, baseline.into()))
}

fn millivolts_of(unit: &str) -> Option<f64> {
    match unit.to_lowercase().as_str() {
        "nv" => Some(1e-6),
        // The micro sign becomes the Greek letter in lower case, or stays what it is.
        "uv" | "\u{b5}v" | "\u{3bc}v" => Some(1e-3),
        "mv" => Some(1.0),
        "v" => Some(1e3),
        _ => None,
    }
}
