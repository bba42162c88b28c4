package io.github.ecgclassifier.client;

import java.io.IOException;

/** A file that holds no recording that can be read; the message names the file, what is wrong in it, and a remedy. */
public final class UnreadableFileException extends IOException {
    private static final long serialVersionUID = 1L;

    UnreadableFileException(String message) {
        super(message);
    }

    UnreadableFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
