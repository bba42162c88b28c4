package io.github.ecgclassifier.client;

import com.google.protobuf.UnsafeByteOperations;
import io.github.ecgclassifier.client.WfdbHeader.Channel;
import io.github.ecgclassifier.ecg.v1.PackedSignal;
import io.github.ecgclassifier.ecg.v1.Recording;
import io.github.ecgclassifier.ecg.v1.SampleFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads ECG recordings as PTB-XL has them: a WFDB header (.hea) and beside it one signal file (.dat) in format 16, with the
 * twelve standard leads or some of them.
 */
public final class WfdbRecord {
    /** Stands for a sample that was not taken. */
    private static final short NO_SAMPLE = Short.MIN_VALUE;

    private static final String SUFFIX = ".hea";

    private WfdbRecord() {}

    /**
     * Reads the record of a header. Its recording id is the name of the file, without .hea.
     *
     * <p>Where all leads share one gain and have no baseline the integers are kept as they were digitised; otherwise the
     * signal becomes millivolts. Any rate and length are taken; whether they suffice is the service's to say. Age, sex,
     * height, weight and a pacemaker are read from comments of the header, such as {@code # Age: 61}.
     *
     * @throws UnreadableFileException a file is missing or is not as it should be
     */
    public static Recording read(Path header) throws UnreadableFileException {
        String text = textOf(header);
        WfdbHeader parsed = parse(header, text);
        ShortBuffer samples = samplesOf(header.resolveSibling(parsed.file()), parsed);
        String name = header.getFileName().toString();
        return Recording.newBuilder()
                .setRecordingId(name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name)
                .setMetadata(WfdbComments.parse(text))
                .setSampleRateHz(parsed.rateHz())
                .setPackedSignal(pack(parsed.channels(), samples))
                .build();
    }

    private static WfdbHeader parse(Path header, String text) throws UnreadableFileException {
        try {
            return WfdbHeader.parse(text);
        } catch (WfdbHeader.WrongLineException wrong) {
            throw new UnreadableFileException(header + ": " + wrong.getMessage());
        }
    }

    private static String textOf(Path header) throws UnreadableFileException {
        byte[] content = bytesOf(header, "give the path of a header (.hea)");
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
        } catch (CharacterCodingException older) {
            return new String(content, StandardCharsets.ISO_8859_1);
        }
    }

    private static byte[] bytesOf(Path path, String remedy) throws UnreadableFileException {
        try {
            return Files.readAllBytes(path);
        } catch (IOException failure) {
            String problem = "%s: it cannot be read (%s); %s";
            throw new UnreadableFileException(
                    problem.formatted(path, failure.getClass().getSimpleName(), remedy), failure);
        }
    }

    /** Returns the samples, as many as the header announces: sample after sample, each of all leads. */
    private static ShortBuffer samplesOf(Path path, WfdbHeader header) throws UnreadableFileException {
        byte[] content = bytesOf(path, "keep the signal file beside its header");
        int leads = header.channels().size();
        int available = content.length / (Short.BYTES * leads);
        int count = header.sampleCount() < 0 ? available : header.sampleCount();
        if (available < count) {
            throw new UnreadableFileException("%s: it has %d bytes, but %d leads of %d samples are %d; copy it anew"
                    .formatted(path, content.length, leads, count, (long) Short.BYTES * leads * count));
        }
        ByteBuffer bytes = ByteBuffer.wrap(content, 0, Short.BYTES * leads * count);
        return bytes.order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
    }

    /** Brings samples from sample after sample, as in the file, to lead after lead, as on the wire. */
    private static PackedSignal pack(List<Channel> channels, ShortBuffer samples) {
        PackedSignal.Builder packed = PackedSignal.newBuilder();
        channels.forEach(channel -> packed.addLeadNames(channel.lead()));
        if (isPlain(channels, samples)) {
            return packed.setFormat(SampleFormat.SAMPLE_FORMAT_INT16_LE)
                    .setMicrovoltsPerUnit(1000 * channels.get(0).millivoltsPerUnit())
                    .setSamples(UnsafeByteOperations.unsafeWrap(integersOf(channels, samples).flip()))
                    .build();
        }
        return packed.setFormat(SampleFormat.SAMPLE_FORMAT_FLOAT32_LE)
                .setMicrovoltsPerUnit(1000)
                .setSamples(UnsafeByteOperations.unsafeWrap(millivoltsOf(channels, samples).flip()))
                .build();
    }

    /** Says whether one factor makes millivolts of every sample. */
    private static boolean isPlain(List<Channel> channels, ShortBuffer samples) {
        double scale = channels.get(0).millivoltsPerUnit();
        boolean isOneScale = channels.stream().allMatch(one -> one.baseline() == 0 && one.millivoltsPerUnit() == scale);
        for (int at = 0; isOneScale && at < samples.limit(); at++) {
            if (samples.get(at) == NO_SAMPLE) {
                return false;
            }
        }
        return isOneScale;
    }

    private static ByteBuffer integersOf(List<Channel> channels, ShortBuffer samples) {
        ByteBuffer bytes = ByteBuffer.allocate(samples.limit() * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int lead = 0; lead < channels.size(); lead++) {
            for (int at = lead; at < samples.limit(); at += channels.size()) {
                bytes.putShort(samples.get(at));
            }
        }
        return bytes;
    }

    private static ByteBuffer millivoltsOf(List<Channel> channels, ShortBuffer samples) {
        ByteBuffer bytes = ByteBuffer.allocate(samples.limit() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int lead = 0; lead < channels.size(); lead++) {
            for (int at = lead; at < samples.limit(); at += channels.size()) {
                bytes.putFloat(millivolts(channels.get(lead), samples.get(at)));
            }
        }
        return bytes;
    }

    private static float millivolts(Channel channel, short sample) {
        if (sample == NO_SAMPLE) {
            return Float.NaN;
        }
        return (float) ((sample - channel.baseline()) / channel.gain() * channel.millivolts());
    }
}
