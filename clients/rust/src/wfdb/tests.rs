//! Records of two leads and three samples: 1, 2, 3 in the one, and -4, 5, 600 in the other.

use super::*;
use crate::v1::LeadName;

const SAMPLES: [i16; 6] = [1, -4, 2, 5, 3, 600];

/// Reads a record of a folder of its own.
fn read_record(name: &str, samples: &[i16], header: &str) -> Result<Recording, UnreadableFile> {
    let folder = std::env::temp_dir().join(format!("ecg-client-{}-{name}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    fs::write(folder.join("r.dat"), bytes).unwrap();
    fs::write(folder.join("r.hea"), header).unwrap();
    let recording = read_wfdb(&folder.join("r.hea"));
    fs::remove_dir_all(folder).unwrap();
    recording
}

fn floats_of(packed: &PackedSignal) -> Vec<f32> {
    packed.samples.as_chunks().0.iter().copied().map(f32::from_le_bytes).collect()
}

#[test]
fn integers_of_one_gain_are_kept_lead_after_lead() {
    let header = "# a remark\nr 2 500/1000(0) 3\nr.dat 16 1000.0(0)/mV 16 0 1 6 0 I\n\
                  r.dat 16 1000.0(0)/mV 16 0 -4 601 0 AVR\n";
    let recording = read_record("plain", &SAMPLES, header).unwrap();

    let packed = recording.packed_signal.as_ref().unwrap();
    assert_eq!(recording.recording_id, "r");
    assert!((recording.sample_rate_hz - 500.0).abs() < f64::EPSILON);
    assert_eq!(packed.lead_names, [i32::from(LeadName::I), i32::from(LeadName::Avr)]);
    assert_eq!(packed.format(), SampleFormat::Int16Le);
    assert!((packed.microvolts_per_unit - 1.0).abs() < f64::EPSILON);
    let expected: Vec<u8> = [1i16, 2, 3, -4, 5, 600].iter().flat_map(|sample| sample.to_le_bytes()).collect();
    assert_eq!(packed.samples, expected);
}

#[test]
fn gains_and_baselines_of_their_own_make_millivolts() {
    let header = "r 2 100 3\nr.dat 16 2(-1)/mV 16 0 1 6 0 I\nr.dat 16 1/uV 16 5 0 0 0 II\n";
    let packed = read_record("uneven", &SAMPLES, header).unwrap().packed_signal.unwrap();

    assert_eq!(packed.format(), SampleFormat::Float32Le);
    assert!((packed.microvolts_per_unit - 1000.0).abs() < f64::EPSILON);
    assert_eq!(floats_of(&packed), [1.0, 1.5, 2.0, -0.009, 0.0, 0.595]);
}

#[test]
fn what_the_header_leaves_out_is_as_the_format_has_it() {
    let header = "r 2\nr.dat 16 0 16 0 1 6 0 i\nr.dat 16 200/mV 16 0 1 6 0 v6\n";
    let recording = read_record("defaults", &SAMPLES, header).unwrap();

    assert!((recording.sample_rate_hz - 250.0).abs() < f64::EPSILON);
    let packed = recording.packed_signal.unwrap();
    assert!((packed.microvolts_per_unit - 5.0).abs() < f64::EPSILON);
    assert_eq!(packed.samples.len(), 12);
}

#[test]
fn a_sample_that_is_missing_is_not_a_number() {
    let header = "r 1 100 2\nr.dat 16 1000/mV 16 0 1 6 0 I\n";
    let packed = read_record("missing", &[1, NO_SAMPLE], header).unwrap().packed_signal.unwrap();

    assert_eq!(packed.format(), SampleFormat::Float32Le);
    assert!(floats_of(&packed)[1].is_nan());
}

#[test]
fn micro_is_written_in_many_ways() {
    for unit in ["uV", "UV", "\u{b5}V", "\u{3bc}V"] {
        let header = format!("r 1 100 6\nr.dat 16 1/{unit} 16 0 1 6 0 I\n");
        let packed = read_record("micro", &SAMPLES, &header).unwrap().packed_signal.unwrap();
        assert!((packed.microvolts_per_unit - 1.0).abs() < f64::EPSILON, "{unit}");
    }
    assert_eq!(text_of(b"1/\xb5V".to_vec()), "1/\u{b5}V");
}

#[test]
fn a_header_that_is_wrong_is_told_by_its_line() {
    let signal = "r.dat 16 1/mV 16 0 1 6 0 I";
    for (record, signal, words) in [
        ("r/2 1 100 3", signal, "line 1: the record has several segments"),
        ("r x 100 3", signal, "line 1: the number of signals is 'x'"),
        ("r 2 100 3", signal, "line 1: 2 signals are announced, but 1 described"),
        ("r 1 fast 3", signal, "line 1: the sample rate is 'fast'"),
        ("r 1 100 many", signal, "line 1: the number of samples is 'many'"),
        ("r 1 100 3", "r.dat 212 1/mV 16 0 1 6 0 I", "line 2: the format is '212'"),
        ("r 1 100 3", "../r.dat 16 1/mV 16 0 1 6 0 I", "line 2: the signal file is '../r.dat'"),
        ("r 1 100 3", "r.dat 16 -1/mV 16 0 1 6 0 I", "line 2: the gain is '-1'"),
        ("r 1 100 3", "r.dat 16 1/mmHg 16 0 1 6 0 I", "line 2: the unit is 'mmHg'"),
        ("r 1 100 3", "r.dat 16 1/mV 16 0 1 6 0 the EEG", "line 2: the lead is 'the EEG'"),
        ("r 1 100 7", signal, "r.dat: it has 12 bytes, but 1 leads of 7 samples are 14"),
    ] {
        let error = read_record("wrong", &SAMPLES, &format!("{record}\n{signal}\n")).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
}
