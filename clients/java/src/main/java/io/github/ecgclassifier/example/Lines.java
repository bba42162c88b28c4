package io.github.ecgclassifier.example;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.github.ecgclassifier.client.UnreadableFileException;
import io.github.ecgclassifier.ecg.v1.ClassPrediction;
import io.github.ecgclassifier.ecg.v1.FieldViolation;
import io.github.ecgclassifier.ecg.v1.ModelVersion;
import io.github.ecgclassifier.ecg.v1.Prediction;
import io.github.ecgclassifier.ecg.v1.RecordingError;
import io.github.ecgclassifier.ecg.v1.RecordingResult;
import io.github.ecgclassifier.ecg.v1.Warning;
import io.grpc.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Prints JSON objects, and counts the recordings that were not classified. */
final class Lines {
    private static final Gson GSON = new GsonBuilder()
            .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
            .disableHtmlEscaping()
            .create();

    private final Writer out;
    private int failures;

    /** What is null is left out. */
    private record Line(
            String recording,
            Map<String, Float> probabilities,
            List<String> findings,
            List<String> warnings,
            String model,
            Failure error) {}

    private record Failure(String code, String reason, String message, List<Violation> fieldViolations) {}

    private record Violation(String field, String description) {}

    Lines(Writer out) {
        this.out = out;
    }

    int failures() {
        return failures;
    }

    void result(Path header, RecordingResult result) {
        if (result.hasError()) {
            refused(header, result.getError());
        } else {
            prediction(header, result.getPrediction());
        }
    }

    void prediction(Path header, Prediction prediction) {
        Map<String, Float> probabilities = new LinkedHashMap<>();
        prediction.getClassesList().forEach(one -> probabilities.put(one.getCode(), one.getProbability()));
        ModelVersion model = prediction.getModel();
        print(new Line(
                nameOf(header),
                probabilities,
                prediction.getClassesList().stream()
                        .filter(ClassPrediction::getIsPositive)
                        .map(ClassPrediction::getCode)
                        .toList(),
                prediction.getWarningsList().stream().map(Lines::codeOf).toList(),
                (model.getName() + " " + model.getVersion()).strip(),
                null));
    }

    void refused(Path header, RecordingError refused) {
        List<Violation> violations =
                refused.getFieldViolationsList().stream().map(Lines::violationOf).toList();
        String code = Status.fromCodeValue(refused.getCode()).getCode().name();
        fail(header, new Failure(code, refused.getReason(), refused.getMessage(), violations));
    }

    void unreadable(Path header, UnreadableFileException unreadable) {
        String code = Status.Code.INVALID_ARGUMENT.name();
        fail(header, new Failure(code, "UNREADABLE_FILE", unreadable.getMessage(), List.of()));
    }

    private void fail(Path header, Failure failure) {
        failures++;
        print(new Line(nameOf(header), null, null, null, null, failure));
    }

    /** Throws what keeps a line from being printed, which is not to be missed. */
    private void print(Line line) {
        try {
            out.write(GSON.toJson(line) + "\n");
            out.flush();
        } catch (IOException unwritten) {
            throw new UncheckedIOException(unwritten);
        }
    }

    private static String nameOf(Path header) {
        return header.toString().replaceFirst("\\.hea$", "");
    }

    /** A code that is newer than this program has only its number. */
    private static String codeOf(Warning warning) {
        String name = warning.getCode().name();
        return name.equals("UNRECOGNIZED")
                ? Integer.toString(warning.getCodeValue())
                : name.replaceFirst("^WARNING_CODE_", "");
    }

    private static Violation violationOf(FieldViolation violation) {
        return new Violation(violation.getField(), violation.getDescription());
    }
}
