package io.github.ecgclassifier.example;

import io.github.ecgclassifier.client.Connection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What was asked for.
 *
 * @param path the header, or the folder of headers
 * @param isFolder which of the two
 */
record Arguments(Connection connection, Path path, boolean isFolder) {
    private static final Set<String> OPTIONS = Set.of("--address", "--ca", "--token-file", "--stream");

    /**
     * Reads the words of a command line.
     *
     * @throws IllegalArgumentException they are not what {@link EcgClassify} takes
     * @throws IOException a file of theirs cannot be read
     */
    static Arguments parse(List<String> words) throws IOException {
        Map<String, String> given = new HashMap<>();
        for (Iterator<String> rest = words.iterator(); rest.hasNext(); ) {
            String word = rest.next();
            boolean isOption = word.startsWith("--");
            if (isOption && (!OPTIONS.contains(word) || !rest.hasNext())) {
                throw new IllegalArgumentException("%s is no option, or lacks its value; --help tells more".formatted(word));
            }
            if (given.put(isOption ? word : "", isOption ? rest.next() : word) != null) {
                throw new IllegalArgumentException("%s is one too many; --help tells more".formatted(word));
            }
        }
        if (given.containsKey("") == given.containsKey("--stream")) {
            throw new IllegalArgumentException("give one FILE.hea, or --stream FOLDER; --help tells more");
        }
        boolean isFolder = given.containsKey("--stream");
        return new Arguments(connectionOf(given), Path.of(given.get(isFolder ? "--stream" : "")), isFolder);
    }

    private static Connection connectionOf(Map<String, String> given) throws IOException {
        String address = given.getOrDefault("--address", Connection.DEFAULT_ADDRESS);
        Optional<String> authorities = Optional.ofNullable(given.get("--ca"));
        Connection connection = authorities.isPresent()
                ? Connection.tls(address, Path.of(authorities.get()))
                : Connection.plaintext(address);
        if (!given.containsKey("--token-file")) {
            return connection;
        }
        return connection.withToken(Files.readString(Path.of(given.get("--token-file"))).strip());
    }
}
