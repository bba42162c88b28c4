package io.github.ecgclassifier.example;

import io.github.ecgclassifier.client.UnreadableFileException;
import io.github.ecgclassifier.client.WfdbRecord;
import io.github.ecgclassifier.ecg.v1.Recording;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The files of a stream: one thread reads and sends them, another one learns which of them each result is of. */
final class HeaderQueue {
    private final List<Path> headers;
    private final Lines lines;

    /** What became of each file that was come to, in order. */
    private final Queue<Read> read = new ConcurrentLinkedQueue<>();

    private record Read(Path header, Optional<UnreadableFileException> problem) {}

    HeaderQueue(List<Path> headers, Lines lines) {
        this.headers = headers;
        this.lines = lines;
    }

    /** Returns the recordings of the files that can be read; each file is read when its recording is asked for. */
    Iterator<Recording> recordings() {
        return headers.stream().map(this::recordingOf).flatMap(Optional::stream).iterator();
    }

    /** Returns the file that was sent next, once all before it that could not be read are printed. */
    Path nextSent() {
        printUnreadable();
        return read.remove().header();
    }

    /** Prints the files that could not be read, up to the next one that was sent. */
    void printUnreadable() {
        for (Read next = read.peek(); next != null && next.problem().isPresent(); next = read.peek()) {
            lines.unreadable(next.header(), next.problem().get());
            read.remove();
        }
    }

    private Optional<Recording> recordingOf(Path header) {
        try {
            Recording recording = WfdbRecord.read(header);
            read.add(new Read(header, Optional.empty()));
            return Optional.of(recording);
        } catch (UnreadableFileException unreadable) {
            read.add(new Read(header, Optional.of(unreadable)));
            return Optional.empty();
        }
    }
}
