use crate::v1::{PatientMetadata, Sex};

const GREATEST_AGE_YEARS: f32 = 130.0;

// What stands for "over 89" in copies of PTB-XL, and what it is read as.
const OVER_89_CODE: f32 = 300.0;
const OVER_89_YEARS: f32 = 90.0;

/// Reads what the comments of a header say of the patient, such as `# Age: 61`; what cannot be is unknown.
pub(super) fn parse(header: &str) -> PatientMetadata {
    let said = |name| said(header, name).unwrap_or_default();
    PatientMetadata {
        age_years: number_in(&["", "y", "years"], &said("age")).and_then(age_of),
        sex: sex_of(&said("sex")).into(),
        height_cm: number_in(&["", "cm"], &said("height")).filter(|height| *height > 0.0),
        weight_kg: number_in(&["", "kg"], &said("weight")).filter(|weight| *weight > 0.0),
        has_pacemaker: match said("pacemaker").as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        },
        ..PatientMetadata::default()
    }
}

/// What the first comment `# NAME: …` says, in lower case.
fn said(header: &str, name: &str) -> Option<String> {
    header.lines().find_map(|line| {
        let comment = line.trim().strip_prefix('#')?.trim_matches(['#', ' ', '\t']);
        let (key, value) = comment.split_once(':')?;
        key.trim_end().eq_ignore_ascii_case(name).then(|| value.trim().to_lowercase())
    })
}

/// A number in one of the units. One in another unit is left out: who writes pounds would be taken to be twice as heavy.
fn number_in(units: &[&str], value: &str) -> Option<f32> {
    let number = value.trim_end_matches(|letter: char| letter.is_ascii_lowercase());
    let unit = &value[number.len()..];
    let digits = number.trim_end();
    // No sign, and nothing that begins or ends with a point.
    let is_plain = digits.starts_with(is_digit) && digits.ends_with(is_digit);
    let number: f32 = digits.parse().ok().filter(|_| is_plain && units.contains(&unit))?;
    number.is_finite().then_some(number)
}

fn is_digit(letter: char) -> bool {
    letter.is_ascii_digit()
}

#[allow(clippy::float_cmp)] // It is written without a fraction.
fn age_of(years: f32) -> Option<f32> {
    if years == OVER_89_CODE { Some(OVER_89_YEARS) } else { Some(years).filter(|age| *age <= GREATEST_AGE_YEARS) }
}

fn sex_of(word: &str) -> Sex {
    match word {
        "m" | "male" => Sex::Male,
        "f" | "female" => Sex::Female,
        _ => Sex::Unspecified,
    }
}
