package io.github.ecgclassifier.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.ecgclassifier.ecg.v1.LeadName;
import io.github.ecgclassifier.ecg.v1.PackedSignal;
import io.github.ecgclassifier.ecg.v1.Recording;
import io.github.ecgclassifier.ecg.v1.SampleFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records of two leads and three samples: 1, 2, 3 in the one, and -4, 5, 600 in the other. */
class WfdbRecordTest {
    private static final short[] SAMPLES = {1, -4, 2, 5, 3, 600};

    @TempDir
    private Path folder;

    @Test
    void integersOfOneGainAreKeptLeadAfterLead() throws IOException {
        Recording recording = read(SAMPLES, "r 2 500/1000(0) 3", "r.dat 16 1000.0(0)/mV 16 0 1 6 0 I",
                "r.dat 16 1000.0(0)/mV 16 0 -4 601 0 AVR", "# a remark");

        PackedSignal packed = recording.getPackedSignal();
        assertEquals("r", recording.getRecordingId());
        assertEquals(500, recording.getSampleRateHz());
        assertEquals(List.of(LeadName.LEAD_NAME_I, LeadName.LEAD_NAME_AVR), packed.getLeadNamesList());
        assertEquals(SampleFormat.SAMPLE_FORMAT_INT16_LE, packed.getFormat());
        assertEquals(1, packed.getMicrovoltsPerUnit());
        assertEquals(bytesOf((short) 1, (short) 2, (short) 3, (short) -4, (short) 5, (short) 600), bytesOf(packed));
    }

    @Test
    void gainsAndBaselinesOfTheirOwnMakeMillivolts() throws IOException {
        PackedSignal packed = read(SAMPLES, "r 2 100 3", "r.dat 16 2(-1)/mV 16 0 1 6 0 I", "r.dat 16 1/uV 16 5 0 0 0 II")
                .getPackedSignal();

        assertEquals(SampleFormat.SAMPLE_FORMAT_FLOAT32_LE, packed.getFormat());
        assertEquals(1000, packed.getMicrovoltsPerUnit());
        ByteBuffer samples = bytesOf(packed);
        for (float expected : new float[] {1, 1.5f, 2, -0.009f, 0, 0.595f}) {
            assertEquals(expected, samples.getFloat());
        }
    }

    @Test
    void whatTheHeaderLeavesOutIsAsTheFormatHasIt() throws IOException {
        Recording recording = read(SAMPLES, "r 2", "r.dat 16 0 16 0 1 6 0 i", "r.dat 16 200/mV 16 0 1 6 0 v6");

        assertEquals(250, recording.getSampleRateHz());
        assertEquals(5, recording.getPackedSignal().getMicrovoltsPerUnit());
        assertEquals(12, recording.getPackedSignal().getSamples().size());
    }

    @Test
    void aSampleThatIsMissingIsNotANumber() throws IOException {
        PackedSignal packed = read(new short[] {1, Short.MIN_VALUE}, "r 1 100 2", "r.dat 16 1000/mV 16 0 1 6 0 I")
                .getPackedSignal();

        assertEquals(SampleFormat.SAMPLE_FORMAT_FLOAT32_LE, packed.getFormat());
        assertTrue(Float.isNaN(bytesOf(packed).getFloat(Float.BYTES)));
    }

    @Test
    void aSignalFileThatIsTooShortIsNamed() {
        assertWrong("r.dat: it has 12 bytes, but 2 leads of 4 samples are 16", "r 2 100 4", "r.dat 16 1/mV 16 0 1 6 0 I",
                "r.dat 16 1/mV 16 0 1 6 0 II");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "r/2 1 100 3   | r.dat 16 1/mV 16 0 1 6 0 I       | r.hea: line 1: the record has several segments",
        "r x 100 3     | r.dat 16 1/mV 16 0 1 6 0 I       | line 1: the number of signals is 'x'",
        "r 2 100 3     | r.dat 16 1/mV 16 0 1 6 0 I       | line 1: 2 signals are announced, but 1 described",
        "r 1 fast 3    | r.dat 16 1/mV 16 0 1 6 0 I       | line 1: the sample rate is 'fast'",
        "r 1 100 many  | r.dat 16 1/mV 16 0 1 6 0 I       | line 1: the number of samples is 'many'",
        "r 1 100 3     | r.dat 212 1/mV 16 0 1 6 0 I      | line 2: the format is '212'",
        "r 1 100 3     | ../r.dat 16 1/mV 16 0 1 6 0 I    | line 2: the signal file is '../r.dat'",
        "r 1 100 3     | r.dat 16 -1/mV 16 0 1 6 0 I      | line 2: the gain is '-1/mV'",
        "r 1 100 3     | r.dat 16 1/mmHg 16 0 1 6 0 I     | line 2: the unit is 'mmHg'",
        "r 1 100 3     | r.dat 16 1/mV 16 0 1 6 0 the EEG | line 2: the lead is 'the EEG'",
    })
    void aHeaderThatIsWrongIsToldByItsLine(String record, String signal, String words) {
        assertWrong(words, record, signal);
    }

    private void assertWrong(String words, String... header) {
        String message = assertThrows(UnreadableFileException.class, () -> read(SAMPLES, header)).getMessage();
        assertTrue(message.contains(words), message);
        assertTrue(message.startsWith(folder.toString()), message);
    }

    private Recording read(short[] samples, String... header) throws IOException {
        Files.write(folder.resolve("r.dat"), bytesOf(samples).array());
        Path path = folder.resolve("r.hea");
        Files.write(path, List.of(header), StandardCharsets.UTF_8);
        return WfdbRecord.read(path);
    }

    private static ByteBuffer bytesOf(short... samples) {
        ByteBuffer bytes = ByteBuffer.allocate(Short.BYTES * samples.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asShortBuffer().put(samples);
        return bytes;
    }

    private static ByteBuffer bytesOf(PackedSignal packed) {
        return ByteBuffer.wrap(packed.getSamples().toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    }
}
