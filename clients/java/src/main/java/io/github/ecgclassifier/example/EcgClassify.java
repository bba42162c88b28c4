package io.github.ecgclassifier.example;

import io.github.ecgclassifier.client.EcgClient;
import io.github.ecgclassifier.client.ServiceException;
import io.github.ecgclassifier.client.UnreadableFileException;
import io.github.ecgclassifier.client.WfdbRecord;
import io.github.ecgclassifier.ecg.v1.Recording;
import io.grpc.Status;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** Classifies WFDB records: one by a call, or all of a folder over one stream. Prints a JSON object for each. */
public final class EcgClassify {
    private static final String USAGE = """
            usage: ecg-classify [--address HOST:PORT] [--ca FILE] [--token-file FILE] FILE.hea
                   ecg-classify [--address HOST:PORT] [--ca FILE] [--token-file FILE] --stream FOLDER

            Classifies a WFDB record, or all those under a folder, and prints a JSON object for each.

              --address HOST:PORT  where the service is (127.0.0.1:50051)
              --ca FILE            speak TLS, and trust the authorities of this PEM file
              --token-file FILE    the file that holds the bearer token
              --stream FOLDER      classify all records under this folder, over one stream

            Exit codes: 0 all classified, 1 some not, 2 called wrongly or output not written, 3 no service or it ended the call.
            """;

    private static final int ALL_CLASSIFIED = 0;
    private static final int SOME_NOT = 1;
    private static final int WRONG_USAGE = 2;
    private static final int NO_SERVICE = 3;
    private static final int NO_READER = 141;

    // Held here, for what nobody holds is forgotten with its level.
    private static final Logger GRPC = Logger.getLogger("io.grpc");

    private EcgClassify() {}

    /** Runs the program. */
    public static void main(String[] words) throws InterruptedException {
        GRPC.setLevel(Level.WARNING);
        System.exit(run(List.of(words)));
    }

    private static int run(List<String> words) throws InterruptedException {
        if (words.contains("--help")) {
            System.out.print(USAGE);
            return ALL_CLASSIFIED;
        }
        try {
            Arguments arguments = Arguments.parse(words);
            List<Path> headers = arguments.isFolder() ? headersUnder(arguments.path()) : List.of(arguments.path());
            return classify(arguments, headers);
        } catch (IllegalArgumentException wrong) {
            return complain(WRONG_USAGE, wrong.getMessage());
        } catch (IOException missing) {
            return complain(WRONG_USAGE, "cannot be read: " + missing.getMessage());
        }
    }

    /** Lists the headers under a folder, in the order of their paths. */
    private static List<Path> headersUnder(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> headers = files.filter(path -> path.toString().endsWith(".hea"))
                    .sorted(Comparator.comparing(EcgClassify::namesOf))
                    .toList();
            if (headers.isEmpty()) {
                throw new IllegalArgumentException(
                        "there is no .hea file under %s; give a folder of WFDB records".formatted(folder));
            }
            return headers;
        }
    }

    /** Returns a path as it is to be sorted: name by name, so that the files of a folder stay together. */
    private static String namesOf(Path path) {
        return path.toString().replace(File.separatorChar, '\0');
    }

    private static int classify(Arguments arguments, List<Path> headers) throws InterruptedException {
        Lines lines = new Lines(new OutputStreamWriter(new FileOutputStream(FileDescriptor.out), StandardCharsets.UTF_8));
        try (EcgClient client = new EcgClient(arguments.connection())) {
            if (arguments.isFolder()) {
                classifyAll(client, new HeaderQueue(headers, lines), lines);
            } else {
                classifyOne(client, headers.get(0), lines);
            }
        } catch (ServiceException ended) {
            return complain(NO_SERVICE, "the service at %s: %s: %s; %s".formatted(
                    arguments.connection().address(), ended.code(), ended.getMessage(), remedyOf(ended.code())));
        } catch (UncheckedIOException unwritten) {
            return outputExit(unwritten.getCause().getMessage());
        }
        return lines.failures() == 0 ? ALL_CLASSIFIED : SOME_NOT;
    }

    /** Returns how it ends where a line cannot be printed; in silence, where whoever read the lines has enough of them. */
    private static int outputExit(String problem) {
        return problem.contains("Broken pipe")
                ? NO_READER
                : complain(WRONG_USAGE, "the output cannot be written (%s); see where it goes".formatted(problem));
    }

    private static void classifyOne(EcgClient client, Path header, Lines lines) throws ServiceException {
        try {
            Recording recording = WfdbRecord.read(header);
            lines.prediction(header, client.predict(recording));
        } catch (UnreadableFileException unreadable) {
            lines.unreadable(header, unreadable);
        } catch (ServiceException refused) {
            if (refused.code() != Status.Code.INVALID_ARGUMENT) {
                throw refused;
            }
            lines.refused(header, refused.details());
        }
    }

    private static void classifyAll(EcgClient client, HeaderQueue queue, Lines lines)
            throws ServiceException, InterruptedException {
        client.predictStream(queue.recordings(), result -> lines.result(queue.nextSent(), result));
        queue.printUnreadable();
    }

    private static String remedyOf(Status.Code code) {
        return switch (code) {
            case UNAVAILABLE -> "check that it runs there (--address), and whether it speaks TLS (--ca)";
            case UNAUTHENTICATED -> "give the token that it knows you by (--token-file)";
            case PERMISSION_DENIED -> "ask its operator to be let in";
            case DEADLINE_EXCEEDED -> "try again, or send less at once";
            default -> "try again later";
        };
    }

    /** Tells on standard error, in one line, what went wrong. */
    private static int complain(int status, String problem) {
        System.err.println("ecg-classify: " + problem.replaceAll("\\s+", " ").strip());
        return status;
    }
}
